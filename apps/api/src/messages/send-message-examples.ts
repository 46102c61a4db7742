import type { HeaderMedia, OutboundContents, OutboundKind } from '@parley/domain';

const MEDIA = '0199a1b2-0000-7000-8000-000000000002';
const WAMID = 'wamid.HBgLNDA3MjMwMDAxMTEVAgASGBQzQTdC';
const ENVELOPE = { numberId: '0199a1b2-0000-7000-8000-000000000001', to: '+40723000111' };

type Content = { [Kind in OutboundKind]: { [Member in Kind]: OutboundContents[Kind] } }[OutboundKind];

const FISH: HeaderMedia = { link: 'https://example.com/fish.jpg' };
const BODY = { text: 'Shall we keep the table?' };

/** One of each kind, ready to be sent once the ids are one's own. */
const CONTENTS: Readonly<Record<string, Content>> = {
  text: { text: { body: 'Your table is ready.' } },
  template: { template: { name: 'order_confirmation', language: 'en_US', parameters: { body: ['Ana', '860198'] } } },
  'template with header and buttons': {
    template: {
      name: 'invoice',
      language: 'ro',
      parameters: {
        header: { document: { id: MEDIA, filename: 'invoice.pdf' } },
        body: { name: 'Ana' },
        buttons: [{ index: 0, text: 'A-1042' }],
      },
    },
  },
  'template with carousel': {
    template: {
      name: 'dishes',
      language: 'en_US',
      parameters: {
        cards: [
          { header: { image: { id: MEDIA } }, buttons: [{ index: 0, payload: 'soup' }] },
          { header: { image: FISH }, buttons: [{ index: 0, payload: 'fish' }] },
        ],
      },
    },
  },
  image: { image: { id: MEDIA, caption: 'The dish of the day' } },
  video: { video: { link: 'https://example.com/kitchen.mp4' } },
  'voice message': { audio: { id: MEDIA, voice: true } },
  document: { document: { id: MEDIA, filename: 'menu.pdf' } },
  sticker: { sticker: { id: MEDIA } },
  location: { location: { latitude: 44.4323, longitude: 26.1008, name: 'Trattoria', address: 'Str. Lipscani 1' } },
  contacts: {
    contacts: [{ name: { formattedName: 'Ana Pop', firstName: 'Ana' }, phones: [{ phone: '+40723000111', type: 'WORK' }] }],
  },
  reaction: { reaction: { messageId: WAMID, emoji: '👍' } },
  'interactive: reply buttons': {
    interactive: {
      type: 'button',
      header: { type: 'image', image: { id: MEDIA } },
      body: BODY,
      footer: { text: 'Trattoria' },
      action: { buttons: [{ reply: { id: 'yes', title: 'Yes' } }, { reply: { id: 'no', title: 'No' } }] },
    },
  },
  'interactive: list': {
    interactive: {
      type: 'list',
      body: { text: 'When would you like to come?' },
      action: {
        button: 'Show times',
        sections: [{ title: 'Tonight', rows: [{ id: '19', title: '19:00' }, { id: '21', title: '21:00', description: 'On the terrace' }] }],
      },
    },
  },
  'interactive: link': {
    interactive: {
      type: 'cta_url',
      body: { text: 'The menu of this week' },
      action: { parameters: { displayText: 'See the menu', url: 'https://example.com/menu' } },
    },
  },
  'interactive: flow': {
    interactive: {
      type: 'flow',
      body: { text: 'Book a table' },
      action: {
        parameters: { flowId: '123456', flowCta: 'Book', flowToken: 'b-2210', flowActionPayload: { screen: 'TIME' } },
      },
    },
  },
  'interactive: ask for a location': {
    interactive: { type: 'location_request_message', body: { text: 'Where shall we deliver to?' } },
  },
};

/** Bodies of `POST /v1/messages` by what they show. */
export const SEND_MESSAGE_EXAMPLES: Readonly<Record<string, { value: typeof ENVELOPE & Content }>> = Object.fromEntries(
  Object.entries(CONTENTS).map(([name, content]) => [name, { value: { ...ENVELOPE, ...content } }]),
);
