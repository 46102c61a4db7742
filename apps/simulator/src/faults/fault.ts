/** What can be made to happen to a send. */
export const FAULT_KINDS = [
  /** A Graph error with `code` answers; nothing is accepted. */
  'error',
  /** The message is accepted and fails with `code` by status. */
  'failed',
  /** A bare answer with HTTP `status` and no body; nothing is accepted. */
  'http',
  /** As `http`, with an HTML page as proxies serve it. */
  'html',
  /** No answer ever; nothing is accepted. */
  'hang',
  /** The connection is reset; nothing is accepted. */
  'reset',
  /** Accepted, but never answered. */
  'accept-then-hang',
  /** Accepted, and the connection is reset instead of an answer. */
  'accept-then-reset',
  /** Accepted, and answered `delayMs` late. */
  'slow',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which sends a fault is for; what is left out matches all. */
export interface FaultMatch {
  readonly phoneNumberId?: string;
  /** Digits of the recipient. */
  readonly to?: string;
}

/** A fault that waits for its sends. */
export interface Fault {
  readonly id: number;
  readonly match: FaultMatch;
  readonly kind: FaultKind;
  readonly code: number;
  readonly status: number;
  readonly delayMs: number;
  /** How many sends it still hits. */
  remaining: number;
}

/** Whether the message is on its way in spite of the fault. */
export function acceptsMessage(kind: FaultKind): boolean {
  return kind === 'failed' || kind === 'slow' || kind.startsWith('accept-');
}
