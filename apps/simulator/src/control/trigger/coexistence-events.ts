import type { JsonObject } from '../../json.js';
import type { WebhookUpdate } from '../../webhooks/envelope.js';
import { ofNumber, type TriggerContext, type WebhookEvents } from './trigger-context.js';

const DAY_SECONDS = 24 * 60 * 60;

/** What comes from the WhatsApp Business app on the owner's phone, where it lives beside the Cloud API. */
export const COEXISTENCE_EVENTS: WebhookEvents = {
  'message-echo': {
    description: 'The owner wrote to the customer on the phone; opens no service window',
    updates: (context) => [echo(context, { type: 'text', text: { body: 'Written on the phone of the owner' } })],
  },
  'media-echo': {
    description: 'The owner sent the customer a picture from the phone (reason: the id of its media)',
    updates: (context) => [
      echo(context, { type: 'image', image: { id: context.reason ?? '1003383421387256', mime_type: 'image/jpeg', caption: 'The dish of the day' } }),
    ],
  },
  'echo-edited': {
    description: 'The owner edited a message on the phone (reason: its wamid)',
    updates: (context) => [
      echo(context, { type: 'edit', edit: { original_message_id: originalOf(context), message: { type: 'text', text: { body: 'At nine, then' } } } }),
    ],
  },
  'echo-revoked': {
    description: 'The owner took a message back on the phone (reason: its wamid)',
    updates: (context) => [echo(context, { type: 'revoke', revoke: { original_message_id: originalOf(context) } })],
  },
  'app-state-sync': {
    description: 'Contacts of the business app: one added, one removed',
    updates: (context) => {
      const { customer, nowSeconds } = context;
      const metadata = { timestamp: String(nowSeconds) };
      const contact = {
        full_name: customer.profileName,
        first_name: customer.profileName,
        phone_number: customer.phone,
      };
      return [
        coexistence(context, 'smb_app_state_sync', {
          state_sync: [
            { type: 'contact', contact, action: 'add', metadata },
            { type: 'contact', contact: { phone_number: '15550009999' }, action: 'remove', metadata },
          ],
        }),
      ];
    },
  },
  history: {
    description: 'Messages of half a year in six chunks, out of order',
    updates: (context) =>
      [
        [1, 2],
        [0, 1],
        [2, 1],
        [1, 1],
        [0, 2],
        [2, 2],
      ].map(([phase = 0, order = 1]) => coexistence(context, 'history', { history: [chunk(context, phase, order)] })),
  },
  'history-media': {
    description: 'A file of the history, which a placeholder announced (reason: the id of its media)',
    updates: (context) => {
      const { customer, nowSeconds } = context;
      const at = String(nowSeconds - DAY_SECONDS);
      const id = context.wamid('inbound');
      const placeholder = { from: customer.waId, id, timestamp: at, type: 'media_placeholder', history_context: { status: 'READ' } };
      const file = { from: customer.waId, id, timestamp: at, type: 'image', image: { id: context.reason ?? '1003383421387256', mime_type: 'image/jpeg' } };
      const threads = [{ id: customer.waId, messages: [placeholder] }];
      return [
        coexistence(context, 'history', { history: [{ metadata: { phase: 1, chunk_order: 1, progress: 100 }, threads }] }),
        coexistence(context, 'history', { messages: [file] }),
      ];
    },
  },
  'history-declined': {
    description: 'The owner did not share the history',
    updates: (context) => [
      coexistence(context, 'history', {
        history: [
          {
            errors: [
              {
                code: 2593109,
                title: 'History sync is turned off by the business from the WhatsApp Business App',
                message: 'History sync is turned off by the business from the WhatsApp Business App',
                error_data: { details: 'History sharing is turned off by the business' },
              },
            ],
          },
        ],
      }),
    ],
  },
};

function echo(context: TriggerContext, content: JsonObject): WebhookUpdate {
  const { customer, number, nowSeconds } = context;
  const message = { from: number.digits, to: customer.waId, to_user_id: customer.userId, id: context.wamid('outbound'), timestamp: String(nowSeconds), ...content };
  return coexistence(context, 'smb_message_echoes', { message_echoes: [message] });
}

const originalOf = (context: TriggerContext): string => context.reason ?? context.wamid('outbound');

function coexistence(context: TriggerContext, field: string, value: JsonObject): WebhookUpdate {
  const { wabaId } = context.account;
  return { kind: 'field', wabaId, field, isDated: false, value: { ...ofNumber(context), ...value } };
}

/** Meta: the phases are the last day, the last 90 days and the last 180. */
function chunk(context: TriggerContext, phase: number, order: number): JsonObject {
  const { customer, number, nowSeconds } = context;
  const daysAgo = [0.5, 30, 120][phase] ?? 0;
  const at = nowSeconds - Math.round(daysAgo * DAY_SECONDS) + order * 60;
  const inbound = {
    from: customer.waId,
    id: context.wamid('inbound'),
    timestamp: String(at),
    type: 'text',
    text: { body: `From the history, phase ${phase}, chunk ${order}` },
    history_context: { status: 'READ' },
  };
  const outbound = {
    from: number.digits,
    to: customer.waId,
    id: context.wamid('outbound'),
    timestamp: String(at + 30),
    type: order === 1 ? 'text' : 'media_placeholder',
    ...(order === 1 && { text: { body: 'An answer of the owner' } }),
    history_context: { status: 'DELIVERED' },
  };
  return {
    metadata: { phase, chunk_order: order, progress: Math.round(((phase * 2 + order) / 6) * 100) },
    threads: [{ id: customer.waId, messages: [inbound, outbound] }],
  };
}
