import type { AttemptOutcome, ClaimedMessage } from '@parley/data';
import { dropInvalidText, nextAttempt, retryPolicyOf, type MessageKind } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';

type Decision = Omit<AttemptOutcome, 'tenantId' | 'messageId' | 'attemptId'>;

const NOTHING_KNOWN = { wamid: null, waId: null, httpStatus: null, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null };

const MS_PER_SECOND = 1_000;
const THROTTLE_SECONDS = 2;
/** Meta: after 131056 wait 4^n seconds. */
const PAIR_BASE = 4;
const LONGEST_PAIR_SECONDS = 64;
/** While a credential is refused its number rests; its messages wait with it. */
export const CREDENTIAL_PAUSE_MS = 5 * 60_000;

/**
 * What the end of a POST makes of the message. Pure. Only what Meta provably did not take is tried again; what is not
 * known stays UNKNOWN until a status speaks.
 * @param random a number in [0, 1), for jitter
 */
export function decideOutcome(outcome: SendOutcome, message: ClaimedMessage, random: number): Decision {
  const attemptsDone = message.attempts + 1;
  switch (outcome.kind) {
    case 'accepted':
      return {
        ...NOTHING_KNOWN,
        outcome: 'accepted',
        state: 'ACCEPTED',
        retryInMs: null,
        reason: null,
        wamid: outcome.wamid,
        waId: strangeWaId(outcome.waId, message.recipient),
        httpStatus: outcome.httpStatus,
        traceId: outcome.traceId ?? null,
        answer: JSON.stringify(outcome.body),
      };
    case 'not-sent':
      return { ...NOTHING_KNOWN, outcome: 'not-sent', errorText: outcome.reason, ...retryOrFail(message, attemptsDone, random, 'network.unreachable') };
    case 'unknown':
      return {
        ...NOTHING_KNOWN,
        outcome: 'unknown',
        state: 'UNKNOWN',
        retryInMs: null,
        reason: 'outcome.unknown',
        httpStatus: outcome.httpStatus ?? null,
        errorCode: outcome.error?.code ?? null,
        errorText: outcome.reason,
        traceId: outcome.traceId ?? null,
      };
    case 'refused':
      return { ...refusal(outcome), ...afterRefusal(outcome, message, attemptsDone, random) };
  }
}

/** Meta's id of the person, where it is not the number that was dialled: that one is the contact's already. */
function strangeWaId(waId: string | undefined, recipient: string): string | null {
  return waId === undefined || recipient === `+${waId}` ? null : waId;
}

type Refused = Extract<SendOutcome, { kind: 'refused' }>;
type Next = Pick<Decision, 'state' | 'retryInMs' | 'reason'>;

function refusal({ error }: Refused): Omit<Decision, keyof Next> {
  return {
    ...NOTHING_KNOWN,
    outcome: 'refused',
    httpStatus: error.httpStatus,
    errorCode: error.code,
    errorSubcode: error.subcode ?? null,
    errorText: dropInvalidText(error.details ? `${error.title}: ${error.details}` : error.title),
    traceId: error.traceId ?? null,
  };
}

function afterRefusal({ error, classification, retryAfterSeconds }: Refused, message: ClaimedMessage, attemptsDone: number, random: number): Next {
  const reason = error.code === null ? `http.${error.httpStatus}` : `meta.${error.code}`;
  switch (classification.class) {
    case 'retry':
      return retryOrFail(message, attemptsDone, random, reason);
    case 'throttled': {
      const pairSeconds = Math.min(LONGEST_PAIR_SECONDS, PAIR_BASE ** Math.min(attemptsDone, 3));
      const usualSeconds = classification.scope === 'pair' ? pairSeconds : (classification.waitSeconds ?? THROTTLE_SECONDS);
      const waitMs = (retryAfterSeconds ?? usualSeconds) * MS_PER_SECOND;
      // Throttling says nothing against the message: it waits as long as it is valid.
      return { state: 'WAITING', retryInMs: Math.round(waitMs * (1 + random / 4)), reason };
    }
    case 'credential':
      return { state: 'WAITING', retryInMs: CREDENTIAL_PAUSE_MS, reason: 'credential.invalid' };
    case 'policy':
    case 'permanent':
    case 'unknown':
      return { state: 'FAILED', retryInMs: null, reason };
  }
}

function retryOrFail(message: ClaimedMessage, attemptsDone: number, random: number, reason: string): Next {
  const retryInMs = nextAttempt(retryPolicyOf(message.kind as MessageKind), attemptsDone, random);
  return retryInMs === null ? { state: 'FAILED', retryInMs: null, reason } : { state: 'WAITING', retryInMs, reason };
}
