import { fingerprintOf, worstOf, type AlertSeverity, type Incident } from './alert.js';
import { alertChanges, channelBackoffMs, type AlertTelling, type KnownAlert } from './alert-changes.js';

const MINUTE = 60_000;
const NOW = new Date('2026-11-21T12:00:00Z');
const POLICY = { cooldownMs: 60 * MINUTE, remindMs: 360 * MINUTE, calmMs: 2 * MINUTE };
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * MINUTE);

const incident = (severity: AlertSeverity = 'warning'): Incident => ({
  kind: 'escalation',
  tenantId: 't1',
  objectType: 'tenant',
  objectId: 't1',
  subject: null,
  severity,
  facts: { count: 1, attempts: 5 },
});

const known = (told: AlertTelling, toldMinutesAgo: number, more: Partial<KnownAlert> = {}): KnownAlert => ({
  id: 'a1',
  fingerprint: fingerprintOf(incident()),
  kind: 'escalation',
  state: 'OPEN',
  severity: 'warning',
  told,
  toldAt: ago(toldMinutesAgo),
  lastSeenAt: ago(1),
  version: 1,
  ...more,
});

const decide = (alert: KnownAlert | null, seen: readonly Incident[]) =>
  alertChanges(alert ? [alert] : [], seen, NOW, POLICY).map(({ change, tells }) => [change, tells]);

describe('an incident that is seen', () => {
  it.each([
    ['for the first time is opened and told', null, ['open', 'opened']],
    ['again is told to nobody', known('opened', 5), ['see', null]],
    ['for long is told again', known('opened', 361), ['see', 'reminder']],
    ['long after it was told again is told once more', known('reminder', 361), ['see', 'reminder']],
    ['back within the cooldown goes on in silence', known('resolved', 30, { state: 'RESOLVED' }), ['see', null]],
    ['back in silence, and there when the cooldown is over, is told', known('resolved', 61), ['see', 'reminder']],
    ['back after the cooldown is a new one', known('resolved', 61, { state: 'RESOLVED' }), ['open', 'opened']],
    ['of a kind that waits for people is not told again', known('opened', 361, { kind: 'template_stopped' }), ['see', null]],
  ] as const)('%s', (_, alert, expected) => expect(decide(alert, [incident()])).toEqual([expected]));

  it('is told when it gets worse, and not when it gets better', () => {
    expect(decide(known('opened', 5), [incident('critical')])).toEqual([['see', 'worse']]);
    expect(decide(known('opened', 5, { severity: 'critical' }), [incident('warning')])).toEqual([['see', null]]);
  });

  it('twice in one look is one, as bad as the worse of them', () => {
    const [change, ...rest] = alertChanges([], [incident('warning'), incident('critical'), incident('info')], NOW, POLICY);
    expect(rest).toEqual([]);
    expect(change).toMatchObject({ change: 'open', incident: { severity: 'critical' } });
  });
});

describe('an incident that is not seen', () => {
  it.each([
    ['for a moment stays open: what flaps is one incident', known('opened', 5), []],
    ['for long enough is over, and told', known('opened', 5, { lastSeenAt: ago(3) }), [['resolve', 'resolved']]],
    ['and whose coming back was not told ends in silence', known('resolved', 5, { lastSeenAt: ago(3) }), [['resolve', null]]],
    ['and is over stays over', known('resolved', 5, { state: 'RESOLVED', lastSeenAt: ago(9) }), []],
  ] as const)('%s', (_, alert, expected) => expect(decide(alert, [])).toEqual(expected));
});

it('looks at the open one where earlier ones of the same fingerprint are still kept', () => {
  const [old, open] = [known('resolved', 10, { id: 'old', state: 'RESOLVED' }), known('opened', 5, { id: 'open' })];
  for (const order of [[old, open], [open, old]]) {
    expect(alertChanges(order, [incident()], NOW, POLICY)).toMatchObject([{ change: 'see', alert: { id: 'open' } }]);
  }
});

it('tells incidents of two tenants, of a tenant and the platform, and of two objects apart', () => {
  const others: Incident[] = [{ ...incident(), tenantId: 't2' }, { ...incident(), tenantId: null }, { ...incident(), objectId: 'x' }];
  expect(new Set([incident(), ...others].map(fingerprintOf)).size).toBe(4);
});

it('leaves a failing channel alone for 30 s, doubled each time, an hour at most', () => {
  expect([1, 2, 3, 8, 50].map(channelBackoffMs)).toEqual([30_000, 60_000, 120_000, 3_600_000, 3_600_000]);
});

it('the worst of severities is the most urgent; of none it is info', () => {
  expect([worstOf(['info', 'critical', 'warning']), worstOf([])]).toEqual(['critical', 'info']);
});
