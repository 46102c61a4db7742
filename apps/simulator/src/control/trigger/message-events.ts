import type { JsonObject } from '../../json.js';
import { customerMessage } from './customer-message.js';
import { fieldUpdate, ofNumber, type TriggerContext, type WebhookEvent, type WebhookEvents } from './trigger-context.js';

/** Messages that are more than a kind and its content, and what is said of messages afterwards. */
export const MESSAGE_EVENTS: WebhookEvents = {
  'list-reply': message('The customer picks a row of a list (reason: its title)', ({ reason }) => ({
    type: 'interactive',
    interactive: { type: 'list_reply', list_reply: { id: 'express', title: reason ?? 'Express', description: 'Next day' } },
  })),
  'flow-answer': message('The customer answers a flow', () => ({
    type: 'interactive',
    interactive: {
      type: 'nfm_reply',
      nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"unused","guests":"4","table":12345678901234567890}' },
    },
  })),
  'group-message': message('The customer writes in a group', ({ reason }) => ({
    type: 'text',
    group_id: 'Y2FwaV9ncm91cDox',
    text: { body: reason ?? 'See you all at eight' },
  })),
  'chat-opened': message('The customer opened the chat for the first time; older versions only', () => ({ type: 'request_welcome' })),
  'product-enquiry': message('The customer asks about a product of the catalogue', ({ number }) => ({
    type: 'text',
    text: { body: 'Is it still there?' },
    context: { from: number.digits, referred_product: { catalog_id: '194836987003835', product_retailer_id: 'di9ozbzfi4' } },
  })),
  forwarded: message('The customer passes on what somebody wrote', () => ({
    type: 'text',
    text: { body: 'Good news' },
    context: { frequently_forwarded: true },
  })),
  'contact-shared': message('The customer shares his own card, as you asked', ({ customer }) => ({
    type: 'contacts',
    origin: 'contact_request',
    contacts: [{ vcard: 'BEGIN:VCARD\nVERSION:3.0\nEND:VCARD', phones: [{ phone: `+${customer.phone}` }] }],
  })),
  broken: {
    description: 'A message without a body, and the error that says why',
    updates: (context) => {
      const { customer, nowSeconds } = context;
      const errors = [{ code: 131000, title: 'Something went wrong', error_data: { details: 'Unsupported webhook payload' } }];
      const bare = { from: customer.waId, id: context.wamid('inbound'), timestamp: String(nowSeconds), type: 'interactive' };
      return [{ ...fieldUpdate(context, 'messages', { ...ofNumber(context), messages: [bare], errors }), isDated: false } as const];
    },
  },
  revoked: message('The customer took a message back (reason: its wamid)', (context) => ({
    type: 'revoke',
    revoke: { original_message_id: context.reason ?? context.wamid('inbound') },
  })),
  edited: message('The customer edited a message (reason: its wamid)', (context) => ({
    type: 'edit',
    edit: {
      original_message_id: context.reason ?? context.wamid('inbound'),
      message: { type: 'text', text: { body: 'For three people, please' } },
    },
  })),
  'status-warning': note('warning'),
  'status-deleted': note('deleted'),
};

function message(description: string, content: (context: TriggerContext) => JsonObject): WebhookEvent {
  return { description, updates: (context) => [customerMessage(context, content(context))] };
}

/** Older versions of the webhooks say these of messages beside their delivery. */
function note(status: string): WebhookEvent {
  return {
    description: `A message that you sent has the status ${status} (reason: its wamid)`,
    updates: (context) => [
      {
        kind: 'status',
        number: context.number,
        status: {
          id: context.reason ?? context.wamid('outbound'),
          status,
          timestamp: String(context.nowSeconds),
          recipient_id: context.customer.waId,
        },
      },
    ],
  };
}
