/** What can be made to happen to a send. */
export const FAULT_KINDS = [
  /** A Graph error with `code` answers; nothing is accepted. `status` replaces the HTTP status of the code. */
  'error',
  /** A bare answer with HTTP `status` and no body; nothing is accepted. */
  'http',
  /** As `http`, with an HTML page as proxies serve it. */
  'html',
  /** 429 with Retry-After and Graph's JSON; nothing is accepted. */
  'too-many-requests',
  /** 131057 for as long as `durationMs` says; nothing is accepted. */
  'maintenance',
  /** No answer ever; nothing is accepted. */
  'hang',
  /** The connection is reset; nothing is accepted. */
  'reset',
  /** Accepted, but never answered. */
  'accept-then-hang',
  /** Accepted, and the connection is reset instead of an answer. */
  'accept-then-reset',
  /** Accepted, and a bare HTTP `status` answers. */
  'accept-then-http',
  /** Accepted, and a Graph error with `code` answers. */
  'accept-then-error',
  /** Accepted, and answered `delayMs` late. */
  'slow',
  /** Accepted, and the answer comes byte by byte, one each `delayMs`. */
  'slow-loris',
  /** Accepted, and fails with `code` by status. */
  'failed',
  /** Accepted, sent, and then fails with `code`. */
  'failed-after-sent',
  /** Accepted as `held_for_quality_assessment`, and let go later. */
  'held',
  /** Accepted as `held_for_quality_assessment`, and fails with 132015 later. */
  'held-then-failed',
  /** `sent` reaches the receiver before the send is answered. */
  'status-before-answer',
  /** Each status comes `copies` times. */
  'statuses-duplicated',
  /** The last status comes first. */
  'statuses-reversed',
  /** Every status comes `delayMs` later. */
  'statuses-delayed',
  /** No status ever. */
  'statuses-dropped',
  /** `read` without `delivered`. */
  'read-without-delivered',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which requests a fault is for; what is left out matches all. */
export interface FaultMatch {
  readonly phoneNumberId?: string;
  /** Digits of the recipient. */
  readonly to?: string;
  /** A part of the path of any Graph request, such as `/media`; the fault is then not only for sends. */
  readonly path?: string;
}

/** What a fault does, whoever asked for it. */
export interface FaultEffect {
  readonly kind: FaultKind;
  readonly code: number;
  /** HTTP status; null: the one that belongs to the code. */
  readonly status: number | null;
  readonly delayMs: number;
  readonly copies: number;
  readonly retryAfterSeconds: number | null;
}

/** A fault that waits for its requests. */
export interface Fault extends FaultEffect {
  readonly id: number;
  readonly match: FaultMatch;
  /** Share of the matching requests that it hits (0 to 1). */
  readonly share: number;
  /** When it is over, by the simulator's clock; null: when it is used up. */
  readonly endsAtMs: number | null;
  /** How many requests it still hits. */
  remaining: number;
}

/** What a fault does where nothing else is said. */
export const NO_FAULT: Omit<FaultEffect, 'kind'> = {
  code: 131000,
  status: null,
  delayMs: 0,
  copies: 3,
  retryAfterSeconds: null,
};

const REFUSING: readonly FaultKind[] = ['error', 'http', 'html', 'too-many-requests', 'maintenance', 'hang', 'reset'];

/** Whether the message is on its way in spite of the fault. */
export function acceptsMessage(kind: FaultKind): boolean {
  return !REFUSING.includes(kind);
}
