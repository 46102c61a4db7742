import { hash } from 'node:crypto';
import type { AcceptedRow } from '@parley/data';
import type { DomainError, FieldError, JsonObject, TemplatePreview } from '@parley/domain';

/** An event of a tenant's business, as `POST /v1/notifications` takes it. */
export interface NotificationRequest {
  readonly type: string;
  /** The tenant's own id of the event: the same one is one message. */
  readonly eventId: string;
  readonly to?: string;
  readonly contactId?: string;
  /** The tenant's own id of the customer, whom its system knows. */
  readonly customerId?: string;
  readonly data?: JsonObject;
  readonly language?: string;
  /** ISO 8601, or `best`. */
  readonly sendAt?: string;
}

/** What became of an event. */
export type NotificationOutcome =
  | { readonly kind: 'accepted'; readonly message: AcceptedRow; readonly replayed: boolean }
  /** The tenant's own rules say that nothing is to be sent. */
  | { readonly kind: 'skipped'; readonly reason: 'switched-off' | 'condition' };

/** What would become of an event. */
export interface NotificationPreview {
  /** Whether the tenant's own rules let it go. */
  readonly skipped: 'switched-off' | 'condition' | null;
  readonly numberId: string | null;
  readonly recipient: { readonly to: string } | { readonly contactId: string } | null;
  readonly template: string;
  readonly language: string | null;
  readonly parameters: JsonObject;
  readonly preview: TemplatePreview | null;
  /** Of the event and the mapping. */
  readonly faults: readonly FieldError[];
  /** What acceptance would say, where it comes that far. */
  readonly refusal: DomainError | null;
}

/** Tells another event under the same id from a repetition. */
export function hashOfNotification({ type, to, contactId, customerId, data, language, sendAt }: NotificationRequest): Buffer {
  return hash('sha256', JSON.stringify([type, to ?? null, contactId ?? null, customerId ?? null, data ?? {}, language ?? null, sendAt ?? null]), 'buffer');
}
