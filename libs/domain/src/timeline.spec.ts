import fc from 'fast-check';
import { ACCEPTANCE_RULES } from './acceptance.js';
import { ERRORS } from './errors.js';
import { GRAPH_ERRORS } from './graph-error-table.js';
import { MESSAGE_STATES, UNCERTAIN, WAIT_CAUSES, type MessageState, type WaitCause } from './message.js';
import { explainFailure, explainReason, explainStanding, RULE_TEXTS, STATE_EXPLANATIONS, WAIT_EXPLANATIONS } from './timeline-explanations.js';
import { phasesOf, type PhaseFacts } from './timeline-phases.js';
import { timelineOf, type TimelineFacts } from './timeline.js';

const at = (seconds: number) => new Date(seconds * 1_000);

const FACTS: TimelineFacts = {
  direction: 'OUTBOUND',
  kind: 'template',
  hasMedia: false,
  state: 'QUEUED',
  waitCause: null,
  reason: null,
  errorText: null,
  duplicateSuspected: false,
  createdAt: at(0),
  sendAt: null,
  steps: [],
  attempts: [],
  holds: [],
  overtakenAt: [],
  perSecond: 80,
  events: [],
  now: at(1_000),
};

const attempt = (number: number, from: number, until: number | null, more: Partial<TimelineFacts['attempts'][number]> = {}) => ({
  id: `attempt-${number}`,
  number,
  startedAt: at(from),
  finishedAt: until === null ? null : at(until),
  outcome: until === null ? null : ('accepted' as const),
  httpStatus: until === null ? null : 200,
  errorCode: null,
  errorSubcode: null,
  errorText: null,
  traceId: null,
  nextAttemptAt: null,
  wamid: null,
  ...more,
});

const THROTTLED = { outcome: 'refused' as const, httpStatus: 400, errorCode: 131056, errorText: 'Pair rate limit', traceId: 'A1' };
const shape = (facts: Partial<PhaseFacts>) =>
  phasesOf({ ...FACTS, ...facts }).map((phase) => [phase.kind === 'wait' ? phase.cause : phase.kind, phase.from.getTime() / 1_000, phase.until.getTime() / 1_000]);

describe('the phases of a message', () => {
  it('tell throttling, a retry and success apart', () => {
    const attempts = [attempt(1, 2, 3, { ...THROTTLED, nextAttemptAt: at(7) }), attempt(2, 8, 9)];
    const steps = [{ at: at(7), type: 'queued', detail: null }, { at: at(12), type: 'delivered', detail: { status: 'delivered' } }];
    expect(shape({ state: 'DELIVERED', attempts, steps })).toEqual([
      ['throughput', 0, 2], ['attempt', 2, 3], ['pair', 3, 7], ['throughput', 7, 8], ['attempt', 8, 9], ['meta', 9, 12],
    ]);
  });

  it.each([
    [131056, 'pair'],
    [131057, 'throttle'],
    [132015, 'template'],
    [131000, 'retry'],
  ])('name the wait after code %d %s', (errorCode, cause) => {
    const attempts = [attempt(1, 0, 1, { outcome: 'refused', httpStatus: 400, errorCode, nextAttemptAt: at(9) })];
    expect(shape({ state: 'WAITING', attempts, now: at(5) })).toEqual([['attempt', 0, 1], [cause, 1, 5]]);
  });

  it('give the time in the queue to what held the number, then to better lanes, then to the number itself', () => {
    const hold = { cause: 'pause' as const, reason: 'lunch', beganAt: at(10), until: null, endedAt: at(30) };
    const breaker = { cause: 'breaker' as const, reason: 'breaker', beganAt: at(40), until: at(50), endedAt: null };
    // Two overtakers at one a second took two seconds; one from before it waited does not count.
    const overtakenAt = [at(5), at(6), at(2_000)];
    expect(shape({ state: 'ACCEPTED', holds: [hold, breaker], overtakenAt, perSecond: 1, attempts: [attempt(1, 60, 61)], now: at(70) })).toEqual([
      ['lane', 0, 2], ['throughput', 2, 10], ['pause', 10, 30], ['throughput', 30, 40], ['breaker', 40, 50], ['throughput', 50, 60],
      ['attempt', 60, 61], ['meta', 61, 70],
    ]);
  });

  it('end a doubt where the policy has it sent once more', () => {
    const steps = [{ at: at(60), type: 'waiting', detail: { reason: 'outcome.unknown', policy: 'resend' } }, { at: at(61), type: 'queued', detail: null }];
    const attempts = [attempt(1, 0, 1, { outcome: 'unknown', httpStatus: 502 })];
    expect(shape({ attempts, steps, now: at(62) })).toEqual([['attempt', 0, 1], ['doubt', 1, 60], ['retry', 60, 61], ['throughput', 61, 62]]);
    expect(timelineOf({ ...FACTS, attempts, steps }).entries.map(({ type }) => type)).toContain('note');
  });

  it('begin with the schedule, and go on until now while the message waits', () => {
    const steps = [{ at: at(100), type: 'queued', detail: null }, { at: at(100), type: 'waiting', detail: { reason: 'quota' } }];
    expect(shape({ state: 'WAITING', sendAt: at(100), steps })).toEqual([['schedule', 0, 100], ['quota', 100, 1_000]]);
  });

  it('keep the time between the failure and the redrive apart from waiting', () => {
    const steps = [{ at: at(5), type: 'failed', detail: { reason: 'consent.revoked' } }, { at: at(50), type: 'redriven', detail: null }];
    expect(shape({ steps, now: at(60) })).toEqual([['throughput', 0, 5], ['over', 5, 50], ['throughput', 50, 60]]);
  });

  it('do not go back when a status was faster than the answer, or is about an attempt before the redrive', () => {
    const steps = [
      { at: at(2), type: 'delivered', detail: { status: 'delivered' } },
      { at: at(4), type: 'failed', detail: { status: 'failed', superseded: true } },
    ];
    expect(shape({ state: 'DELIVERED', attempts: [attempt(1, 1, 3)], steps })).toEqual([['throughput', 0, 1], ['attempt', 1, 2]]);
  });

  it('are the same whether or not rows of an older release repeat the attempts', () => {
    const attempts = [attempt(1, 2, 3, { ...THROTTLED, nextAttemptAt: at(7) })];
    const repeated = [
      { at: at(2), type: 'sending', detail: { attempt: 1 } },
      { at: at(3), type: 'waiting', detail: { outcome: 'refused', reason: 'meta.131056' } },
    ];
    expect(shape({ state: 'WAITING', attempts, steps: repeated })).toEqual(shape({ state: 'WAITING', attempts }));
    expect(timelineOf({ ...FACTS, attempts, steps: repeated }).entries).toEqual(timelineOf({ ...FACTS, attempts }).entries);
  });
});

/** A life in order: waits, attempts and holds at random moments, some of them the same. */
const lives = fc
  .record({
    gaps: fc.array(fc.record({ ms: fc.integer({ min: 0, max: 5_000 }), what: fc.constantFrom('attempt', 'waiting', 'queued', 'failed', 'redriven', 'sent', 'hold') }), { maxLength: 20 }),
    state: fc.constantFrom<MessageState>('QUEUED', 'WAITING', 'SENDING', 'ACCEPTED', 'SENT', 'FAILED', 'DELIVERED'),
    sendAt: fc.option(fc.integer({ min: 0, max: 5_000 }).map((ms) => new Date(ms))),
    overtakenAt: fc.array(fc.integer({ min: 0, max: 60_000 }).map((ms) => new Date(ms)), { maxLength: 5 }),
    perSecond: fc.constantFrom(1, 20, 80, 1_000),
    cause: fc.constantFrom<WaitCause>('pair', 'quota', 'tier', 'template'),
  })
  .map(({ gaps, cause, ...life }): TimelineFacts => {
    const [steps, attempts, holds] = [[], [], []] as [TimelineFacts['steps'][number][], TimelineFacts['attempts'][number][], TimelineFacts['holds'][number][]];
    let ms = 0;
    for (const { ms: gap, what } of gaps) {
      ms += gap;
      const moment = new Date(ms);
      if (what === 'attempt') {
        const finishedAt = new Date((ms += gap));
        attempts.push({ ...attempt(attempts.length + 1, 0, 0), startedAt: moment, finishedAt, ...(gap % 2 === 0 && { ...THROTTLED, nextAttemptAt: new Date(ms + gap) }) });
      } else if (what === 'hold') holds.push({ cause: 'breaker', reason: 'x', beganAt: moment, until: null, endedAt: gap % 2 === 0 ? null : new Date(ms + gap) });
      else steps.push({ at: moment, type: what, detail: what === 'waiting' ? { reason: cause } : what === 'sent' ? { status: 'sent' } : null });
    }
    return { ...FACTS, ...life, steps, attempts, holds, now: new Date(ms + 1_000) };
  });

describe('a timeline', () => {
  it('has no gap, and waits that sum up', () => {
    fc.assert(
      fc.property(lives, (facts) => {
        const phases = phasesOf(facts);
        let last = facts.createdAt;
        for (const { from, until } of phases) {
          expect(from).toEqual(last);
          expect(until > from).toBe(true);
          last = until;
        }
        expect(last <= facts.now).toBe(true);
        const { entries, waits, waitedMs } = timelineOf(facts);
        const told = entries.reduce((sum, { wait }) => sum + (wait?.durationMs ?? 0), 0);
        const rest = phases.reduce((sum, { kind, from, until }) => sum + (kind === 'wait' ? 0 : until.getTime() - from.getTime()), 0);
        expect(told).toBe(waitedMs);
        expect(waits.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(waitedMs);
        expect(waitedMs + rest).toBe(last.getTime() - facts.createdAt.getTime());
      }),
    );
  });

  it('is in order, tells every attempt and status once, and begins with the acceptance', () => {
    fc.assert(
      fc.property(lives, (facts) => {
        const { entries } = timelineOf(facts);
        expect(entries.map((entry) => entry.at.getTime())).toEqual(entries.map((entry) => entry.at.getTime()).sort((a, b) => a - b));
        expect(entries[0]?.type).toBe('accepted');
        expect(entries.filter(({ type }) => type === 'attempt')).toHaveLength(facts.attempts.length);
        expect(entries.filter(({ type }) => type === 'status')).toHaveLength(facts.steps.filter(({ type }) => type === 'sent').length);
      }),
    );
  });

  it('begins with the acceptance, whose event carries the time of a transaction that began before it', () => {
    const events = [{ id: 'e1', type: 'whatsapp.message_accepted', at: new Date(-1) }];
    expect(timelineOf({ ...FACTS, events }).entries.map(({ type, at: moment }) => [type, moment.getTime()])).toEqual([['accepted', 0], ['wait', 0], ['event', 0]]);
  });

  it('tells of each attempt its class, scope and next step', () => {
    const { entries } = timelineOf({ ...FACTS, state: 'WAITING', waitCause: 'retry', reason: 'meta.131056', attempts: [attempt(1, 2, 3, { ...THROTTLED, nextAttemptAt: at(7) }), attempt(2, 8, null)] });
    expect(entries.flatMap((entry) => entry.attempt ?? [])).toMatchObject([
      { class: 'throttled', scope: 'pair', next: 'retry', nextAttemptAt: at(7), errorCode: 131056, traceId: 'A1' },
      { class: null, next: 'under-way' },
    ]);
  });

  it('says which checks were passed and which had nothing to look at', () => {
    const verdicts = (facts: Partial<TimelineFacts>) =>
      timelineOf({ ...FACTS, ...facts }).entries[0]?.checks?.filter(({ verdict }) => verdict === 'not-needed').map(({ rule }) => rule);
    expect(verdicts({})).toEqual(['window', 'media']);
    expect(verdicts({ kind: 'image', hasMedia: true })).toEqual(['template']);
  });

  it('names the webhook of a status, the events, a suspicion, and what it does not know yet', () => {
    const steps = [
      { at: at(5), type: 'sent', detail: { status: 'sent', at: '2026-01-01T00:00:00.000Z', webhookEventId: 'w1' } },
      { at: at(6), type: 'failed', detail: { status: 'failed', error: { code: 131026, title: 'Undeliverable', details: null }, webhookEventId: 'w2' } },
      { at: at(7), type: 'moved-to-mars', detail: null },
    ];
    const { entries } = timelineOf({ ...FACTS, state: 'FAILED', reason: 'meta.131026', duplicateSuspected: true, steps, events: [{ id: 'e1', type: 'whatsapp.message_sent', at: at(5) }] });
    expect(entries.map(({ type }) => type)).toEqual(['accepted', 'wait', 'status', 'event', 'status', 'note', 'duplicate-suspected']);
    expect(entries[2]?.status).toMatchObject({ webhookEventId: 'w1', reportedAt: '2026-01-01T00:00:00.000Z' });
    expect(entries[4]).toMatchObject({ status: { errorCode: 131026 }, whatToDo: expect.stringContaining('cannot be reached') as unknown });
  });
});

describe('the explanations', () => {
  const isWhole = ({ reason, whatToDo }: { reason: string; whatToDo: string }) => reason.length > 5 && whatToDo.length > 5;

  it('know every rule, state, cause of waiting, refusal and code of Meta', () => {
    expect(Object.keys(RULE_TEXTS).sort()).toEqual([...ACCEPTANCE_RULES].sort());
    expect(Object.keys(STATE_EXPLANATIONS).sort()).toEqual([...MESSAGE_STATES].sort());
    expect(Object.keys(WAIT_EXPLANATIONS).sort()).toEqual([...Object.keys(WAIT_CAUSES), 'lane'].sort());
    for (const one of [...Object.values(STATE_EXPLANATIONS), ...Object.values(WAIT_EXPLANATIONS)]) expect([one, one.reason.length > 5]).toEqual([one, true]);
    for (const code of Object.keys(ERRORS)) expect([code, explainReason(code)]).toEqual([code, expect.objectContaining({}) as unknown]);
    for (const { codes, whatToDo } of GRAPH_ERRORS) {
      for (const code of codes.flat()) expect(explainReason(`meta.${code}`)).toMatchObject({ whatToDo });
    }
  });

  it.each([
    UNCERTAIN, 'outcome.unknown', 'network.unreachable', 'credential.invalid', 'consent.missing', 'consent.revoked', 'window.closed', 'message.expired',
    'template.held', 'template.not-approved', 'template.rejected', 'template.disabled', 'template.deleted', 'media.not-sendable', 'media.uploading',
    'http.400', 'meta.unknown', 'meta.987654', 'account.paused',
  ])('know the reason %s that the sender writes', (reason) => {
    expect(isWhole(explainReason(reason)!)).toBe(true);
  });

  it('fall back to what is stored for a reason of a newer release', () => {
    expect(explainReason('moon.full')).toBeNull();
    expect(explainFailure('moon.full').reason).toContain('moon.full');
    expect(explainFailure(null, 'Boom').reason).toContain('Boom');
  });

  it('say of a queued message what holds its number, and of a retry what the last attempt said', () => {
    const standing = { state: 'QUEUED' as const, waitCause: null, reason: null, errorText: null };
    expect(explainStanding({ ...standing, heldFor: 'breaker' })).toBe(WAIT_EXPLANATIONS.breaker);
    expect(explainStanding({ ...standing, heldFor: null })).toBe(STATE_EXPLANATIONS.QUEUED);
    const retry = explainStanding({ state: 'WAITING', waitCause: 'retry', reason: 'meta.131000', errorText: 'Something went wrong', heldFor: null });
    expect(retry.reason).toMatch(/131000.*Something went wrong/);
  });
});

describe('a message that we neither sent nor received', () => {
  it.each([
    ['echoed', 'It was written in the WhatsApp Business app.'],
    ['imported', 'It was said before the number was connected.'],
  ])('begins where it was %s, without checks and without waits', (type, text) => {
    const steps = [{ at: at(3), type, detail: null }, { at: at(5), type: 'edited', detail: null }, { at: at(6), type: 'revoked', detail: null }, { at: at(7), type: 'warning', detail: null }];
    const { entries, waits } = timelineOf({ ...FACTS, kind: 'text', state: 'SENT', steps });
    expect(entries[0]).toMatchObject({ type: 'received', text });
    expect(entries.slice(1).map((entry) => [entry.type, entry.text])).toEqual([
      ['note', 'Its writer changed it in WhatsApp; what it said before is kept.'],
      ['note', 'Its writer took it back in WhatsApp; what it said is kept.'],
      ['note', 'WhatsApp reported: warning.'],
    ]);
    expect(waits).toEqual([]);
  });
});
