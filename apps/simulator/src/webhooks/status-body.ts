import type { FaultEffect } from '../faults/fault.js';
import { statusError } from '../graph/graph-error.js';
import type { JsonObject } from '../json.js';
import type { BusinessNumber, Template } from '../state/account.js';
import type { LedgerEntry } from '../state/ledger.js';
import type { StatusName } from './status-plan.js';

const DAY_SECONDS = 24 * 60 * 60;

/** How a message is charged, as its statuses say it. */
export interface Pricing {
  readonly billable: boolean;
  readonly pricing_model: 'PMP';
  readonly type: 'regular' | 'free_customer_service';
  readonly category: string;
}

/** An accepted message on its way to its recipient. */
export interface AcceptedMessage {
  readonly entry: LedgerEntry;
  readonly number: BusinessNumber;
  /** wa_id of the recipient; null where only a business-scoped id was given. */
  readonly waId: string | null;
  readonly userId: string | null;
  /** Null where it is no longer told. */
  readonly pricing: Pricing | null;
  readonly template?: Template | null;
  readonly isVoice?: boolean;
  /** Whether it waits for the assessment of its template's quality. */
  readonly isHeld?: boolean;
  readonly fault?: FaultEffect | undefined;
  /** Id of the conversation, where webhooks still tell of them. */
  readonly conversationId?: string | null;
}

/** One item of `value.statuses`. The opaque data stands on each. */
export function statusBody(message: AcceptedMessage, status: StatusName, nowSeconds: number): JsonObject {
  const { entry, waId, userId, pricing } = message;
  return {
    id: entry.wamid,
    status,
    timestamp: String(nowSeconds),
    ...(waId !== null && { recipient_id: waId }),
    ...(userId !== null && { recipient_user_id: userId }),
    ...(entry.opaque !== null && { biz_opaque_callback_data: entry.opaque }),
    ...(pricing && isPriced(status, entry) && { pricing, ...conversationOf(message, pricing, status, nowSeconds) }),
    ...(status === 'failed' && { errors: [statusError(entry.failure ?? 131000)] }),
  };
}

/** Meta: prices stand on `sent` and on one of `delivered` and `read`. */
function isPriced(status: StatusName, { statuses }: LedgerEntry): boolean {
  if (status === 'sent') return true;
  if (status === 'delivered') return !statuses.includes('read');
  return status === 'read' && !statuses.includes('delivered');
}

/** Up to v23.0 each message has a conversation of its own; only `sent` says when it ends. */
function conversationOf(
  { conversationId }: AcceptedMessage,
  { category }: Pricing,
  status: StatusName,
  nowSeconds: number,
): JsonObject {
  if (conversationId === undefined || conversationId === null) return {};
  return {
    conversation: {
      id: conversationId,
      ...(status === 'sent' && { expiration_timestamp: String(nowSeconds + DAY_SECONDS) }),
      origin: { type: category },
    },
  };
}
