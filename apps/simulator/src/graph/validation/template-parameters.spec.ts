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

  it('takes a code of 15 characters', () => {
    const sent = (text: string): number | undefined => codeOf(code, [body(textOf(text)), url(text, 0)]);
    expect([sent('x'.repeat(15)), sent('x'.repeat(16))]).toEqual([undefined, 132018]);
  });

  it('takes one file for a header, and degrees for a place', () => {
    const file = (image: object): number | undefined =>
      codeOf(positional, [
        { type: 'header', parameters: [{ type: 'image', image }] },
        body(textOf('A'), textOf('B')),
        url('7'),
      ]);
    const link = 'https://example.com/a.png';
    expect([{ link }, {}, { id: '1', link }, { link: 'ftp://example.com' }].map(file)).toEqual([
      undefined,
      131008,
      131009,
      131009,
    ]);
    const place = templateShape(
      [
        { type: 'HEADER', format: 'LOCATION' },
        { type: 'BODY', text: 'Here' },
      ],
      'POSITIONAL',
      'UTILITY',
    );
    const at = (location: object): number | undefined =>
      codeOf(place, [{ type: 'header', parameters: [{ type: 'location', location }] }]);
    expect(
      [{ latitude: '1.5', longitude: 2 }, { latitude: '1.5' }, { latitude: 'north', longitude: 2 }].map(at),
    ).toEqual([undefined, 131008, 131009]);
  });

  it('lets some buttons go without a parameter, and others not', () => {
    const shape = (type: string) =>
      templateShape(
        [
          { type: 'BODY', text: 'Hi' },
          { type: 'BUTTONS', buttons: [{ type, text: 'Go' }] },
        ],
        'POSITIONAL',
        'MARKETING',
      );
    const press = (type: string, parameter: object) => [
      { type: 'button', sub_type: type, index: 0, parameters: [parameter] },
    ];
    const kinds = ['QUICK_REPLY', 'FLOW', 'CATALOG', 'MPM', 'COPY_CODE'];
    expect(kinds.map((kind) => codeOf(shape(kind), undefined))).toEqual([
      undefined,
      undefined,
      undefined,
      131008,
      131008,
    ]);
    expect(codeOf(shape('FLOW'), press('flow', { type: 'action', action: { flow_token: 't' } }))).toBeUndefined();
    expect(codeOf(shape('MPM'), press('mpm', { type: 'action', action: 'none' }))).toBe(131008);
    expect(codeOf(shape('QUICK_REPLY'), press('quick_reply', { type: 'payload', payload: '' }))).toBe(131008);
    expect(codeOf(shape('COPY_CODE'), press('copy_code', { type: 'coupon_code', coupon_code: 'x'.repeat(21) }))).toBe(
      132018,
    );
  });

  it('asks of each card of a carousel what it asks of a template', () => {
    const part = {
      components: [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'For {{1}} only' },
      ],
    };
    const shape = templateShape(
      [
        { type: 'BODY', text: 'Hi' },
        { type: 'CAROUSEL', cards: [part, part] },
      ],
      'POSITIONAL',
      'MARKETING',
    );
    const card = (card_index: number, ...components: object[]) => ({ card_index, components });
    const full = (index: number) => card(index, header, body(textOf('A')));
    const sent = (...cards: object[]): number | undefined => codeOf(shape, [{ type: 'carousel', cards }]);
    expect(sent(full(0), full(1))).toBeUndefined();
    expect(sent(full(0))).toBe(132012);
    expect(sent(full(1), full(0))).toBe(131009);
    expect(sent(full(0), card(1, header))).toBe(132000);
    expect(sent(full(0), card(1, body(textOf('A'))))).toBe(132012);
    expect(codeOf(shape, undefined)).toBe(132012);
  });

  it('asks when an offer ends', () => {
    const offer = { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Today', has_expiration: true } };
    const shape = templateShape([{ type: 'BODY', text: 'Hi' }, offer], 'POSITIONAL', 'MARKETING');
    const sent = (limited_time_offer: object): number | undefined =>
      codeOf(shape, [{ type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer }] }]);
    expect([sent({ expiration_time_ms: 1_800_000_000_000 }), sent({}), sent({ expiration_time_ms: 'soon' })]).toEqual([
      undefined,
      131008,
      131009,
    ]);
  });

  it('refuses a part that no template has', () => {
    expect(codeOf(named, [{ type: 'footer' }, body(textOf('7', 'order'), textOf('Ana', 'name'))])).toBe(100);
  });
});
