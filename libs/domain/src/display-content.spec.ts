import fc from 'fast-check';
import { DISPLAY_CONTENT_LIMIT, displayContent } from './display-content.js';
import type { JsonObject } from './json.js';
import { MESSAGE_KINDS, type MessageKind } from './message.js';
import { isInvalidText } from './text.js';

describe('displayContent', () => {
  it.each<[MessageKind, JsonObject, string]>([
    ['text', { body: ' Bună\n\tziua ' }, 'Bună ziua'],
    ['text', {}, '[text]'],
    ['template', { name: 'order', text: 'Your order is ready' }, 'Your order is ready'],
    ['template', { name: 'order' }, '[template] order'],
    ['image', { caption: 'Taj Mahal' }, '[image] Taj Mahal'],
    ['video', {}, '[video]'],
    ['sticker', {}, '[sticker]'],
    ['audio', { voice: true }, '[voice message]'],
    ['audio', { voice: false }, '[audio]'],
    ['document', { filename: 'receipt.pdf', caption: 'mine' }, '[document] receipt.pdf · mine'],
    ['location', { latitude: 1, longitude: 2, name: 'Cafe' }, '[location] Cafe'],
    [
      'contacts',
      { contacts: [{ name: { formatted_name: 'Ana' } }, { phones: [{ phone: '+40' }] }] },
      '[contacts] Ana · +40',
    ],
    ['location', { latitude: 44.43, longitude: 26.1 }, '[location] 44.43, 26.1'],
    ['location', { latitude: 1 }, '[location]'],
    ['contacts', { contacts: [{ name: { formattedName: 'Ion' } }] }, '[contacts] Ion'],
    ['contacts', {}, '[contacts]'],
    ['reaction', { emoji: '👍' }, '👍'],
    ['reaction', {}, '[reaction removed]'],
    ['interactive', { type: 'button_reply', button_reply: { id: '1', title: 'Cancel' } }, 'Cancel'],
    ['interactive', { type: 'list_reply', list_reply: { id: '1', title: 'Express' } }, 'Express'],
    ['interactive', { type: 'nfm_reply', nfm_reply: { body: 'Sent' } }, 'Sent'],
    ['interactive', { type: 'nfm_reply', nfm_reply: {} }, '[form answered]'],
    ['interactive', { type: 'button', body: { text: 'Which one?' } }, 'Which one?'],
    ['interactive', {}, '[interactive]'],
    ['button', { payload: 'STOP', text: 'Unsubscribe' }, 'Unsubscribe'],
    ['order', { text: 'Love these', product_items: [{}, {}] }, '[order] Love these · 2 items'],
    ['order', { product_items: [{}] }, '[order] 1 item'],
    ['system', { body: 'A changed number' }, '[system] A changed number'],
    ['edit', {}, '[message edited]'],
    ['edit', { message: { type: 'text', text: { body: 'At nine' } } }, '[message edited] At nine'],
    ['edit', { message: { type: 'image', image: { caption: 'New' } } }, '[message edited] New'],
    ['revoke', {}, '[message deleted]'],
    ['unsupported', { type: 'poll' }, '[unsupported message] poll'],
    ['unsupported', { errors: [{ code: 131051, title: 'Message type unknown' }] }, '[unsupported message] Message type unknown'],
  ])('shows %s %j as one line', (kind, content, line) => {
    expect(displayContent(kind, content)).toBe(line);
  });

  it('is one storable line of bounded length for whatever Meta sends', () => {
    const members = fc.dictionary(
      fc.constantFrom('body', 'caption', 'name', 'text', 'contacts', 'emoji', 'button_reply', 'type'),
      fc.oneof(fc.string({ unit: 'binary', maxLength: 700 }), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGE_KINDS), members, (kind, content) => {
        const line = displayContent(kind, content as JsonObject);
        expect(line.length).toBeLessThanOrEqual(DISPLAY_CONTENT_LIMIT);
        expect(line).not.toMatch(/[\n\r\t]/);
        expect(line).not.toBe('');
        expect(isInvalidText(line)).toBe(false);
      }),
    );
  });

  it('does not cut an emoji in two', () => {
    const line = displayContent('text', { body: `${'a'.repeat(DISPLAY_CONTENT_LIMIT - 2)}👍👍` });
    expect(line.isWellFormed()).toBe(true);
    expect(line.endsWith('a…')).toBe(true);
  });
});
