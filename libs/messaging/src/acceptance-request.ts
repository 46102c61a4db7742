import type { AcceptedRow, KeySource } from '@parley/data';
import type { DomainError, MessageDraft, TenantId } from '@parley/domain';

/** One message that somebody wants sent. */
export interface AcceptanceRequest {
  tenantId: TenantId;
  draft: MessageDraft;
  /** Whose keys these are: callers of the API, or our own automations. */
  source: KeySource;
  /** Null: the caller does not mind a second message for a second call. */
  idempotencyKey: string | null;
  /** Tells another body under the same key from a repetition. */
  requestHash: Buffer;
}

/** A request with its place in the order of arrival, on which the order of sending rests. */
export type Arrived = AcceptanceRequest & { arrival: number };

/** An accepted message: written and committed, now or by an earlier call with the same key. */
export interface Acceptance {
  message: AcceptedRow;
  /** True when an earlier call with this key was accepted, and this is its answer. */
  replayed: boolean;
}

/** What the set says of one request. A refusal is an answer, not a failure of the set. */
export type AcceptanceResult = ({ ok: true; /** How late the number is; null: not said. */ lateMs: number | null } & Acceptance) | { ok: false; error: DomainError };
