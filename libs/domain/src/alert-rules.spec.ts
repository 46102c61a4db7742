import { ALERT_KINDS, type AlertFacts, type AlertKind, type Incident } from './alert.js';
import {
  deadLetterGrowth,
  escalation,
  failingChannels,
  failureRate,
  queueDepth,
  repeatedThrottling,
  silentWebhooks,
  spentLimits,
  stuckMessages,
  uncertainOutcomes,
} from './alert-rules.js';
import { droppedQuality, heldSenders, redisAway, refusedWebhooks, silentTalkers, stalledIngest, stoppedTemplates, strayRows, type OpenHold } from './alert-state-rules.js';
import { alertText } from './alert-texts.js';

const counts = (...all: number[]) => all.map((count, at) => ({ tenantId: `t${at}`, count }));
const seen = (incidents: readonly Incident[]) => incidents.map(({ tenantId, severity, facts }) => [tenantId, severity, 'count' in facts ? facts.count : null]);

describe('thresholds', () => {
  it.each([
    ['are met at their value', counts(99, 100), [['t1', 'warning', 100]]],
    ['met ten times over are critical', counts(1_000), [['t0', 'critical', 1_000]]],
    ['that the small ones only meet together are the platform\'s', counts(60, 60), [[null, 'warning', 120]]],
    ['count nothing twice', counts(150, 60, 39), [['t0', 'warning', 150]]],
    ['not met mean nothing', counts(99), []],
  ] as const)('%s', (_, given, expected) => {
    expect(seen(deadLetterGrowth(given, { threshold: 100, windowMinutes: 60 }))).toEqual(expected);
    expect(seen(queueDepth(given, { threshold: 100, dueSeconds: 60 }))).toEqual(expected);
  });
});

it('one stuck or escalated message is enough, and none is none', () => {
  const stuck = stuckMessages([{ tenantId: 't0', queued: 0, sending: 1 }, { tenantId: 't1', queued: 0, sending: 0 }], { attempts: 3, ageMinutes: 120 });
  expect(stuck).toMatchObject([{ tenantId: 't0', facts: { queued: 0, sending: 1, attempts: 3, ageMinutes: 120 } }]);
  expect(seen(escalation(counts(1, 0), { attempts: 5 }))).toEqual([['t0', 'warning', 1]]);
  expect(seen(uncertainOutcomes(counts(0, 2), { windowMinutes: 60 }))).toEqual([['t1', 'warning', 2]]);
});

describe('the failure rate', () => {
  it('counts a message that Meta accepted and failed later once', () => {
    expect(failureRate({ accepted: 10, failed: 5, failedAccepted: 5 })).toEqual({ finished: 10, rate: 0.5 });
    expect(failureRate({ accepted: 0, failed: 0, failedAccepted: 0 })).toEqual({ finished: 0, rate: 0 });
  });

  it.each([
    [{ accepted: 7, failed: 3 }, ['warning', 30]],
    [{ accepted: 71, failed: 29 }, null],
    [{ accepted: 1, failed: 9 }, ['critical', 90]],
    [{ accepted: 0, failed: 9 }, null],
  ])('%j alarms as %j, by 30 %% of at least ten', (tally, expected) => {
    const incidents = failingChannels([{ tenantId: 't0', channel: 'WHATSAPP', failedAccepted: 0, ...tally }], { percent: 30, windowMinutes: 60, minimum: 10 });
    expect(incidents.map(({ severity, facts }) => [severity, (facts as AlertFacts['failure_rate']).percent])).toEqual(expected ? [expected] : []);
  });
});

it('a limit alarms close to its end, and louder when it is spent', () => {
  const use = (used: number) => ({ tenantId: 't0', limit: 'quota' as const, objectId: 't0', subject: null, used, of: 100 });
  const severities = [79, 80, 100].map((used) => spentLimits([use(used)], { percent: 80, windowMinutes: 60 }).map(({ severity }) => severity));
  expect(severities).toEqual([[], ['warning'], ['critical']]);
  expect(repeatedThrottling(counts(3, 2), { threshold: 3, windowMinutes: 60 })).toMatchObject([{ tenantId: 't0', kind: 'limits' }]);
});

it('a number that sends without webhooks is critical, one that hardly sends is none', () => {
  const number = (count: number) => ({ tenantId: 't0', numberId: 'n', displayPhoneNumber: '+40', count });
  expect(silentWebhooks([number(5), number(4)], { minimum: 5, minutes: 15 })).toMatchObject([{ severity: 'critical', objectId: 'n', subject: '+40' }]);
});

describe('a hold', () => {
  const hold = (more: Partial<OpenHold>): OpenHold => ({
    tenantId: 't0', scope: 'number', scopeId: 'n', subject: '+40', cause: 'pause', reason: 'r', actor: 'meta', until: null, ageSeconds: 0, ...more,
  });
  it.each([
    ['of Meta is a warning', hold({}), ['number_paused', 'warning']],
    ['of a person is only noted', hold({ actor: 'user:ana' }), ['number_paused', 'info']],
    ['of a whole account is critical', hold({ scope: 'account', cause: 'account' }), ['number_paused', 'critical']],
    ['for the credential is an alert of its own', hold({ cause: 'credential' }), ['credential_invalid', 'critical']],
    ['of a breaker passes by itself', hold({ cause: 'breaker', ageSeconds: 599 }), null],
    ['of a breaker that does not pass is told', hold({ cause: 'breaker', ageSeconds: 600 }), ['number_paused', 'warning']],
  ] as const)('%s', (_, given, expected) => {
    const incidents = heldSenders([given], { lastingSeconds: 600 });
    expect(incidents.map(({ kind, severity }) => [kind, severity])).toEqual(expected ? [expected] : []);
  });
});

it('states alarm by what they are', () => {
  const number = { tenantId: 't0', numberId: 'n', displayPhoneNumber: '+40' };
  expect(droppedQuality(['RED', 'YELLOW', 'GREEN', 'UNKNOWN'].map((quality) => ({ ...number, quality }))).map(({ severity }) => severity)).toEqual(['critical', 'warning']);
  const template = { tenantId: 't0', templateId: 'x', name: 'offer', language: 'ro', reason: null };
  expect(stoppedTemplates(['PAUSED', 'DISABLED'].map((status) => ({ ...template, status }))).map(({ severity, subject }) => [severity, subject])).toEqual([
    ['warning', 'offer (ro)'],
    ['critical', 'offer (ro)'],
  ]);
  expect([refusedWebhooks(0, { windowMinutes: 60 }), redisAway(59, { seconds: 60 }), strayRows(false)]).toEqual([[], [], []]);
  expect([refusedWebhooks(1, { windowMinutes: 60 }), redisAway(60, { seconds: 60 }), strayRows(true)].map(([one]) => one?.tenantId)).toEqual([null, null, null]);
});

it.each([
  [null, null, null],
  [119, null, null],
  [120, null, 'critical'],
  [600, 500, 'critical'],
  [600, 5, 'warning'],
] as const)('webhooks that wait, the oldest for %j s, the last processed %j s ago: %j', (oldestSeconds, idleSeconds, severity) => {
  expect(stalledIngest({ waiting: 3, oldestSeconds, idleSeconds }, { seconds: 120 }).map((one) => one.severity)).toEqual(severity === null ? [] : [severity]);
});

it.each([
  ['that usually gets many is silent', [40, 38, 0, 41, 36, 39, 12], 38],
  ['that had one busy day is not', [0, 0, 500, 0, 3, 0, 9], null],
  ['that is closed on this day of the week is not', [40, 38, 42, 41, 36, 39, 0], null],
  ['with little traffic is not', [9, 8, 9, 9, 7, 9, 8], null],
] as const)('a number %s', (_, before, usual) => {
  const number = { tenantId: 't0', numberId: 'n', displayPhoneNumber: '+40', before, isUnheard: true };
  const seen = silentTalkers([number], { minimum: 10 });
  expect(seen.map(({ severity, facts }) => [severity, facts])).toEqual(usual === null ? [] : [['critical', { usual, isUnheard: true }]]);
  expect(silentTalkers([{ ...number, isUnheard: false }], { minimum: 10 }).map(({ severity }) => severity)).toEqual(usual === null ? [] : ['warning']);
});

it('has words for every kind, and for one of a newer release its name', () => {
  const facts = { limit: 'quota', status: 'PAUSED' } as unknown as AlertFacts[AlertKind];
  const anything = new Proxy(facts, { get: (given, key) => (given as Record<PropertyKey, unknown>)[key] ?? 1 });
  for (const kind of ALERT_KINDS) {
    const text = alertText(kind, { facts: anything, subject: null });
    for (const words of Object.values(text)) expect([kind, words]).toEqual([kind, expect.stringMatching(/^(?!.*undefined).{5,}/)]);
  }
  expect(alertText('of_tomorrow' as AlertKind, { facts, subject: null }).title).toBe('of_tomorrow');
});
