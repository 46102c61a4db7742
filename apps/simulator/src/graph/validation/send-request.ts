import { isJsonObject, type JsonObject } from '../../json.js';
import type { BusinessNumber } from '../../state/account.js';
import { GraphError } from '../graph-error.js';
import { checkContent } from './content.js';
import { recipientDigits } from './recipient.js';
import { invalid, missing } from './rules.js';

const MAX_OPAQUE = 512;

/** A send whose form is right. */
export interface SendRequest {
  readonly body: JsonObject;
  readonly type: string;
  /** The recipient as it was written. */
  readonly input: string;
  /** Digits, unless only a business-scoped user id was given. */
  readonly phone: string | null;
  readonly userId: string | null;
  readonly opaque: string | null;
  /** Whether it came by the Marketing Messages API, which is charged under a name of its own. */
  readonly isMarketingLite?: boolean;
}

/**
 * Checks all of a send that can be judged without knowing accounts and templates.
 * @throws GraphError 100, 131008, 131009, 131021 or 131051
 */
export function readSendRequest(value: unknown, number: BusinessNumber): SendRequest {
  const body = requireProduct(value);
  const recipientType = body['recipient_type'] ?? 'individual';
  if (recipientType === 'group') throw new GraphError(131041, { details: 'This number is in no group.' });
  if (recipientType !== 'individual') throw invalid('recipient_type', "'individual' or 'group'");
  const type = body['type'] ?? 'text';
  if (typeof type !== 'string') throw invalid('type', 'it has to be a string');
  const recipient = readRecipient(body, number);
  checkContent(body, type);
  checkContext(body['context'], type);
  return { body, type, opaque: readOpaque(body['biz_opaque_callback_data']), ...recipient };
}

/** The body, once it says that it is meant for WhatsApp. */
export function requireProduct(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new GraphError(100, { details: 'The body has to be a JSON object.' });
  const product = value['messaging_product'];
  if (product === undefined) {
    throw new GraphError(100, { message: '(#100) The parameter messaging_product is required.' });
  }
  if (product !== 'whatsapp') {
    throw new GraphError(100, { message: '(#100) Param messaging_product must be one of {WHATSAPP}' });
  }
  return value;
}

function readRecipient(body: JsonObject, number: BusinessNumber): Pick<SendRequest, 'input' | 'phone' | 'userId'> {
  const { to, recipient } = body;
  const userId = typeof recipient === 'string' && recipient !== '' ? recipient : null;
  if (to === undefined || to === null || to === '') {
    if (userId === null) throw missing('to');
    return { input: userId, phone: null, userId };
  }
  const input = typeof to === 'number' ? String(to) : to;
  const phone = typeof input === 'string' ? recipientDigits(input, number.callingCode) : undefined;
  if (typeof input !== 'string' || phone === undefined) throw invalid('to', 'it is no phone number');
  if (phone === number.digits) throw new GraphError(131021, { details: 'Recipient and sender are the same number.' });
  return { input, phone, userId };
}

function checkContext(context: unknown, type: string): void {
  if (context === undefined) return;
  if (!isJsonObject(context) || typeof context['message_id'] !== 'string') throw missing('context.message_id');
  if (type === 'reaction') throw invalid('context', 'a reaction names its message itself');
}

function readOpaque(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw invalid('biz_opaque_callback_data', 'it has to be a string');
  if (value.length > MAX_OPAQUE) {
    throw new GraphError(100, { details: `biz_opaque_callback_data must be at most ${MAX_OPAQUE} characters long.` });
  }
  return value;
}
