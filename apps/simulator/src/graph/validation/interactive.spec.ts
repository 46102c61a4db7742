import type { JsonObject } from '../../json.js';
import { GraphError } from '../graph-error.js';
import { checkInteractive } from './interactive.js';

const body = { text: 'Choose' };
const reply = (title: string, id = title): JsonObject => ({ type: 'reply', reply: { id, title } });
const buttons = { type: 'button', body, action: { buttons: [reply('A')] } };
const link = (parameters: JsonObject = {}): JsonObject => ({
  type: 'cta_url',
  body,
  action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'https://example.com', ...parameters } },
});
const flow = (parameters: JsonObject = {}): JsonObject => ({
  type: 'flow',
  body,
  action: { name: 'flow', parameters: { flow_message_version: '3', flow_id: '1', flow_cta: 'Book', ...parameters } },
});
const rows = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, id) => ({ id: `r${id}`, title: 'Row' }));
const list = (section: JsonObject = {}): JsonObject => ({
  type: 'list',
  body,
  action: { button: 'Menu', sections: [{ rows: rows(1), ...section }] },
});
const items = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, id) => ({ product_retailer_id: `p${id}` }));
const products = (count: number): JsonObject => ({
  type: 'product_list',
  header: { type: 'text', text: 'Shop' },
  body,
  action: { catalog_id: '1', sections: [{ product_items: items(count) }] },
});
const card = (index: number, type = 'image'): JsonObject => ({
  card_index: index,
  type: 'cta_url',
  header: { type, [type]: { link: 'https://example.com/a.png' } },
  action: {},
});

function codeOf(interactive: JsonObject): number | undefined {
  try {
    checkInteractive(interactive);
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
}

describe('checkInteractive', () => {
  it.each<[string, JsonObject]>([
    ['buttons', buttons],
    ['buttons below a picture', { ...buttons, header: { type: 'image', image: { id: '1' } } }],
    ['buttons above a footer', { ...buttons, footer: { text: 'x'.repeat(60) } }],
    ['a list', list()],
    ['a link', link()],
    ['a flow', flow({ flow_action: 'navigate', flow_action_payload: { screen: 'START' }, mode: 'draft' })],
    ['one product', { type: 'product', action: { catalog_id: '1', product_retailer_id: '2' } }],
    ['30 products', products(30)],
    ['a catalogue', { type: 'catalog_message', body, action: { name: 'catalog_message' } }],
    ['a request for a place', { type: 'location_request_message', body, action: { name: 'send_location' } }],
    [
      'an address',
      { type: 'address_message', body, action: { name: 'address_message', parameters: { country: 'IN' } } },
    ],
    ['cards', { type: 'carousel', body, action: { cards: [card(0), card(1, 'video')] } }],
  ])('takes %s', (_what, interactive) => {
    expect(codeOf(interactive)).toBeUndefined();
  });

  it.each<[string, JsonObject, number]>([
    ['a kind that is none', { ...buttons, type: 'dial' }, 131009],
    ['no action', { ...buttons, action: undefined }, 131008],
    ['no body', { ...buttons, body: undefined }, 131008],
    ['a body of 1,025 characters', { ...buttons, body: { text: 'x'.repeat(1025) } }, 100],
    ['a footer of 61 characters', { ...buttons, footer: { text: 'x'.repeat(61) } }, 100],
    ['a header of 61 characters', { ...buttons, header: { type: 'text', text: 'x'.repeat(61) } }, 100],
    ['a header without its file', { ...buttons, header: { type: 'image', image: {} } }, 131008],
    ['a header that sounds', { ...buttons, header: { type: 'audio', audio: { id: '1' } } }, 131009],
    ['a picture above a list', { ...list(), header: { type: 'image', image: { id: '1' } } }, 131009],
    ['a button id of 257 characters', { ...buttons, action: { buttons: [reply('A', 'x'.repeat(257))] } }, 100],
    ['a button title of 21 characters', { ...buttons, action: { buttons: [reply('x'.repeat(21), 'a')] } }, 100],
    ['the same button id twice', { ...buttons, action: { buttons: [reply('A', 'a'), reply('B', 'a')] } }, 131009],
    ['a row id of 201 characters', list({ rows: [{ id: 'x'.repeat(201), title: 'Row' }] }), 100],
    ['a row title of 25 characters', list({ rows: [{ id: 'a', title: 'x'.repeat(25) }] }), 100],
    ['a row text of 73 characters', list({ rows: [{ id: 'a', title: 'Row', description: 'x'.repeat(73) }] }), 100],
    ['a section title of 25 characters', list({ title: 'x'.repeat(25) }), 100],
    ['the same row twice', list({ rows: [...rows(1), ...rows(1)] }), 131009],
    ['11 rows', list({ rows: rows(11) }), 131009],
    ['a link text of 21 characters', link({ display_text: 'x'.repeat(21) }), 100],
    ['a link without its address', link({ url: undefined }), 131008],
    ['a link to a file', link({ url: 'file:///etc/passwd' }), 131009],
    ['a flow of two names', flow({ flow_name: 'book' }), 131009],
    ['a flow of another version', flow({ flow_message_version: '2' }), 131009],
    ['a flow with a mode that is none', flow({ mode: 'test' }), 131009],
    [
      'a flow that takes a payload and exchanges data',
      flow({ flow_action: 'data_exchange', flow_action_payload: {} }),
      131009,
    ],
    ['products without a header', { ...products(1), header: undefined }, 131008],
    ['31 products', products(31), 131009],
    ['a product without its catalogue', { type: 'product', action: { product_retailer_id: '2' } }, 131008],
    ['the wrong action', { type: 'location_request_message', body, action: { name: 'cta_url' } }, 131009],
    ['one card', { type: 'carousel', body, action: { cards: [card(0)] } }, 131009],
    ['cards out of order', { type: 'carousel', body, action: { cards: [card(1), card(0)] } }, 131009],
  ])('refuses %s', (_wrong, interactive, code) => {
    expect(codeOf(interactive)).toBe(code);
  });
});
