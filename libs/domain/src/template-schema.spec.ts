import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { JsonObject } from './json.js';
import type { TemplateDefinition } from './template.js';
import { checkTemplateParameters } from './template-check.js';
import { templateSchema } from './template-schema.js';

const templateOf = (components: JsonObject[], patch: Partial<TemplateDefinition> = {}): TemplateDefinition => ({
  id: '1',
  name: 'order',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  components,
  ...patch,
});

const REPLY = { type: 'QUICK_REPLY', text: 'Yes' };
const LINK = { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' };
const media = (format: string): JsonObject[] => [{ type: 'HEADER', format }, { type: 'BODY', text: 'See {{1}} now' }];
const card = (text: string): JsonObject => ({
  components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text }, { type: 'BUTTONS', buttons: [REPLY, LINK] }],
});

const TEMPLATES: Readonly<Record<string, TemplateDefinition>> = {
  'no variables': templateOf([{ type: 'BODY', text: 'Closed' }]),
  'two variables': templateOf([{ type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' }, { type: 'BODY', text: 'Hi {{1}}, {{2}} is ready' }]),
  'one variable, little room': templateOf([{ type: 'BODY', text: `${'a'.repeat(1_000)} {{1}} {{1}}` }]),
  names: templateOf([{ type: 'BODY', text: 'Hi {{name}}, see {{place}} and {{constructor}}' }], { parameterFormat: 'NAMED' }),
  'every button': templateOf([
    { type: 'BODY', text: 'Hi {{1}} there' },
    { type: 'BUTTONS', buttons: [REPLY, LINK, { type: 'COPY_CODE' }, { type: 'FLOW', text: 'Form' }, { type: 'PHONE_NUMBER', text: 'Call' }] },
  ]),
  image: templateOf(media('IMAGE')),
  document: templateOf(media('DOCUMENT')),
  location: templateOf(media('LOCATION')),
  code: templateOf([{ type: 'BODY', text: '{{1}} is your code' }, { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copy', url: 'https://x.com/?c={{1}}' }] }], {
    category: 'AUTHENTICATION',
  }),
  carousel: templateOf([{ type: 'BODY', text: 'Hi {{1}} there' }, { type: 'CAROUSEL', cards: [card('One {{1}} here'), card('Two')] }]),
  offer: templateOf([{ type: 'BODY', text: 'Hi' }, { type: 'LIMITED_TIME_OFFER' }]),
};

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Ana', 'order 7', 'a    b', 'https://example.com/a.pdf') },
  fc.constantFrom('', ' ', '\u00a0', 'a\nb', 'a\tb', 'a     b', 'http://example.com', '{{1}}', 'a'.repeat(16), 'a'.repeat(21), 'a'.repeat(61), 'a'.repeat(257)),
  fc.string({ maxLength: 20 }),
  fc.constantFrom<unknown[]>(7, null, true, [], {}),
);
const names = fc.constantFrom('1', '2', '3', 'name', 'place', 'constructor', 'x');
const texts = fc.oneof(fc.array(text, { maxLength: 3 }), fc.dictionary(names, text, { maxKeys: 4 }), fc.uniqueArray(fc.constantFrom('name', 'place', 'constructor')).map((all) => Object.fromEntries(all.map((one) => [one, 'Ana']))));
const headers = fc.dictionary(
  fc.constantFrom('image', 'video', 'document', 'location'),
  fc.oneof(
    fc.dictionary(fc.constantFrom('id', 'link', 'filename', 'name'), text, { maxKeys: 3 }),
    fc.record({ latitude: fc.constantFrom(45.5, 91, '45'), longitude: fc.constantFrom(26, -181), name: text }, { requiredKeys: [] }),
    fc.constant({ id: '1' }),
    text,
  ),
  { maxKeys: 2 },
);
const button = fc.record(
  { index: fc.constantFrom<unknown[]>(0, 1, 2, 3, 4, 9, '1'), text, payload: text, couponCode: text, flowToken: text },
  { requiredKeys: ['index'] },
);
const buttons = fc.oneof(fc.array(fc.oneof(button, text), { maxLength: 4 }), fc.constant([{ index: 1, text: 'a' }, { index: 2, couponCode: 'b' }]), text);
const part = { header: fc.oneof(texts, headers, text), body: fc.oneof(texts, text), buttons };
const cards = fc.oneof(fc.array(fc.record(part, { requiredKeys: [] }), { maxLength: 3 }), fc.constant([{ header: { image: { id: '1' } }, body: ['a'], buttons: [{ index: 1, text: 'b' }] }, { header: { image: { id: '2' } }, buttons: [{ index: 1, text: 'b' }] }]), text);
const parameters = fc.oneof(
  { weight: 8, arbitrary: fc.record({ ...part, cards, unknown: text }, { requiredKeys: [] }) },
  fc.record(part, { requiredKeys: [] }),
  fc.jsonValue().filter((value) => value !== null),
);

describe('the JSON Schema of the parameters of a template', () => {
  const ajv = new Ajv2020({ strict: false });

  it.each(Object.entries(TEMPLATES))('agrees with our own check on whatever is given (%s)', (_name, template) => {
    const isValid = ajv.compile(templateSchema(template));
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(parameters, (given) => {
        const errors = checkTemplateParameters(template, given);
        seen[errors.length === 0 ? 'taken' : 'refused'] += 1;
        expect([isValid(given), given]).toEqual([errors.length === 0, given]);
      }),
      { numRuns: 400 },
    );
    expect(seen.refused).toBeGreaterThan(0);
  });

  it.each<[string, object]>([
    ['two variables', { header: ['7'], body: ['Ana', 'it'] }],
    ['names', { body: { name: 'a', place: 'b', constructor: 'c' } }],
    ['every button', { body: ['a'], buttons: [{ index: 1, text: 'b' }, { index: 2, couponCode: 'c' }, { index: 3 }] }],
    ['document', { header: { document: { link: 'https://example.com/menu.pdf', filename: 'Menu' } }, body: ['a'] }],
    ['location', { header: { location: { latitude: 45, longitude: 26, name: 'Bistro' } }, body: ['a'] }],
    ['code', { body: ['123456'] }],
  ])('takes what fits (%s)', (name, given) => {
    expect(checkTemplateParameters(TEMPLATES[name]!, given)).toEqual([]);
    expect(ajv.validate(templateSchema(TEMPLATES[name]!), given)).toBe(true);
  });

  it('takes nothing for a template that cannot be sent', () => {
    expect(ajv.validate(templateSchema(TEMPLATES['offer']!), {})).toBe(false);
  });
});
