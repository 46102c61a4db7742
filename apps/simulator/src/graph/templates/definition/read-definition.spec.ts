import type { JsonObject } from '../../../json.js';
import { GraphError } from '../../graph-error.js';
import { readDefinition } from './read-definition.js';
import { SUBCODES } from './refusals.js';

const BODY = { type: 'BODY', text: 'Your order is on its way.' };

function definition(changes: JsonObject = {}): JsonObject {
  return { name: 'a_name', language: 'en_US', category: 'UTILITY', components: [BODY], ...changes };
}

function withParts(...components: JsonObject[]): JsonObject {
  return definition({ components });
}

function withBody(text: string, example?: JsonObject, format = 'POSITIONAL'): JsonObject {
  return definition({ parameter_format: format, components: [{ type: 'BODY', text, ...(example && { example }) }] });
}

function withButtons(...buttons: JsonObject[]): JsonObject {
  return withParts(BODY, { type: 'BUTTONS', buttons });
}

/** The subcode of the refusal; 0 for one without. */
function subcodeOf(body: JsonObject): number {
  try {
    readDefinition(body, (handle) => handle === 'known');
  } catch (error) {
    if (!(error instanceof GraphError) || error.code !== 100) throw error;
    const { error: envelope } = error.toEnvelope('trace');
    return (envelope['error_subcode'] as number | undefined) ?? 0;
  }
  throw new Error('It was taken.');
}

const reply = (text: string): JsonObject => ({ type: 'QUICK_REPLY', text });
const link = (text: string): JsonObject => ({ type: 'URL', text, url: 'https://example.com' });
const card = (text = 'A card'): JsonObject => ({
  components: [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['known'] } },
    { type: 'BODY', text },
    { type: 'BUTTONS', buttons: [reply('More')] },
  ],
});

describe('readDefinition', () => {
  it.each<[string, JsonObject]>([
    ['the least that there may be', definition()],
    ['a variable with its example', withBody('Your order {{1}} is on its way', { body_text: [['41']] })],
    [
      'a named variable',
      withBody(
        'Hello {{first_name}}, all is well',
        { body_text_named_params: [{ param_name: 'first_name', example: 'A' }] },
        'named',
      ),
    ],
    [
      'a header, a footer and buttons',
      withParts({ type: 'header', format: 'text', text: 'News' }, BODY, { type: 'FOOTER', text: 'Bye' }),
    ],
    ['a place', withParts({ type: 'HEADER', format: 'LOCATION' }, BODY)],
    ['an upload', withParts({ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['known'] } }, BODY)],
    ['quick replies before links', withButtons(reply('Yes'), reply('No'), link('Open'))],
    [
      'a link with a variable',
      withButtons({ ...link('Open'), url: 'https://example.com/{{1}}', example: ['https://example.com/1'] }),
    ],
    ['a carousel', withParts(BODY, { type: 'CAROUSEL', cards: [card(), card('Another')] })],
    ['components as a string', definition({ components: JSON.stringify([BODY]) })],
    ['a time to live', definition({ message_send_ttl_seconds: 43_200 })],
  ])('takes %s', (_what, body) => {
    expect(readDefinition(body, (handle) => handle === 'known')).toMatchObject({ name: 'a_name', language: 'en_US' });
  });

  it.each<[string, JsonObject, keyof typeof SUBCODES | null]>([
    ['no name', definition({ name: undefined }), null],
    ['a name with capitals', definition({ name: 'Name' }), null],
    ['a name of 513 characters', definition({ name: 'n'.repeat(513) }), null],
    ['a language that is none', definition({ language: 'English' }), null],
    ['a category that is none', definition({ category: 'NEWS' }), null],
    ['a format that is none', definition({ parameter_format: 'loose' }), null],
    ['a time to live that is too long', definition({ message_send_ttl_seconds: 43_201 }), null],
    ['no components', definition({ components: undefined }), null],
    ['no body', withParts({ type: 'FOOTER', text: 'Bye' }), 'missingField'],
    ['a body without text', withParts({ type: 'BODY' }), 'missingField'],
    ['two bodies', withParts(BODY, BODY), null],
    ['a part that is none', withParts(BODY, { type: 'SIDEBAR' }), null],
    ['a body of 1025 characters', withBody('x'.repeat(1025)), 'tooLong'],
    ['variables without examples', withBody('Your order {{1}} is on its way'), 'missingField'],
    ['too few examples', withBody('All {{1}} of your {{2}} orders are here now', { body_text: [['41']] }), null],
    ['a gap in the variables', withBody('Your order {{2}} is on its way', { body_text: [['41']] }), 'body'],
    ['a name among numbers', withBody('Your order {{name}} is on its way', { body_text: [['41']] }), 'body'],
    ['a name with capitals in braces', withBody('Hello {{Name}}, all is well', {}, 'NAMED'), 'body'],
    ['an open brace', withBody('Your order {{1} is on its way'), 'body'],
    ['a variable at the start', withBody('{{1}} is on its way to you', { body_text: [['41']] }), 'variableAtEdge'],
    ['a variable at the end', withBody('On its way to you is {{1}}', { body_text: [['41']] }), 'variableAtEdge'],
    ['neighbouring variables', withBody('Hello {{1}} {{2}}, all is well today', { body_text: [['a', 'b']] }), 'body'],
    ['more variables than words', withBody('Hi {{1}} and {{2}}!', { body_text: [['a', 'b']] }), 'tooManyVariables'],
    ['a header of 61 characters', withParts({ type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }, BODY), 'tooLong'],
    ['a header with an emoji', withParts({ type: 'HEADER', format: 'TEXT', text: 'News 🎉' }, BODY), 'header'],
    ['a header with asterisks', withParts({ type: 'HEADER', format: 'TEXT', text: '*News*' }, BODY), 'header'],
    [
      'a header of two variables',
      withParts({ type: 'HEADER', format: 'TEXT', text: 'A {{1}} b {{2}}' }, BODY),
      'header',
    ],
    ['a header without an example', withParts({ type: 'HEADER', format: 'VIDEO' }, BODY), 'missingField'],
    [
      'a handle that is none',
      withParts({ type: 'HEADER', format: 'VIDEO', example: { header_handle: ['x'] } }, BODY),
      'header',
    ],
    ['a format of header that is none', withParts({ type: 'HEADER', format: 'SONG' }, BODY), 'header'],
    ['a footer of 61 characters', withParts(BODY, { type: 'FOOTER', text: 'x'.repeat(61) }), 'tooLong'],
    ['a footer with a variable', withParts(BODY, { type: 'FOOTER', text: 'Bye {{1}}' }), 'footer'],
    ['no buttons among the buttons', withButtons(), 'missingField'],
    ['11 buttons', withButtons(...Array.from({ length: 11 }, (_, index) => reply(`b${index}`))), null],
    ['a quick reply between links', withButtons(reply('Yes'), link('Open'), reply('No')), null],
    ['3 links', withButtons(link('a'), link('b'), link('c')), null],
    ['a button of 26 characters', withButtons(reply('x'.repeat(26))), 'tooLong'],
    ['the same button twice', withButtons(reply('Yes'), reply('Yes')), null],
    [
      'a link with a variable in its middle',
      withButtons({ ...link('Open'), url: 'https://x.com/{{1}}/a', example: ['a'] }),
      null,
    ],
    ['a link without an example', withButtons({ ...link('Open'), url: 'https://x.com/{{1}}' }), 'missingField'],
    ['a coupon without an example', withButtons({ type: 'COPY_CODE' }), 'missingField'],
    ['an OTP button', withButtons({ type: 'OTP', otp_type: 'COPY_CODE' }), null],
    ['a carousel of one card', withParts(BODY, { type: 'CAROUSEL', cards: [card()] }), null],
    [
      'cards of two forms',
      withParts(BODY, { type: 'CAROUSEL', cards: [card(), { components: [{ type: 'BODY', text: 'x' }] }] }),
      null,
    ],
    [
      'an authentication template with text',
      definition({ category: 'AUTHENTICATION', components: [{ type: 'BODY', text: 'Code {{1}}' }] }),
      null,
    ],
  ])('refuses %s', (_wrong, body, reason) => {
    expect(subcodeOf(body)).toBe(reason === null ? 0 : SUBCODES[reason]);
  });
});
