import fc from 'fast-check';
import type { JsonObject } from './json.js';
import type { TemplateDefinition } from './template.js';
import { previewTemplate } from './template-preview.js';

const templateOf = (components: JsonObject[], patch: Partial<TemplateDefinition> = {}): TemplateDefinition => ({
  id: '1',
  name: 'order',
  language: 'en_US',
  status: 'DRAFT',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  components,
  ...patch,
});

const ORDER = templateOf([
  { type: 'HEADER', format: 'DOCUMENT' },
  { type: 'BODY', text: 'Hello {{1}}, {{2}} is ready.' },
  { type: 'FOOTER', text: 'Bistro' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Thanks' },
      { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+40712345678' },
    ],
  },
]);

describe('the preview of a template', () => {
  it('shows it as a phone does', () => {
    const preview = previewTemplate(ORDER, {
      header: { document: { id: '1', filename: 'Bill.pdf' } },
      body: ['Ana', 'order 7'],
      buttons: [{ index: 1, text: '7' }],
    });
    expect(preview).toEqual({
      header: { kind: 'document', text: 'Bill.pdf' },
      body: 'Hello Ana, order 7 is ready.',
      footer: 'Bistro',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Thanks', value: null },
        { type: 'URL', text: 'Track', value: 'https://example.com/7' },
        { type: 'PHONE_NUMBER', text: 'Call', value: '+40712345678' },
      ],
      cards: [],
      errors: [],
    });
  });

  it('leaves what is missing as it is written, and says so where it belongs', () => {
    const { body, buttons, errors } = previewTemplate(ORDER, { body: { 1: 'Ana' } });
    expect([body, buttons[1]?.value]).toEqual(['Hello Ana, {{2}} is ready.', 'https://example.com/{{1}}']);
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/parameters/header', 'parameter.missing'],
      ['/parameters/body/2', 'parameter.missing'],
    ]);
  });

  it("shows a one-time password in Meta's words", () => {
    const code = templateOf(
      [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'FOOTER', code_expiration_minutes: 5 },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
      ],
      { category: 'AUTHENTICATION' },
    );
    expect(previewTemplate(code, { body: ['123456'] })).toMatchObject({
      body: '*123456* is your verification code. For your security, do not share this code.',
      footer: 'This code expires in 5 minutes.',
      buttons: [{ text: 'Copy code', value: '123456' }],
    });
  });

  it('shows the cards of a carousel', () => {
    const card = (text: string): JsonObject => ({ components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text }] });
    const carousel = templateOf([{ type: 'BODY', text: 'Today' }, { type: 'CAROUSEL', cards: [card('Pizza {{1}}'), card('Soup')] }]);
    expect(previewTemplate(carousel, { cards: [{ body: ['Roma'] }] }).cards.map(({ body }) => body)).toEqual(['Pizza Roma', 'Soup']);
  });

  it('reads whatever is given without failing', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (components, given) => void previewTemplate(templateOf(components as JsonObject[]), given)));
    fc.assert(fc.property(fc.jsonValue(), (given) => void previewTemplate(ORDER, given)));
  });
});
