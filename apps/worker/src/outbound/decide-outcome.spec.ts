import fc from 'fast-check';
import type { ClaimedMessage } from '@parley/data';
import { GRAPH_ERRORS, classifyGraphError, maxAttempts, retryPolicyOf } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';
import { CREDENTIAL_PAUSE_MS, decideOutcome } from './decide-outcome.js';

const message = (fields: Partial<ClaimedMessage> = {}): ClaimedMessage =>
  ({ id: 'm', tenantId: 't', kind: 'template', attempts: 0, maxAttempts: 5, ...fields }) as ClaimedMessage;

const refused = (code: number | null, httpStatus = 400, retryAfterSeconds?: number): SendOutcome => {
  const error = { httpStatus, code, subcode: undefined, title: 'No', details: undefined, traceId: 'T', isTransient: false };
  const classification = classifyGraphError({ httpStatus, code, parsed: code !== null }, true);
  return { kind: 'refused', error, classification, retryAfterSeconds };
};

const CODES = GRAPH_ERRORS.flatMap(({ codes }) => codes.map((code) => (typeof code === 'number' ? code : code[0])));

describe('decideOutcome', () => {
  it('never sends again what Meta may have taken', () => {
    const unknown: SendOutcome = { kind: 'unknown', reason: 'server-error', httpStatus: 502, traceId: undefined, error: undefined, classification: undefined };
    expect(decideOutcome(unknown, message(), 0.5)).toMatchObject({ state: 'UNKNOWN', retryInMs: null, reason: 'outcome.unknown' });
  });

  it('tries again by the schedule of its kind and no further, where nothing was sent', () => {
    const lost: SendOutcome = { kind: 'not-sent', reason: 'connect-refused' as never };
    for (const kind of ['template', 'text'] as const) {
      const most = maxAttempts(retryPolicyOf(kind));
      expect(decideOutcome(lost, message({ kind, attempts: most - 2 }), 0).state).toBe('WAITING');
      expect(decideOutcome(lost, message({ kind, attempts: most - 1 }), 0)).toMatchObject({ state: 'FAILED', reason: 'network.unreachable' });
    }
  });

  it('throttling waits as long as Meta asks, and uses up nothing', () => {
    expect(decideOutcome(refused(130429, 400, 7), message({ attempts: 40 }), 0)).toMatchObject({ state: 'WAITING', retryInMs: 7_000 });
    expect(decideOutcome(refused(131056), message({ attempts: 1 }), 0)).toMatchObject({ state: 'WAITING', retryInMs: 16_000 });
  });

  it('a credential rests its number instead of failing the message', () => {
    expect(decideOutcome(refused(190, 401), message(), 0)).toMatchObject({ state: 'WAITING', retryInMs: CREDENTIAL_PAUSE_MS, reason: 'credential.invalid' });
  });

  it('every code of the table leads to a state, and a waiting one to a time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CODES), fc.integer({ min: 0, max: 10 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (code, attempts, random) => {
        const decision = decideOutcome(refused(code), message({ attempts }), random);
        expect(['WAITING', 'FAILED']).toContain(decision.state);
        expect(decision.retryInMs !== null && decision.retryInMs > 0).toBe(decision.state === 'WAITING');
        expect(decision.reason).not.toBeNull();
      }),
    );
  });

  it("keeps Meta's text storable", () => {
    const outcome = refused(100) as Extract<SendOutcome, { kind: 'refused' }>;
    const nul: SendOutcome = { ...outcome, error: { ...outcome.error, title: 'a\0b', details: 'c\ud800' } };
    expect(decideOutcome(nul, message(), 0).errorText).toBe('ab: c');
  });
});
