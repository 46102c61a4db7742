import fc from 'fast-check';
import type { ClaimedMessage } from '@parley/data';
import { GRAPH_ERRORS, classifyGraphError, graphErrorRow, maxAttempts, retryPolicyOf } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';
import { decideOutcome } from './decide-outcome.js';

const message = (fields: Partial<ClaimedMessage> = {}): ClaimedMessage =>
  ({ id: 'm', tenantId: 't', kind: 'template', attempts: 0, maxAttempts: 5, ...fields }) as ClaimedMessage;

const refused = (code: number | null, httpStatus = 400, retryAfterSeconds?: number): SendOutcome => {
  const error = { httpStatus, code, subcode: undefined, title: 'No', details: undefined, traceId: 'T', isTransient: false };
  const classification = classifyGraphError({ httpStatus, code, parsed: code !== null }, true);
  return { kind: 'refused', error, classification, retryAfterSeconds };
};

const lost: SendOutcome = { kind: 'not-sent', reason: 'connect-refused' };
const CODES = GRAPH_ERRORS.flatMap(({ codes }) => codes.map((code) => (typeof code === 'number' ? code : code[0])));
const HOUR = 3_600_000;

describe('decideOutcome', () => {
  it('never sends again what Meta may have taken', () => {
    const unknown: SendOutcome = { kind: 'unknown', reason: 'server-error', httpStatus: 502, traceId: undefined, error: undefined, classification: undefined };
    const { decision, hold, isRetry } = decideOutcome(unknown, message(), 0.5);
    expect({ ...decision, hold, isRetry }).toMatchObject({ state: 'UNKNOWN', retryInMs: null, reason: 'outcome.unknown', hold: null, isRetry: false });
  });

  it.each(['template', 'text'] as const)('tries a %s again by the schedule of its kind and no further, where nothing was sent', (kind) => {
    const most = maxAttempts(retryPolicyOf(kind));
    const states = Array.from({ length: most }, (_, attempts) => decideOutcome(lost, message({ kind, attempts, maxAttempts: most }), 0).decision);
    expect(states.map(({ state }) => state)).toEqual([...Array<string>(most - 1).fill('WAITING'), 'FAILED']);
    expect(states.at(-1)).toMatchObject({ reason: 'network.unreachable', waitCause: null });
  });

  it('never tries again before Meta wants it, nor before its schedule', () => {
    const waits = [undefined, 30, 300].map((seconds) => decideOutcome(refused(131_016, 503, seconds), message(), 0).decision.retryInMs);
    expect(waits).toEqual([60_000, 60_000, 300_000]);
  });

  it('throttling waits as long as Meta asks, and uses up nothing', () => {
    expect(decideOutcome(refused(130429, 400, 7), message({ attempts: 40 }), 0).decision).toMatchObject({ state: 'WAITING', retryInMs: 7_000, isSpared: true });
    expect([0, 1, 2, 9].map((attempts) => decideOutcome(refused(131056), message({ attempts }), 0).decision.retryInMs)).toEqual([4_000, 16_000, 64_000, 64_000]);
  });

  it('goes on with its schedule where it was, after attempts that were spared', () => {
    const spared = { attempts: 3, maxAttempts: 5 + 3 };
    expect(decideOutcome(lost, message(spared), 0).decision).toMatchObject({ state: 'WAITING', retryInMs: 60_000, isSpared: false });
    expect(decideOutcome(lost, message({ attempts: 7, maxAttempts: 8 }), 0).decision.state).toBe('FAILED');
  });

  it.each([
    ['a refused token', 190, { scope: 'account', cause: 'credential', reason: 'credential.invalid', untilMs: null }],
    ['a right that was taken away', 200, { scope: 'account', cause: 'credential', reason: 'credential.invalid', untilMs: null }],
    ['the last of the rights', 299, { scope: 'account', cause: 'credential', reason: 'credential.invalid', untilMs: null }],
    ['a restriction', 368, { scope: 'account', cause: 'account', reason: 'meta.368', untilMs: null }],
    ['a lock', 131031, { scope: 'account', cause: 'account', reason: 'meta.131031', untilMs: null }],
    ['a missing payment', 131042, { scope: 'account', cause: 'account', reason: 'meta.131042', untilMs: null }],
    ['calls of the account', 80007, { scope: 'account', cause: 'throttle', reason: 'meta.80007', untilMs: 60_000 }],
    ['calls of the app', 4, { scope: 'app', cause: 'throttle', reason: 'meta.4', untilMs: 60_000 }],
    ['an upgrade of the number', 131057, { scope: 'number', cause: 'throttle', reason: 'meta.131057', untilMs: 60_000 }],
    ['too many reports', 131048, { scope: 'number', cause: 'throttle', reason: 'meta.131048', untilMs: HOUR }],
    ['a number that is not registered', 133010, { scope: 'number', cause: 'pause', reason: 'meta.133010', untilMs: null }],
    ['a paused template', 132015, { scope: 'template', cause: 'template', reason: 'meta.132015', untilMs: HOUR }],
  ])('%s (%d) is held, and no attempt of the message counts', (_, code, hold) => {
    const decided = decideOutcome(refused(code), message({ attempts: 4 }), 0);
    expect(decided).toMatchObject({ hold, isRetry: false, decision: { state: 'WAITING', isSpared: true } });
    expect(decided.decision.waitCause).toBe(hold.scope === 'template' ? 'template' : 'retry');
  });

  it('a disabled template fails its message, and holds nothing', () => {
    expect(decideOutcome(refused(132016), message(), 0)).toMatchObject({ hold: null, decision: { state: 'FAILED', reason: 'meta.132016' } });
  });

  it('a pair waits alone: nothing of its number is held', () => {
    expect(decideOutcome(refused(131056), message(), 0)).toMatchObject({ hold: null, decision: { state: 'WAITING' } });
  });

  it('every code of the table leads to a state, and a waiting one to a time and a cause', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CODES), fc.integer({ min: 0, max: 10 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (code, attempts, random) => {
        const { decision, hold } = decideOutcome(refused(code), message({ attempts }), random);
        expect(['WAITING', 'FAILED']).toContain(decision.state);
        expect(decision.retryInMs !== null && decision.retryInMs > 0).toBe(decision.state === 'WAITING');
        expect(decision.waitCause !== null).toBe(decision.state === 'WAITING');
        expect(decision.reason).not.toBeNull();
        // What Meta holds is held here as well, and what is held does not fail.
        expect(graphErrorRow(code)!.class === 'policy').toBe(hold !== null && !['throttle', 'credential'].includes(hold.cause) || code === 131_048);
        if (hold !== null) expect(decision.state).toBe('WAITING');
      }),
    );
  });

  it("keeps Meta's text storable", () => {
    const outcome = refused(100) as Extract<SendOutcome, { kind: 'refused' }>;
    const nul: SendOutcome = { ...outcome, error: { ...outcome.error, title: 'a\0b', details: 'c\ud800' } };
    expect(decideOutcome(nul, message(), 0).decision.errorText).toBe('ab: c');
  });
});
