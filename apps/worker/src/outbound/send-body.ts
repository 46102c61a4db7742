import type { ClaimedMessage } from '@parley/data';
import type { SendBody } from '@parley/graph';

/** The request to Meta for one attempt: what was accepted, to whom, and the attempt id that every status brings back. */
export function sendBody({ payload, recipient, replyToWamid, attemptId }: Pick<ClaimedMessage, 'payload' | 'recipient' | 'replyToWamid' | 'attemptId'>): SendBody {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: recipient,
    ...(replyToWamid !== null && { context: { message_id: replyToWamid } }),
    ...(payload as { type: string }),
    biz_opaque_callback_data: attemptId,
  };
}
