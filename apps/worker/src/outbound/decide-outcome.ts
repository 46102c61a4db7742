import type { AttemptOutcome, ClaimedMessage } from '@parley/data';
import { dropInvalidText, maxAttempts, retryPolicyOf, retryWait, type MessageKind } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';
import { holdAfter, reasonOf, type HoldOrder } from './hold-order.js';

export type Decision = Omit<AttemptOutcome, 'tenantId' | 'messageId' | 'attemptId'>;

/** What the end of a POST makes of its message, and of others. */
export interface Decided {
  readonly decision: Decision;
  /** What stops more than this message; null for nothing. */
  readonly hold: HoldOrder | null;
  /** Whether the next attempt is one more than would have been made without a fault: the budget of retries pays for it. */
  readonly isRetry: boolean;
}

const NOTHING_KNOWN = { wamid: null, waId: null, httpStatus: null, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null };

const MS_PER_SECOND = 1_000;
const THROTTLE_SECONDS = 2;
/** Meta: after 131056 wait 4^n seconds. */
const PAIR_BASE = 4;
const LONGEST_PAIR_SECONDS = 64;
/** What a hold stops goes back to the queue, where the hold keeps it. */
const HELD_MS = 1_000;

/**
 * What the end of a POST means. Pure. Only what Meta provably did not take is tried again; what is not known stays
 * UNKNOWN until a status speaks. What is no fault of the message is held, and costs it none of its attempts.
 * @param random a number in [0, 1), for jitter
 */
export function decideOutcome(outcome: SendOutcome, message: ClaimedMessage, random: number): Decided {
  switch (outcome.kind) {
    case 'accepted':
      return settled({
        ...NOTHING_KNOWN,
        outcome: 'accepted',
        ...ended('ACCEPTED', null),
        wamid: outcome.wamid,
        waId: strangeWaId(outcome.waId, message.recipient),
        httpStatus: outcome.httpStatus,
        traceId: outcome.traceId ?? null,
        answer: JSON.stringify(outcome.body),
      });
    case 'not-sent': {
      const next = retryOrFail(message, random, 'network.unreachable');
      return { decision: { ...NOTHING_KNOWN, outcome: 'not-sent', errorText: outcome.reason, ...next }, hold: null, isRetry: next.state === 'WAITING' };
    }
    case 'unknown':
      return settled({
        ...NOTHING_KNOWN,
        outcome: 'unknown',
        ...ended('UNKNOWN', 'outcome.unknown'),
        httpStatus: outcome.httpStatus ?? null,
        errorCode: outcome.error?.code ?? null,
        errorText: outcome.reason,
        traceId: outcome.traceId ?? null,
      });
    case 'refused': {
      const { class: kind } = outcome.classification;
      const next = afterRefusal(outcome, message, random);
      return { decision: { ...refusal(outcome), ...next }, hold: holdAfter(outcome), isRetry: kind === 'retry' && next.state === 'WAITING' };
    }
  }
}

const settled = (decision: Decision): Decided => ({ decision, hold: null, isRetry: false });

/** Meta's id of the person, where it is not the number that was dialled: that one is the contact's already. */
function strangeWaId(waId: string | undefined, recipient: string): string | null {
  return waId === undefined || recipient === `+${waId}` ? null : waId;
}

type Refused = Extract<SendOutcome, { kind: 'refused' }>;
type Next = Pick<Decision, 'state' | 'retryInMs' | 'reason' | 'waitCause' | 'isSpared'>;

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

function afterRefusal(refused: Refused, message: ClaimedMessage, random: number): Next {
  const { classification, retryAfterSeconds } = refused;
  const reason = reasonOf(refused);
  switch (classification.class) {
    case 'retry':
      return retryOrFail(message, random, reason, retryAfterSeconds);
    case 'throttled':
      return spared('retry', Math.round(throttledMs(refused, message) * (1 + random / 4)), reason);
    case 'credential':
      return spared('retry', HELD_MS, reason);
    case 'policy': {
      const hold = holdAfter(refused);
      if (hold === null) return ended('FAILED', reason);
      return hold.scope === 'template' ? spared('template', hold.untilMs ?? HELD_MS, reason) : spared('retry', HELD_MS, reason);
    }
    case 'permanent':
    case 'unknown':
      return ended('FAILED', reason);
  }
}

/** Throttling says nothing against the message: it waits as long as it is valid. */
function throttledMs({ classification, retryAfterSeconds }: Refused, { attempts }: ClaimedMessage): number {
  const pairSeconds = Math.min(LONGEST_PAIR_SECONDS, PAIR_BASE ** Math.min(attempts + 1, 3));
  const usualSeconds = classification.scope === 'pair' ? pairSeconds : (classification.waitSeconds ?? THROTTLE_SECONDS);
  return (retryAfterSeconds ?? usualSeconds) * MS_PER_SECOND;
}

function retryOrFail(message: ClaimedMessage, random: number, reason: string, retryAfterSeconds?: number): Next {
  const kind = message.kind as MessageKind;
  // Attempts that were spared stand in the message's own maximum: the schedule goes on where it was.
  const spent = message.attempts + 1 - (message.maxAttempts - maxAttempts(retryPolicyOf(kind)));
  const retryInMs = retryWait(kind, { attemptsDone: Math.max(1, spent), random, retryAfterSeconds });
  if (retryInMs === null) return ended('FAILED', reason);
  return { state: 'WAITING', waitCause: 'retry', retryInMs, reason, isSpared: false };
}

function spared(waitCause: 'retry' | 'template', retryInMs: number, reason: string): Next {
  return { state: 'WAITING', waitCause, retryInMs, reason, isSpared: true };
}

function ended(state: 'ACCEPTED' | 'UNKNOWN' | 'FAILED', reason: string | null): Next {
  return { state, waitCause: null, retryInMs: null, reason, isSpared: false };
}
