import fc from 'fast-check';
import type { JsonObject } from './json.js';
import {
  fillVariables,
  normalizeLanguage,
  parameterFormatOf,
  TEMPLATE_STATUSES,
  type TemplateDefinition,
  templateCategoryOf,
  templateStatusOf,
  variablesIn,
} from './template.js';
import { checkTemplateParameters } from './template-check.js';
import { requiredParameters, type TemplateParameters } from './template-parameters.js';
import { renderTemplate, toGraphComponents } from './template-rendering.js';

function templateOf(components: JsonObject[], patch: Partial<TemplateDefinition> = {}): TemplateDefinition {
  return {
    id: '1',
    name: 'order',
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    parameterFormat: 'POSITIONAL',
    components,
    ...patch,
  };
}

const ORDER = templateOf([
  { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' },
  { type: 'BODY', text: 'Hello {{1}}, {{2}} is ready. {{1}}!' },
  { type: 'FOOTER', text: 'Bistro' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Stop' },
      { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+40712345678' },
      { type: 'URL', text: 'Site', url: 'https://example.com' },
      { type: 'COPY_CODE', text: 'Copy' },
      { type: 'FLOW', text: 'Form' },
    ],
  },
]);

const GIVEN: TemplateParameters = {
  header: ['7'],
  body: ['Ana', 'order 7'],
  buttons: [
    { index: 1, text: 'abc' },
    { index: 4, couponCode: '25OFF' },
  ],
};

const codes = (template: TemplateDefinition, given: unknown): string[] =>
  checkTemplateParameters(template, given).map(({ pointer, code }) => `${pointer} ${code}`);

describe('template words of Meta', () => {
  it.each([
    ['APPROVED', 'APPROVED'],
    ['approved', 'APPROVED'],
    ['REINSTATED', 'APPROVED'],
    ['FLAGGED', 'APPROVED'],
    ['IN_APPEAL', 'PENDING'],
    ['LIMIT_EXCEEDED', 'REJECTED'],
    ['PAUSED', 'PAUSED'],
    ['PENDING_DELETION', 'DISABLED'],
    ['DELETED', 'DISABLED'],
    ['ARCHIVED', 'DISABLED'],
    ['LOCKED', 'DISABLED'],
    ['SOMETHING_NEW', 'PENDING'],
    ['constructor', 'PENDING'],
  ])('reads the status %s as %s', (meta, ours) => {
    expect(templateStatusOf(meta)).toBe(ours);
    expect(TEMPLATE_STATUSES).toContain(ours);
  });

  it.each([
    ['en-US', 'en_US'],
    ['en_US', 'en_US'],
    ['EN-us', 'en_US'],
    ['ro', 'ro'],
    ['zh-Hant-TW', 'zh_Hant_TW'],
  ])('writes the language %s as %s', (meta, ours) => {
    expect(normalizeLanguage(meta)).toBe(ours);
    expect(normalizeLanguage(ours)).toBe(ours);
  });

  it('holds unknown categories to the strictest rules and reads formats in either case', () => {
    expect([templateCategoryOf('utility'), templateCategoryOf('NEW')]).toEqual(['UTILITY', 'MARKETING']);
    expect([parameterFormatOf('named'), parameterFormatOf('POSITIONAL'), parameterFormatOf(null)]).toEqual([
      'NAMED',
      'POSITIONAL',
      'POSITIONAL',
    ]);
  });
});

describe('requiredParameters', () => {
  it('lists what a send must give', () => {
    expect(requiredParameters(ORDER.components, 'POSITIONAL')).toEqual({
      header: { kind: 'text', names: ['1'] },
      body: ['1', '2'],
      cards: [],
      buttons: [
        { index: 0, kind: 'quick_reply', required: false },
        { index: 1, kind: 'url', required: true },
        { index: 4, kind: 'copy_code', required: true },
        { index: 5, kind: 'flow', required: false },
      ],
      unsupported: [],
    });
  });

  it('reads whatever stands in the components without failing', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (components, given) => {
        const template = templateOf(components as JsonObject[]);
        requiredParameters(components, 'NAMED');
        renderTemplate(template);
        expect(Array.isArray(checkTemplateParameters(template, given))).toBe(true);
      }),
    );
  });
});

describe('checkTemplateParameters', () => {
  it('finds nothing wrong with what fits', () => {
    expect(codes(ORDER, GIVEN)).toEqual([]);
    expect(codes(templateOf([{ type: 'BODY', text: 'No variables' }]), undefined)).toEqual([]);
    expect(codes(ORDER, { ...GIVEN, body: { 1: 'Ana', 2: 'x' } })).toEqual([]);
    expect(
      codes(ORDER, { ...GIVEN, buttons: [...GIVEN.buttons!, { index: 0, payload: 'STOP' }, { index: 5 }] }),
    ).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing given', {}, ['header parameter.missing', 'body parameter.missing', 'body parameter.missing']],
    ['too many values', { ...GIVEN, body: ['a', 'b', 'c'] }, ['body parameter.count-mismatch']],
    ['too few values', { ...GIVEN, body: ['a'] }, ['body parameter.count-mismatch']],
    ['a new line', { ...GIVEN, body: ['a\nb', 'c'] }, ['body/0 parameter.invalid-character']],
    ['a tab', { ...GIVEN, body: ['a', 'c\t'] }, ['body/1 parameter.invalid-character']],
    ['five spaces', { ...GIVEN, header: ['a     b'] }, ['header/0 parameter.invalid-character']],
    ['an empty value', { ...GIVEN, body: ['', 'b'] }, ['body/0 parameter.empty']],
    ['a number', { ...GIVEN, body: [1, 'b'] }, ['body/0 parameter.wrong-type']],
    ['no list', { ...GIVEN, body: 'a' }, ['body parameter.wrong-type']],
    ['an unknown part', { ...GIVEN, footer: ['x'] }, ['footer parameter.unexpected']],
    ['an unknown name', { ...GIVEN, body: { 1: 'a', 2: 'b', z: 'c' } }, ['body/z parameter.unexpected']],
    ['no buttons', { header: ['7'], body: ['a', 'b'] }, ['buttons parameter.missing', 'buttons parameter.missing']],
    ['buttons as object', { ...GIVEN, buttons: {} }, ['buttons parameter.wrong-type']],
    ['a button as text', { ...GIVEN, buttons: ['x'] }, ['buttons/0 parameter.wrong-type']],
    [
      'a button without variable',
      { ...GIVEN, buttons: [{ index: 3, text: 'x' }] },
      ['buttons/0/index parameter.unexpected'],
    ],
    [
      'a button twice',
      { ...GIVEN, buttons: [...GIVEN.buttons!, { index: 1, text: 'b' }] },
      ['buttons/2/index parameter.unexpected'],
    ],
    [
      'a button with the wrong member',
      {
        ...GIVEN,
        buttons: [
          { index: 1, payload: 'x' },
          { index: 4, couponCode: 'A' },
        ],
      },
      ['buttons/0/text parameter.missing'],
    ],
    [
      'a long coupon',
      {
        ...GIVEN,
        buttons: [
          { index: 1, text: 'x' },
          { index: 4, couponCode: 'A'.repeat(21) },
        ],
      },
      ['buttons/1/couponCode parameter.too-long'],
    ],
    ['a long header', { ...GIVEN, header: ['x'.repeat(60)] }, ['header parameter.too-long']],
    ['a long body', { ...GIVEN, body: ['x'.repeat(600), 'y'] }, ['body parameter.too-long']],
  ])('names %s', (_, given, expected) => {
    expect(codes(ORDER, given)).toEqual(expected.map((one) => `/template/parameters/${one}`));
  });

  it('counts 1024 characters after the variables are filled in', () => {
    const template = templateOf([{ type: 'BODY', text: 'Hi {{1}}' }]);
    expect(codes(template, { body: ['x'.repeat(1021)] })).toEqual([]);
    expect(codes(template, { body: ['x'.repeat(1022)] })).toEqual(['/template/parameters/body parameter.too-long']);
  });

  it('refuses parameters that are no object, and templates of a form that we do not send', () => {
    expect(codes(ORDER, [])).toEqual(['/template/parameters parameter.wrong-type']);
    expect(codes(templateOf([{ type: 'LIMITED_TIME_OFFER' }]), {})).toEqual(['/template/name template.unsupported']);
    expect(codes(templateOf([{ type: 'HEADER', format: 'GIF' }]), {})).toEqual(['/template/name template.unsupported']);
  });

  describe('with named variables', () => {
    const named = templateOf([{ type: 'BODY', text: '{{first_name}} gets {{order}} now' }], {
      parameterFormat: 'NAMED',
    });

    it('asks for every name, once', () => {
      expect(codes(named, { body: { first_name: 'Ana', order: '7' } })).toEqual([]);
      expect(codes(named, { body: { first_name: 'Ana' } })).toEqual([
        '/template/parameters/body/order parameter.missing',
      ]);
      expect(codes(named, { body: ['Ana', '7'] })).toEqual(['/template/parameters/body parameter.wrong-type']);
    });
  });

  describe('with a header that is no text', () => {
    const media = templateOf([
      { type: 'HEADER', format: 'DOCUMENT' },
      { type: 'BODY', text: 'x' },
    ]);
    const place = templateOf([{ type: 'HEADER', format: 'LOCATION' }]);

    it.each<[TemplateDefinition, unknown, string[]]>([
      [media, { document: { id: '1', filename: 'menu.pdf' } }, []],
      [media, { document: { link: 'https://example.com/y.pdf' } }, []],
      [media, undefined, [' parameter.missing']],
      [media, { image: { id: '1' } }, [' parameter.wrong-type']],
      [media, ['x'], [' parameter.wrong-type']],
      [media, { document: {} }, ['/document parameter.missing']],
      [media, { document: { id: '1', link: 'https://x' } }, ['/document parameter.missing']],
      [media, { document: { link: 'file:///etc/passwd' } }, ['/document/link parameter.wrong-type']],
      [media, { document: { id: '1', filename: 7 } }, ['/document/filename parameter.wrong-type']],
      [
        templateOf([{ type: 'HEADER', format: 'IMAGE' }]),
        { image: { id: '1', filename: 'a' } },
        ['/image/filename parameter.unexpected'],
      ],
      [place, { location: { latitude: 44.4, longitude: 26.1, name: 'Bistro' } }, []],
      [
        place,
        { location: { latitude: 91, longitude: '26', name: '' } },
        [
          '/location/latitude parameter.wrong-type',
          '/location/longitude parameter.wrong-type',
          '/location/name parameter.empty',
        ],
      ],
    ])('checks it (%#)', (template, header, expected) => {
      expect(codes(template, { header })).toEqual(expected.map((one) => `/template/parameters/header${one}`));
    });
  });
});

describe('rendering', () => {
  it('shows the template as the customer reads it, and what is missing as it is written', () => {
    expect(renderTemplate(ORDER, GIVEN)).toEqual({
      header: 'Order 7',
      body: 'Hello Ana, order 7 is ready. Ana!',
      footer: 'Bistro',
      buttons: ['Stop', 'Track', 'Call', 'Site', 'Copy', 'Form'],
    });
    expect(renderTemplate(ORDER).body).toBe('Hello {{1}}, {{2}} is ready. {{1}}!');
  });

  it('puts values in once: a value that looks like a variable stays text', () => {
    expect(
      fillVariables(
        '{{1}} {{2}}',
        new Map([
          ['1', '{{2}}'],
          ['2', '$&'],
        ]),
      ),
    ).toBe('{{2}} $&');
    expect(variablesIn('{{a}} {{ b }} {{a}} {{}}')).toEqual(['a', 'b']);
  });

  it('builds the components that Meta expects', () => {
    const buttons = [
      ...GIVEN.buttons!,
      { index: 0, payload: 'STOP' },
      { index: 5, flowToken: 't', flowActionData: { a: 1 } },
    ];
    expect(toGraphComponents(ORDER, { ...GIVEN, buttons })).toEqual([
      { type: 'header', parameters: [{ type: 'text', text: '7' }] },
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'text', text: 'order 7' },
        ],
      },
      { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'STOP' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'abc' }] },
      {
        type: 'button',
        sub_type: 'copy_code',
        index: '4',
        parameters: [{ type: 'coupon_code', coupon_code: '25OFF' }],
      },
      {
        type: 'button',
        sub_type: 'flow',
        index: '5',
        parameters: [{ type: 'action', action: { flow_token: 't', flow_action_data: { a: 1 } } }],
      },
    ]);
    expect(toGraphComponents(templateOf([{ type: 'BODY', text: 'x' }]))).toEqual([]);
  });

  it('names named parameters, and gives media and places as objects', () => {
    const named = templateOf(
      [
        { type: 'HEADER', format: 'LOCATION' },
        { type: 'BODY', text: '{{b}} {{a}}' },
      ],
      { parameterFormat: 'NAMED' },
    );
    expect(
      toGraphComponents(named, { header: { location: { latitude: 1.5, longitude: 2 } }, body: { a: 'A', b: 'B' } }),
    ).toEqual([
      { type: 'header', parameters: [{ type: 'location', location: { latitude: '1.5', longitude: '2' } }] },
      {
        type: 'body',
        parameters: [
          { type: 'text', parameter_name: 'b', text: 'B' },
          { type: 'text', parameter_name: 'a', text: 'A' },
        ],
      },
    ]);
    const image = templateOf([{ type: 'HEADER', format: 'IMAGE' }]);
    expect(toGraphComponents(image, { header: { image: { id: '9' } } })).toEqual([
      { type: 'header', parameters: [{ type: 'image', image: { id: '9' } }] },
    ]);
  });

  it('repeats the code of an authentication template on its button, and holds it to 15 characters', () => {
    const otp = templateOf(
      [
        { type: 'BODY', text: '*{{1}}* is your verification code.' },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] },
      ],
      { category: 'AUTHENTICATION' },
    );
    expect(codes(otp, { body: ['123456'] })).toEqual([]);
    expect(toGraphComponents(otp, { body: ['123456'] })[1]).toEqual({
      type: 'button',
      sub_type: 'url',
      index: '0',
      parameters: [{ type: 'text', text: '123456' }],
    });
    expect(codes(otp, { body: ['1'.repeat(16)] })).toEqual(['/template/parameters/body parameter.too-long']);
  });
});
