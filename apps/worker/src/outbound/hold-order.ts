import type { HoldCause, HoldScope } from '@parley/data';
import type { GraphErrorScope, GraphErrorVerdict } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';

/** What is to be held beyond the message itself. */
export interface HoldOrder {
  readonly scope: Exclude<HoldScope, 'tenant'>;
  readonly cause: HoldCause;
  readonly reason: string;
  /** For so long; null: until a new token, Meta's word or a person ends it. */
  readonly untilMs: number | null;
}

type Refused = Extract<SendOutcome, { kind: 'refused' }>;

const MS_PER_SECOND = 1_000;
const HOUR_MS = 3_600 * MS_PER_SECOND;
/** An account or app that made too many calls: Meta counts them by the hour, and lets some through before it is over. */
const CALLS_MS = 60 * MS_PER_SECOND;
/** Too many people reported the number: Meta names no time, its users tell of hours. */
const SPAM_RATE_LIMIT = 131_048;

/** The reason that tenants read of a refusal. */
export function reasonOf({ error, classification }: Refused): string {
  if (classification.class === 'credential') return 'credential.invalid';
  return error.code === null ? `http.${error.httpStatus}` : `meta.${error.code}`;
}

/**
 * What Meta's refusal of one message says of all others of the number, template, account or app. Pure. null: nothing. A
 * pair waits by the wait of its message, and a number that was merely too fast is slowed down by the governor.
 */
export function holdAfter(refused: Refused): HoldOrder | null {
  const { class: kind, scope } = refused.classification;
  const reason = reasonOf(refused);
  switch (kind) {
    case 'throttled':
      return throttled(refused, reason);
    // The token is the account's: none of its numbers can send.
    case 'credential':
      return { scope: 'account', cause: 'credential', reason, untilMs: null };
    case 'policy':
      return policy(scope, refused.error.code, reason);
    case 'retry':
    case 'permanent':
    case 'unknown':
      return null;
  }
}

function throttled({ classification, retryAfterSeconds }: Refused, reason: string): HoldOrder | null {
  const { scope } = classification;
  if (scope === 'message' || scope === 'pair') return null;
  const askedMs = askedFor(classification, retryAfterSeconds);
  if (scope === 'number') return askedMs === null ? null : { scope, cause: 'throttle', reason, untilMs: askedMs };
  return { scope, cause: 'throttle', reason, untilMs: askedMs ?? CALLS_MS };
}

function askedFor({ waitSeconds }: GraphErrorVerdict, retryAfterSeconds: number | undefined): number | null {
  const seconds = retryAfterSeconds ?? waitSeconds;
  return seconds === null ? null : seconds * MS_PER_SECOND;
}

function policy(scope: GraphErrorScope, code: number | null, reason: string): HoldOrder | null {
  switch (scope) {
    // Meta's word on a template comes by webhook or by the list; where both stay silent it is tried again.
    case 'template':
      return { scope, cause: 'template', reason, untilMs: HOUR_MS };
    case 'number':
      return code === SPAM_RATE_LIMIT ? { scope, cause: 'throttle', reason, untilMs: HOUR_MS } : { scope, cause: 'pause', reason, untilMs: null };
    case 'account':
    case 'app':
      return { scope: 'account', cause: 'account', reason, untilMs: null };
    case 'pair':
    case 'message':
      return null;
  }
}
