import { templateShape } from '../../state/template-shape.js';
import { GraphError } from '../graph-error.js';
import { checkTemplateParameters } from './template-parameters.js';

const positional = templateShape(
  [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'Hi {{1}}, order {{2}} of {{1}}' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Stop' },
        { type: 'URL', text: 'See', url: 'https://example.com/{{1}}' },
      ],
    },
  ],
  'POSITIONAL',
  'UTILITY',
);
const named = templateShape([{ type: 'BODY', text: 'Hi {{name}}, order {{order}}' }], 'NAMED', 'UTILITY');
const code = templateShape(
  [
    { type: 'BODY', add_security_recommendation: true },
    { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
  ],
  'POSITIONAL',
  'AUTHENTICATION',
);

const textOf = (text: string, name?: string) => ({ type: 'text', text, ...(name && { parameter_name: name }) });
const header = { type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] };
const body = (...parameters: object[]) => ({ type: 'body', parameters });
const url = (text: string, index: string | number = '1') => ({
  type: 'button',
  sub_type: 'url',
  index,
  parameters: [{ type: 'text', text }],
});

function codeOf(shape: typeof named, components: unknown): number | undefined {
  try {
    checkTemplateParameters(shape, components);
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
}

describe('checkTemplateParameters', () => {
  it('takes what the template asks for', () => {
    expect(codeOf(positional, [header, body(textOf('Ana'), textOf('7')), url('7')])).toBeUndefined();
    expect(codeOf(positional, [header, body(textOf('Ana'), textOf('7')), url('7', 1)])).toBeUndefined();
    expect(codeOf(named, [body(textOf('7', 'order'), textOf('Ana', 'name'))])).toBeUndefined();
    expect(codeOf(code, [body(textOf('123456')), url('123456', 0)])).toBeUndefined();
  });

  it.each([
    ['too few for the body', [header, body(textOf('Ana')), url('7')], 132000],
    ['too many for the body', [header, body(textOf('A'), textOf('B'), textOf('C')), url('7')], 132000],
    ['nothing for the header', [body(textOf('Ana'), textOf('7')), url('7')], 132012],
    [
      'a text for an image header',
      [{ type: 'header', parameters: [textOf('x')] }, body(textOf('A'), textOf('B')), url('7')],
      132012,
    ],
    ['names for a positional one', [header, body(textOf('A', 'a'), textOf('B', 'b')), url('7')], 132012],
    ['nothing for the button', [header, body(textOf('A'), textOf('B'))], 131008],
    ['the wrong place for the button', [header, body(textOf('A'), textOf('B')), url('7', 2)], 132018],
    ['the wrong kind of button', [header, body(textOf('A'), textOf('B')), url('7', 0)], 132018],
    ['an empty text', [header, body(textOf('A'), textOf('')), url('7')], 131008],
    ['no list', 'x', 100],
  ])('refuses %s', (_name, components, expected) => {
    expect(codeOf(positional, components)).toBe(expected);
  });

  it.each(['a\nb', 'a\rb', 'a\tb', 'a     b'])('refuses the white space in %j', (bad) => {
    expect(codeOf(named, [body(textOf(bad, 'name'), textOf('7', 'order'))])).toBe(132018);
  });

  it('takes four spaces in a row', () => {
    expect(codeOf(named, [body(textOf('a    b', 'name'), textOf('7', 'order'))])).toBeUndefined();
  });

  it('refuses named parameters without a name or with another one', () => {
    expect(codeOf(named, [body(textOf('Ana'), textOf('7', 'order'))])).toBe(132012);
    expect(codeOf(named, [body(textOf('Ana', 'nome'), textOf('7', 'order'))])).toBe(132012);
  });

  it('refuses a text that grows beyond 1,024 characters', () => {
    const fits = 1024 - 'Hi , order 7'.length;
    expect(codeOf(named, [body(textOf('x'.repeat(fits), 'name'), textOf('7', 'order'))])).toBeUndefined();
    expect(codeOf(named, [body(textOf('x'.repeat(fits + 1), 'name'), textOf('7', 'order'))])).toBe(132005);
  });
});
