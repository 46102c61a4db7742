import type { BusinessNumber } from '../../state/account.js';
import { GraphError } from '../graph-error.js';
import { readSendRequest } from './send-request.js';

const number: BusinessNumber = {
  id: '33',
  wabaId: '22',
  digits: '15550783881',
  displayPhoneNumber: '+1 555 078 3881',
  callingCode: '1',
  verifiedName: 'Sol',
  throughputLevel: 'STANDARD',
  status: 'CONNECTED',
  qualityRating: 'GREEN',
};
const text = { messaging_product: 'whatsapp', to: '+55 (11) 99999-8888', type: 'text', text: { body: 'Hi' } };

function codeOf(body: unknown): number | undefined {
  try {
    readSendRequest(body, number);
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
}

describe('readSendRequest', () => {
  it('reads recipient, type and opaque data', () => {
    expect(readSendRequest({ ...text, biz_opaque_callback_data: 'a1' }, number)).toMatchObject({
      input: '+55 (11) 99999-8888',
      phone: '5511999998888',
      type: 'text',
      opaque: 'a1',
    });
  });

  it("puts the business number's country code before a national number", () => {
    expect(readSendRequest({ ...text, to: '6505551' }, number).phone).toBe('16505551');
  });

  it.each([
    ['no object', 'x', 100],
    ['no messaging_product', { ...text, messaging_product: undefined }, 100],
    ['another messaging_product', { ...text, messaging_product: 'sms' }, 100],
    ['no recipient', { ...text, to: undefined }, 131008],
    ['letters for a recipient', { ...text, to: 'maria' }, 131009],
    ['itself as recipient', { ...text, to: '+15550783881' }, 131021],
    ['an unknown type', { ...text, type: 'constructor' }, 131051],
    ['no object for its type', { ...text, type: 'image' }, 131008],
    ['an empty text', { ...text, text: { body: '' } }, 131008],
    ['4,097 characters', { ...text, text: { body: 'x'.repeat(4097) } }, 100],
    ['opaque data of 513 characters', { ...text, biz_opaque_callback_data: 'x'.repeat(513) }, 100],
    ['a media without source', { ...text, type: 'image', image: {} }, 131008],
    ['a media with two sources', { ...text, type: 'image', image: { id: '1', link: 'https://a.b' } }, 131009],
    ['a caption on audio', { ...text, type: 'audio', audio: { id: '1', caption: 'x' } }, 131009],
    ['a place off the earth', { ...text, type: 'location', location: { latitude: 91, longitude: 0 } }, 131009],
    ['a reaction without emoji', { ...text, type: 'reaction', reaction: { message_id: 'wamid.x' } }, 131008],
    ['a reaction of words', { ...text, type: 'reaction', reaction: { message_id: 'wamid.x', emoji: 'ok' } }, 131009],
    ['a link that is no address', { ...text, type: 'image', image: { link: 'ftp://a.b/c' } }, 131009],
    ['a voice note that is a picture', { ...text, type: 'image', image: { id: '1', voice: true } }, 131009],
    [
      'a context on a reaction',
      { ...text, type: 'reaction', reaction: { message_id: 'w', emoji: '👍' }, context: { message_id: 'w' } },
      131009,
    ],
    [
      'a birthday that is none',
      { ...text, type: 'contacts', contacts: [{ name: { formatted_name: 'A', first_name: 'A' }, birthday: 'May' }] },
      131009,
    ],
    [
      'a contact with one name part',
      { ...text, type: 'contacts', contacts: [{ name: { formatted_name: 'A' } }] },
      131008,
    ],
  ])('refuses %s', (_name, body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  it.each([
    ['4,096 characters', { ...text, text: { body: 'x'.repeat(4096) } }],
    ['a reaction that is taken back', { ...text, type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '' } }],
    ['a reaction of several signs', { ...text, type: 'reaction', reaction: { message_id: 'w', emoji: '👩‍👩‍👧' } }],
    ['a voice note', { ...text, type: 'audio', audio: { id: '1', voice: true } }],
    ['a business-scoped recipient', { ...text, to: undefined, recipient: 'US.13491208655302741918' }],
    ['a text without type', { ...text, type: undefined }],
  ])('takes %s', (_name, body) => {
    expect(codeOf(body)).toBeUndefined();
  });

  describe('interactive', () => {
    const buttons = (titles: string[]) => ({
      ...text,
      type: 'interactive',
      interactive: {
        type: 'button',
        body: { text: 'Choose' },
        action: { buttons: titles.map((title, id) => ({ type: 'reply', reply: { id: `b${id}`, title } })) },
      },
    });
    const list = (rowsPerSection: number[]) => ({
      ...text,
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: 'Choose' },
        action: {
          button: 'Menu',
          sections: rowsPerSection.map((rows, section) => ({
            title: `Part ${section}`,
            rows: Array.from({ length: rows }, (_, row) => ({ id: `${section}-${row}`, title: `Row ${row}` })),
          })),
        },
      },
    });

    it('takes one to three buttons with titles of their own', () => {
      expect([['A'], ['A', 'B', 'C'], ['A', 'B', 'C', 'D'], ['A', 'A'], []].map(buttons).map(codeOf)).toEqual([
        undefined,
        undefined,
        131009,
        131009,
        131009,
      ]);
    });

    it('takes ten rows in all', () => {
      expect([[10], [5, 5], [5, 6]].map(list).map(codeOf)).toEqual([undefined, undefined, 131009]);
    });
  });
});
