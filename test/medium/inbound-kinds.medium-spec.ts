import type { JsonObject } from '@parley/domain';
import type { TestTenant } from '../support/fixtures.js';
import { envelope, TestWorker, uniqueWamid } from '../support/worker.js';

let worker: TestWorker;
let tenant: TestTenant;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
  tenant = await worker.tenant({ echo_enabled: false });
});
afterAll(() => worker.stop());

const MEDIA = { mime_type: 'image/jpeg', sha256: 'SfInY0gKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI8=' };
const context = { from: '15550783881', id: 'wamid.Q' };

/** What stands in the message beside sender, id and time; the kind that it is stored as, and its line in lists. */
const MESSAGES: readonly [string, JsonObject, string, string][] = [
  ['text', { type: 'text', text: { body: 'Does it come in another color?' } }, 'text', 'Does it come in another color?'],
  ['image', { type: 'image', image: { ...MEDIA, id: '1', caption: 'Taj Mahal' } }, 'image', '[image] Taj Mahal'],
  ['video', { type: 'video', video: { ...MEDIA, id: '2', mime_type: 'video/mp4' } }, 'video', '[video]'],
  ['voice note', { type: 'audio', audio: { ...MEDIA, id: '3', mime_type: 'audio/ogg; codecs=opus', voice: true } }, 'audio', '[voice message]'],
  ['document', { type: 'document', document: { ...MEDIA, id: '4', filename: 'receipt.pdf', mime_type: 'application/pdf' } }, 'document', '[document] receipt.pdf'],
  ['sticker', { type: 'sticker', sticker: { ...MEDIA, id: '5', mime_type: 'image/webp', animated: true } }, 'sticker', '[sticker]'],
  ['location', { type: 'location', location: { latitude: 37.44, longitude: -122.16 } }, 'location', '[location] 37.44, -122.16'],
  ['contacts', { type: 'contacts', contacts: [{ name: { formatted_name: 'Ana Pop' } }, { vcard: 'x', phones: [{ phone: '+40' }] }] }, 'contacts', '[contacts] Ana Pop · +40'],
  ['reaction', { type: 'reaction', reaction: { message_id: 'wamid.Q', emoji: '👍' } }, 'reaction', '👍'],
  ['reaction taken back', { type: 'reaction', reaction: { message_id: 'wamid.Q' } }, 'reaction', '[reaction removed]'],
  ['reply button', { type: 'interactive', context, interactive: { type: 'button_reply', button_reply: { id: 'c', title: 'Cancel' } } }, 'interactive', 'Cancel'],
  ['row of a list', { type: 'interactive', context, interactive: { type: 'list_reply', list_reply: { id: 'e', title: 'Express' } } }, 'interactive', 'Express'],
  ['flow', { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', response_json: '{"a":1}' } } }, 'interactive', '[form answered]'],
  ['button of a template', { type: 'button', context, button: { payload: 'STOP', text: 'Unsubscribe' } }, 'button', 'Unsubscribe'],
  ['order', { type: 'order', order: { catalog_id: '1', text: 'Love these!', product_items: [{ product_retailer_id: 'a', quantity: 2 }] } }, 'order', '[order] Love these! · 1 item'],
  ['change of number', { type: 'system', system: { body: 'A changed from 1 to 2', type: 'user_changed_number' } }, 'system', '[system] A changed from 1 to 2'],
  ['poll', { type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }], unsupported: { type: 'poll' } }, 'unsupported', '[unsupported message] poll'],
  ['file that is too large', { type: 'unsupported', errors: [{ code: 131052, title: 'Media download error' }] }, 'unsupported', '[unsupported message] Media download error'],
  ['type of tomorrow', { type: 'hologram', hologram: { a: 1 } }, 'unsupported', '[unsupported message] hologram'],
  ['chat that was opened', { type: 'request_welcome' }, 'unsupported', '[chat opened]'],
  ['message in a group', { type: 'text', group_id: 'g1', text: { body: 'All' } }, 'text', 'All'],
  ['message after an ad', { type: 'text', text: { body: 'Hi' }, referral: { source_type: 'ad', ctwa_clid: 'x' } }, 'text', 'Hi'],
  ['broken one', { type: 'interactive' }, 'interactive', '[interactive]'],
];

it.each(MESSAGES)('a customer’s %s is stored, and shown as one line', async (_, message, kind, line) => {
  const [wamid, from] = [uniqueWamid(), tenant.contact.phone.slice(1)];
  const contacts = [{ profile: { name: 'Ana' }, wa_id: from }];
  const full = { from, id: wamid, timestamp: String(Math.floor(Date.now() / 1_000)), ...message };
  await worker.receive(envelope(tenant.number.graphId, { contacts, messages: [full] }));
  const [row] = await worker.rows<Record<string, unknown>>('SELECT * FROM messages WHERE wamid = $1', [wamid]);
  const type = String(message.type);
  expect(row).toMatchObject({
    direction: 'INBOUND',
    state: 'RECEIVED',
    kind,
    display_content: line,
    contact_id: tenant.contact.id,
    reply_to_wamid: 'context' in message ? context.id : null,
    content: type === 'contacts' ? { contacts: message['contacts'] } : (message[type] ?? {}),
  });
  const [conversation] = await worker.rows<{ last_message: string }>('SELECT last_message FROM conversations WHERE id = $1', [row!['conversation_id']]);
  expect(conversation!.last_message).toBe(line);
});
