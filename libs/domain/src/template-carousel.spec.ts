import type { JsonObject } from './json.js';
import type { TemplateDefinition } from './template.js';
import { CARD_TEXT_LIMIT, checkTemplateParameters } from './template-check.js';
import { requiredParameters } from './template-parameters.js';
import { toGraphComponents } from './template-rendering.js';

const CARD: JsonObject[] = [
  { type: 'HEADER', format: 'IMAGE' },
  { type: 'BODY', text: '{{1}} for {{2}}' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Order' },
      { type: 'URL', text: 'See', url: 'https://example.com/{{1}}' },
    ],
  },
];

const DISHES: TemplateDefinition = {
  id: 't',
  name: 'dishes',
  language: 'en_US',
  status: 'APPROVED',
  category: 'MARKETING',
  parameterFormat: 'POSITIONAL',
  components: [
    { type: 'BODY', text: 'Hello {{1}}' },
    { type: 'CAROUSEL', cards: [{ components: CARD }, { components: CARD }] },
  ],
};

const card = (changes: JsonObject = {}): JsonObject => ({
  header: { image: { link: 'https://example.com/soup.jpg' } },
  body: ['Soup', '25 lei'],
  buttons: [{ index: 1, text: 'soup' }],
  ...changes,
});

const faults = (...cards: unknown[]): string[] =>
  checkTemplateParameters(DISHES, { body: ['Ana'], cards }).map(({ pointer, code }) => `${pointer} ${code}`);

describe('a carousel', () => {
  it('takes the values of each card, in order, and becomes what Meta takes', () => {
    const parameters = {
      body: ['Ana'],
      cards: [card(), card({ body: ['Fish', '60 lei'], buttons: [{ index: 0, payload: 'F' }, { index: 1, text: 'fish' }] })],
    };
    expect(checkTemplateParameters(DISHES, parameters)).toEqual([]);
    expect(toGraphComponents(DISHES, parameters as never)).toEqual([
      { type: 'body', parameters: [{ type: 'text', text: 'Ana' }] },
      {
        type: 'carousel',
        cards: [
          {
            card_index: 0,
            components: [
              { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/soup.jpg' } }] },
              { type: 'body', parameters: [{ type: 'text', text: 'Soup' }, { type: 'text', text: '25 lei' }] },
              { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'soup' }] },
            ],
          },
          {
            card_index: 1,
            components: [
              { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/soup.jpg' } }] },
              { type: 'body', parameters: [{ type: 'text', text: 'Fish' }, { type: 'text', text: '60 lei' }] },
              { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'F' }] },
              { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'fish' }] },
            ],
          },
        ],
      },
    ]);
  });

  it.each<[string, unknown[], string[]]>([
    ['with a card too few', [card()], ['parameter.count-mismatch']],
    ['with a card that is none', [card(), 'x'], ['/1 parameter.wrong-type']],
    ['without the picture of a card', [card(), card({ header: undefined })], ['/1/header parameter.missing']],
    ['with a value too few on a card', [card({ body: ['Soup'] }), card()], ['/0/body parameter.count-mismatch']],
    ['with a new line on a card', [card({ body: ['So\nup', '1'] }), card()], ['/0/body/0 parameter.invalid-character']],
    ['without the end of a link', [card({ buttons: [] }), card()], ['/0/buttons parameter.missing']],
    ['with a button that is not there', [card({ buttons: [{ index: 5, text: 'x' }] }), card()], ['/0/buttons/0/index parameter.unexpected']],
    ['with cards inside a card', [card({ cards: [] }), card()], ['/0/cards parameter.unexpected']],
    ['with more text than a card holds', [card({ body: ['x'.repeat(CARD_TEXT_LIMIT), '1'] }), card()], ['/0/body parameter.too-long']],
  ])('%s is refused where it is wrong', (_, cards, expected) => {
    expect(faults(...cards)).toEqual(expected.map((one) => `/template/parameters/cards${one.startsWith('/') ? '' : ' '}${one}`));
  });

  it('must be given, and is refused where the template has none', () => {
    expect(checkTemplateParameters(DISHES, { body: ['Ana'] })).toMatchObject([{ pointer: '/template/parameters/cards', code: 'parameter.missing' }]);
    const plain = { ...DISHES, components: [{ type: 'BODY', text: 'Hi' }] };
    expect(checkTemplateParameters(plain, { cards: [] })).toMatchObject([{ pointer: '/template/parameters/cards', code: 'parameter.unexpected' }]);
  });

  it('of products is not sent', () => {
    const components = [{ type: 'CAROUSEL', cards: [{ components: [{ type: 'HEADER', format: 'PRODUCT' }] }] }];
    expect(requiredParameters(components, 'POSITIONAL').unsupported).toEqual(['cards with HEADER PRODUCT']);
  });
});
