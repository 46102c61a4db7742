import { customerMessage } from './customer-message.js';
import { fieldUpdate, ofNumber, type WebhookEvents } from './trigger-context.js';

/** What Meta tells of customers beyond what they write. */
export const CUSTOMER_EVENTS: WebhookEvents = {
  'identity-changed': {
    description: "The customer's encryption key changed",
    updates: (context) => [
      customerMessage(context, {
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
      customerMessage(context, {
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
  'user-id-changed': {
    description: 'The customer has another business-scoped id; the phone number is the same, or not known',
    updates: (context) => [
      customerMessage(context, {
        type: 'system',
        system: {
          body: `User ${context.customer.profileName} changed their user id`,
          user_id: `${context.customer.userId}9`,
          previous_user_id: context.customer.userId,
          type: 'user_changed_user_id',
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
