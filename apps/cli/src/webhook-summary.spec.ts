import { summarize } from './webhook-summary.js';

const webhook = (...changes: object[]) =>
  Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] }));
const messages = (value: object) => webhook({ field: 'messages', value });

describe('the line about a webhook', () => {
  it.each([
    [messages({ messages: [{ type: 'text', from: '40723000111' }] }), 'text from 40723000111'],
    [messages({ messages: [{ type: 'text', from_user_id: 'RO.1' }] }), 'text from RO.1'],
    [messages({ statuses: [{ status: 'delivered', recipient_id: '40723000111' }] }), 'delivered 40723000111'],
    [
      webhook({ field: 'message_template_status_update', value: { event: 'APPROVED' } }),
      'message_template_status_update APPROVED',
    ],
    [
      messages({ statuses: Array.from({ length: 6 }, () => ({ status: 'read', recipient_id: '1' })) }),
      'read 1, read 1, read 1, read 1 and 2 more',
    ],
    [Buffer.from('<html>'), 'not JSON'],
    [Buffer.from('[]'), 'no update that is known here'],
    [messages({ messages: [{ type: 'text\u001b[31m', from: '1' }] }), 'text from 1'],
  ])('%#', (bytes, line) => {
    expect(summarize(bytes)).toBe(line);
  });
});
