import type { JsonObject } from '../../json.js';
import type { WebhookUpdate } from '../../webhooks/envelope.js';
import { contactOf } from '../bring-inbound.js';
import { fieldUpdate, ofNumber, type TriggerContext, type WebhookEvents } from './trigger-context.js';

/** What Meta tells of customers beyond what they write. */
export const CUSTOMER_EVENTS: WebhookEvents = {
  'identity-changed': {
    description: "The customer's encryption key changed",
    updates: (context) => [
      message(context, {
        type: 'system',
        system: {
          body: `${context.customer.profileName} has a new phone, or installed WhatsApp anew`,
          identity: 'DF2lS5v2W6x=',
          wa_id: context.customer.waId,
          type: 'customer_identity_changed',
        },
        identity: { acknowledged: true, created_timestamp: String(context.nowSeconds), hash: 'DF2lS5v2W6x=' },
      }),
    ],
  },
  referral: {
    description: 'The customer comes from an ad that leads to WhatsApp',
    updates: (context) => [
      message(context, {
        type: 'text',
        text: { body: 'I saw your ad' },
        referral: {
          source_url: 'https://fb.me/3cr4Wqqkv',
          source_id: '120226305854810726',
          source_type: 'ad',
          headline: 'Pizza at your door',
          body: 'Order in two minutes',
          media_type: 'image',
          image_url: 'https://example.com/pizza.jpg',
          ctwa_clid:
            'Aff-n8ZTODiE79d22KtAwQKj9e_mIEOOj27vDVwFjN80dp4_0NiNhEgpGo0AHemvuSoifXaytfTzcchptiErTKCqTrJ5nW1h7IHYeYymGb5K5J5iTROpBhWAGaIAeUzHL50',
        },
      }),
    ],
  },
  revoked: {
    description: 'The customer took a message back',
    updates: (context) => [
      message(context, { type: 'revoke', revoke: { original_message_id: context.wamid('inbound') } }),
    ],
  },
  edited: {
    description: 'The customer edited a message',
    updates: (context) => [
      message(context, {
        type: 'edit',
        edit: {
          original_message_id: context.wamid('inbound'),
          message: { type: 'text', text: { body: 'For three people, please' } },
        },
      }),
    ],
  },
  errors: {
    description: 'An error that belongs to no message',
    updates: (context) =>
      [
        fieldUpdate(context, 'messages', {
          ...ofNumber(context),
          errors: [
            {
              code: 131000,
              title: 'Something went wrong',
              message: 'Something went wrong',
              error_data: { details: 'Unsupported webhook payload' },
              href: '/documentation/business-messaging/whatsapp/support/error-codes',
            },
          ],
        }),
      ].map((update) => ({ ...update, isDated: false })),
  },
};

function message(context: TriggerContext, content: JsonObject): WebhookUpdate {
  const { number, customer, nowSeconds } = context;
  return {
    kind: 'message',
    number,
    contact: content['type'] === 'system' ? null : contactOf(customer),
    message: {
      ...(!customer.withoutPhone && { from: customer.waId }),
      from_user_id: customer.userId,
      id: context.wamid('inbound'),
      timestamp: String(nowSeconds),
      ...content,
    },
  };
}
