import fc from 'fast-check';
import type { DomainError } from './domain-error.js';
import type { JsonObject } from './json.js';
import { breaksRules, lintRefusal, lintTemplate } from './template-lint.js';
import { LINT_RULES, type LintRule, type LintSubject } from './template-lint-rules.js';

const BODY: JsonObject = { type: 'BODY', text: 'Hello {{1}}, see you soon!', example: { body_text: [['Ana']] } };
const HANDLE = { header_handle: ['4::aW1hZ2U='] };
const OURS = { mediaId: '0199a1b2-0000-7000-8000-00000000000a' };
const APP = { package_name: 'com.example.app', signature_hash: 'K8a/AINcGX7' };

const subject = (patch: Partial<LintSubject> = {}): LintSubject => ({
  name: 'order_confirmation',
  language: 'en_US',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  ttlSeconds: null,
  components: [BODY],
  ...patch,
});

const body = (text: string, example?: JsonObject, more: Partial<LintSubject> = {}): LintSubject =>
  subject({ components: [{ type: 'BODY', text, ...(example && { example }) }], ...more });
const sampled = (text: string, ...samples: string[]): LintSubject => body(text, { body_text: [samples] });
const named = (text: string, ...params: [string, string][]): LintSubject =>
  body(text, { body_text_named_params: params.map(([param_name, example]) => ({ param_name, example })) }, { parameterFormat: 'NAMED' });
const header = (part: JsonObject): LintSubject => subject({ components: [{ type: 'HEADER', ...part }, BODY] });
const title = (text: string): LintSubject => header({ format: 'TEXT', text });
const footer = (text: string): LintSubject => subject({ components: [BODY, { type: 'FOOTER', text }] });
const buttons = (...list: JsonObject[]): LintSubject => subject({ components: [BODY, { type: 'BUTTONS', buttons: list }] });
const reply = (text: string): JsonObject => ({ type: 'QUICK_REPLY', text });
const link = (more: JsonObject = {}): JsonObject => ({ type: 'URL', text: 'Track', url: 'https://example.com/orders', ...more });
const call = (phone_number = '+40712345678', text = 'Call'): JsonObject => ({ type: 'PHONE_NUMBER', text, phone_number });
const coupon = (example?: string): JsonObject => ({ type: 'COPY_CODE', ...(example !== undefined && { example }) });
const flow = (more: JsonObject): JsonObject => ({ type: 'FLOW', text: 'Book', ...more });
const otp = (more: JsonObject = {}): JsonObject => ({ type: 'OTP', otp_type: 'COPY_CODE', ...more });
const code = (...components: JsonObject[]): LintSubject =>
  subject({ category: 'AUTHENTICATION', components: [...components, { type: 'BUTTONS', buttons: [otp()] }] });
const codeBy = (button: JsonObject): LintSubject =>
  subject({ category: 'AUTHENTICATION', components: [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [button] }] });
const card = (text = 'A pizza for you', more: { format?: string; buttons?: JsonObject[]; example?: JsonObject } = {}): JsonObject => ({
  components: [
    { type: 'HEADER', format: more.format ?? 'IMAGE', example: more.example ?? HANDLE },
    { type: 'BODY', text },
    { type: 'BUTTONS', buttons: more.buttons ?? [reply('Order')] },
  ],
});
const carousel = (...cards: JsonObject[]): LintSubject =>
  subject({ category: 'MARKETING', components: [BODY, { type: 'CAROUSEL', cards }] });
const offer = (text: string, category = 'MARKETING'): LintSubject =>
  subject({ category, components: [BODY, { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text, has_expiration: true } }] });
const ttl = (category: string, ttlSeconds: number): LintSubject =>
  category === 'AUTHENTICATION' ? { ...code({ type: 'BODY' }), ttlSeconds } : subject({ category, ttlSeconds });
const many = (count: number, one: (place: number) => JsonObject): JsonObject[] => Array.from({ length: count }, (_, place) => one(place));

/** For each rule: templates that break it, each with the place that is named, and templates that only just do not. */
const TABLE: Record<LintRule, { breaks: [LintSubject, pointer: string][]; keeps: LintSubject[] }> = {
  'name.invalid': {
    breaks: [
      [subject({ name: 'Order' }), '/name'],
      [subject({ name: '' }), '/name'],
      [subject({ name: 'a'.repeat(513) }), '/name'],
      [subject({ name: 'order-1' }), '/name'],
    ],
    keeps: [subject({ name: 'a'.repeat(512) }), subject({ name: '1_a' })],
  },
  'language.invalid': {
    breaks: ['english', '', 'zh_Hant_TW', 'en_US_x'].map((language) => [subject({ language }), '/language']),
    keeps: [subject({ language: 'en-us' }), subject({ language: 'ro' }), subject({ language: 'fil' })],
  },
  'category.unknown': { breaks: [[subject({ category: 'SERVICE' }), '/category']], keeps: [subject({ category: 'MARKETING' })] },
  'ttl.out-of-range': {
    breaks: (
      [['AUTHENTICATION', 901], ['AUTHENTICATION', 29], ['UTILITY', 43_201], ['MARKETING', 43_199], ['MARKETING', -1], ['UTILITY', 60.5]] as const
    ).map(([category, seconds]) => [ttl(category, seconds), '/ttlSeconds']),
    keeps: [ttl('AUTHENTICATION', 900), ttl('AUTHENTICATION', -1), ttl('UTILITY', 30), ttl('MARKETING', 2_592_000)],
  },
  'component.malformed': {
    breaks: [[subject({ components: {} }), '/components'], [subject({ components: [BODY, { text: 'x' }] }), '/components'], [subject({ components: [null] }), '/components']],
    keeps: [subject()],
  },
  'component.unknown': {
    breaks: [[subject({ components: [BODY, { type: 'TITLE' }] }), '/components/1/type'], [subject({ components: [BODY, { type: 'constructor' }] }), '/components/1/type']],
    keeps: [subject({ components: [{ ...BODY, type: 'body' }] })],
  },
  'component.duplicate': { breaks: [[subject({ components: [BODY, BODY] }), '/components/1']], keeps: [footer('Bistro')] },
  'body.missing': {
    breaks: [[subject({ components: [{ type: 'FOOTER', text: 'x' }] }), '/components'], [subject({ components: [{ type: 'BODY' }] }), '/components/0/text']],
    keeps: [body('Closed today')],
  },
  'body.too-long': { breaks: [[body('a '.repeat(513)), '/components/0/text']], keeps: [body('a'.repeat(1024))] },
  'body.too-long-when-filled': {
    breaks: [[sampled(`${'a '.repeat(500)}{{1}} b`, 'c'.repeat(30)), '/components/0/text']],
    keeps: [sampled(`${'a '.repeat(500)}{{1}} b`, 'c')],
  },
  'body.emoji': { breaks: [[body(`Yes ${'🍕'.repeat(11)}`), '/components/0/text']], keeps: [body(`Yes ${'👨‍👩‍👧'.repeat(10)}`)] },
  'body.blank-lines': { breaks: [[body('a\n\n\nb'), '/components/0/text']], keeps: [body('a\n\nb\n\nc')] },
  'text.forbidden-character': {
    breaks: [[body('a\tb'), '/components/0/text'], [body('a     b'), '/components/0/text'], [footer('a\u0007'), '/components/1/text'], [title('a     b'), '/components/0/text']],
    keeps: [body('a    b\nc')],
  },
  'header.format-unknown': { breaks: [[header({ format: 'GIF' }), '/components/0/format']], keeps: [header({ format: 'LOCATION' })] },
  'header.text-missing': { breaks: [[header({ format: 'TEXT' }), '/components/0/text']], keeps: [title('Bistro')] },
  'header.too-long': { breaks: [[title('a'.repeat(61)), '/components/0/text']], keeps: [title('a'.repeat(60))] },
  'header.too-many-variables': {
    breaks: [[header({ format: 'TEXT', text: 'Order {{1}} of {{2}}', example: { header_text: ['1', '2'] } }), '/components/0/text']],
    keeps: [header({ format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['1'] } })],
  },
  'header.line-break': { breaks: [[title('a\nb'), '/components/0/text']], keeps: [title('a b')] },
  'header.markdown': {
    breaks: ['*Bistro*', 'Our _very_ best', '~old~ new', 'a `b`'].map((text) => [title(text), '/components/0/text']),
    keeps: [
      title('a_b_c, 2*3*4 and ~5'),
      {
        ...subject(),
        components: [{ type: 'HEADER', format: 'TEXT', text: 'For {{first_name}}', example: { header_text_named_params: [{ param_name: 'first_name', example: 'Ana' }] } }, { type: 'BODY', text: 'Hi' }],
        parameterFormat: 'NAMED',
      },
    ],
  },
  'header.emoji': { breaks: [[title('Pizza 🍕'), '/components/0/text']], keeps: [title('Pizza #1 (2)')] },
  'header.handle-missing': {
    breaks: ['IMAGE', 'VIDEO', 'DOCUMENT'].map((format) => [header({ format }), '/components/0/example/header_handle']),
    keeps: [header({ format: 'IMAGE', example: HANDLE }), header({ format: 'DOCUMENT', example: OURS })],
  },
  'header.two-samples': {
    breaks: [
      [header({ format: 'IMAGE', example: { ...OURS, ...HANDLE } }), '/components/0/example'],
      [carousel(card(), card('A pasta for you', { example: { ...OURS, ...HANDLE } })), '/components/1/cards/1/components/0/example'],
    ],
    keeps: [header({ format: 'VIDEO', example: OURS })],
  },
  'header.media-id-invalid': {
    breaks: [
      ...['', '1', `${OURS.mediaId}0`, 7, null, [OURS.mediaId]].map((mediaId): [LintSubject, string] => [
        header({ format: 'IMAGE', example: { mediaId } }),
        '/components/0/example/mediaId',
      ]),
      [carousel(card('A pasta for you', { example: { mediaId: 'x' } }), card()), '/components/1/cards/0/components/0/example/mediaId'],
    ],
    keeps: [header({ format: 'IMAGE', example: { mediaId: OURS.mediaId.toUpperCase() } }), carousel(card(), card('A pasta for you', { example: OURS }))],
  },
  'footer.text-missing': { breaks: [[footer(''), '/components/1/text']], keeps: [footer('Bistro')] },
  'footer.too-long': { breaks: [[footer('a'.repeat(61)), '/components/1/text']], keeps: [footer('a'.repeat(60))] },
  'footer.variable': { breaks: [[footer('For {{1}} only'), '/components/1/text']], keeps: [footer('For 1 only')] },
  'footer.line-break': { breaks: [[footer('a\nb'), '/components/1/text']], keeps: [footer('a b')] },
  'variable.malformed': {
    breaks: ['Hello {{1} dear all', 'Hello {1} dear all', 'Hello {{}} dear all', 'Hello {{#1}} dear all', 'Hello {{a$}} dear all', 'Hello {{first name}} dear all'].map(
      (text) => [body(text), '/components/0/text'],
    ),
    keeps: [sampled('Hello {{ 1 }} dear all of you', 'x')],
  },
  'variable.out-of-order': {
    breaks: [
      [sampled('Hello {{2}} and {{1}} and all of the others', 'a', 'b'), '/components/0/text'],
      [sampled('Hello {{1}} and {{3}} and all of the others', 'a', 'b'), '/components/0/text'],
      [sampled('Hello {{0}} and all of the others', 'a'), '/components/0/text'],
    ],
    keeps: [sampled('Hello {{1}} and {{2}}, yes {{1}} and all', 'a', 'b')],
  },
  'variable.name-invalid': {
    breaks: [[named('Hello {{First}} and all', ['First', 'a']), '/components/0/text'], [named('Hello {{_a}} and all', ['_a', 'a']), '/components/0/text']],
    keeps: [named('Hello {{first_name2}} and all', ['first_name2', 'a'])],
  },
  'variable.format-mixed': {
    breaks: [
      [sampled('Hello {{1}} and {{name}} and all of the others', 'a', 'b'), '/components/0/text'],
      [named('Hello {{1}} and all', ['1', 'a']), '/components/0/text'],
    ],
    keeps: [named('Hello {{one}} and all', ['one', 'a'])],
  },
  'variable.adjacent': {
    breaks: [[sampled('Hello {{1}} {{2}} and all of the others', 'a', 'b'), '/components/0/text']],
    keeps: [sampled('Hello {{1}}, {{2}} and all of the others', 'a', 'b')],
  },
  'variable.at-edge': {
    breaks: [[sampled('{{1}} is ready for you', 'a'), '/components/0/text'], [sampled('Ready for you is {{1}} ', 'a'), '/components/0/text']],
    keeps: [sampled('Ready for you is {{1}}.', 'a')],
  },
  'variable.too-dense': {
    breaks: [[sampled('Hello {{1}}!', 'a'), '/components/0/text'], [sampled('Hi {{1}} and {{2}} too', 'a', 'b'), '/components/0/text']],
    keeps: [sampled('Hello {{1}}, see you', 'a'), { ...sampled('您好{{1}}您的餐桌已经准备好了', 'a'), language: 'zh_CN' }],
  },
  'example.missing': {
    breaks: [
      [body('Hello {{1}}, see you soon'), '/components/0/example/body_text'],
      [body('Hello {{name}}, see you soon', undefined, { parameterFormat: 'NAMED' }), '/components/0/example/body_text_named_params'],
      [title('For {{1}}'), '/components/0/example/header_text'],
      [buttons(link({ url: 'https://example.com/{{1}}' })), '/components/1/buttons/0/example'],
    ],
    keeps: [named('Hello {{name}}, see you', ['name', 'Ana']), buttons(link({ url: 'https://example.com/{{1}}', example: ['https://example.com/7'] }))],
  },
  'example.count': {
    breaks: [[sampled('Hello {{1}}, see you soon', 'a', 'b'), '/components/0/example/body_text']],
    keeps: [sampled('Hello {{1}}, see you soon at {{2}} by day', 'a', 'b')],
  },
  'example.unknown-name': {
    breaks: [[named('Hello {{name}}, see you', ['nam', 'Ana']), '/components/0/example/body_text_named_params']],
    keeps: [named('Hello {{name}}, see you', ['name', 'Ana'])],
  },
  'example.invalid': {
    breaks: [[sampled('Hello {{1}}, see you', ''), '/components/0/example/body_text'], [sampled('Hello {{1}}, see you', '{{1}}'), '/components/0/example/body_text']],
    keeps: [sampled('Hello {{1}}, see you', 'Ana Ionescu')],
  },
  'buttons.empty': { breaks: [[buttons(), '/components/1/buttons']], keeps: [buttons(reply('Yes'))] },
  'buttons.too-many': {
    breaks: [[buttons(...many(11, (place) => reply(`No ${place}`))), '/components/1/buttons']],
    keeps: [buttons(...many(10, (place) => reply(`No ${place}`)))],
  },
  'buttons.too-many-of-kind': {
    breaks: [
      [buttons(...many(3, (place) => link({ text: `Link ${place}` }))), '/components/1/buttons'],
      [buttons(call(), call(undefined, 'Ring')), '/components/1/buttons'],
      [buttons(coupon('A'), coupon('B')), '/components/1/buttons'],
    ],
    keeps: [buttons(link({ text: 'One' }), link({ text: 'Two' }), call(), coupon('A'))],
  },
  'buttons.not-contiguous': {
    breaks: [[buttons(reply('Yes'), link(), reply('No')), '/components/1/buttons']],
    keeps: [buttons(reply('Yes'), reply('No'), link()), buttons(link(), call(), reply('Yes'))],
  },
  'button.unknown': { breaks: [[buttons({ type: 'SHARE', text: 'x' }), '/components/1/buttons/0/type'], [buttons({}), '/components/1/buttons/0/type']], keeps: [buttons({ type: 'quick_reply', text: 'x' })] },
  'button.text-missing': { breaks: [[buttons({ type: 'QUICK_REPLY' }), '/components/1/buttons/0/text']], keeps: [buttons(coupon('A'))] },
  'button.text-too-long': { breaks: [[buttons(reply('a'.repeat(26))), '/components/1/buttons/0/text']], keeps: [buttons(reply('a'.repeat(25)))] },
  'button.text-variable': { breaks: [[buttons(reply('Hi {{1}}')), '/components/1/buttons/0/text']], keeps: [buttons(reply('Hi 1'))] },
  'button.duplicate-text': { breaks: [[buttons(reply('Yes'), reply('Yes')), '/components/1/buttons']], keeps: [buttons(reply('Yes'), reply('No'))] },
  'url.invalid': { breaks: [[buttons(link({ url: 'example.com' })), '/components/1/buttons/0/url'], [buttons(link({ url: 'https://' })), '/components/1/buttons/0/url']], keeps: [buttons(link({ url: 'http://example.com' }))] },
  'url.too-long': {
    breaks: [[buttons(link({ url: `https://example.com/${'a'.repeat(1_981)}` })), '/components/1/buttons/0/url']],
    keeps: [buttons(link({ url: `https://example.com/${'a'.repeat(1_980)}` }))],
  },
  'url.variable-place': {
    breaks: ['https://example.com/{{1}}/x', 'https://example.com/{{1}}?b={{1}}', 'https://example.com/{{2}}', 'https://example.com/{{id}}'].map((url) => [
      buttons(link({ url, example: ['x'] })),
      '/components/1/buttons/0/url',
    ]),
    keeps: [buttons(link({ url: 'https://example.com/?order={{1}}', example: ['x'] }))],
  },
  'url.short-link': { breaks: [[buttons(link({ url: 'https://wa.me/40712345678' })), '/components/1/buttons/0/url']], keeps: [buttons(link({ url: 'https://example.com/wa.me' }))] },
  'phone.invalid': {
    breaks: [[buttons(call('hotline')), '/components/1/buttons/0/phone_number'], [buttons(call('+40712345678901234567')), '/components/1/buttons/0/phone_number']],
    keeps: [buttons(call('40712345678'))],
  },
  'copy-code.example-missing': { breaks: [[buttons(coupon()), '/components/1/buttons/0/example']], keeps: [buttons(coupon('25OFF'))] },
  'copy-code.too-long': { breaks: [[buttons(coupon('a'.repeat(21))), '/components/1/buttons/0/example']], keeps: [buttons(coupon('a'.repeat(20)))] },
  'flow.missing': {
    breaks: [[buttons(flow({})), '/components/1/buttons/0'], [buttons(flow({ flow_id: '1', flow_name: 'a' })), '/components/1/buttons/0']],
    keeps: [buttons(flow({ flow_id: '1' }))],
  },
  'otp.category': { breaks: [[buttons(otp()), '/components/1/buttons/0']], keeps: [codeBy(otp())] },
  'otp.type-unknown': { breaks: [[codeBy(otp({ otp_type: 'SMS' })), '/components/1/buttons/0/otp_type']], keeps: [codeBy(otp({ otp_type: 'copy_code' }))] },
  'otp.apps-missing': {
    breaks: [
      [codeBy(otp({ otp_type: 'ONE_TAP' })), '/components/1/buttons/0/supported_apps'],
      [codeBy(otp({ otp_type: 'ONE_TAP', supported_apps: [{ ...APP, signature_hash: 'short' }] })), '/components/1/buttons/0/supported_apps'],
      [codeBy(otp({ otp_type: 'ONE_TAP', supported_apps: many(6, () => APP) })), '/components/1/buttons/0/supported_apps'],
    ],
    keeps: [codeBy(otp({ otp_type: 'ONE_TAP', supported_apps: [APP] }))],
  },
  'otp.terms-missing': {
    breaks: [[codeBy(otp({ otp_type: 'ZERO_TAP', supported_apps: [APP] })), '/components/1/buttons/0/zero_tap_terms_accepted']],
    keeps: [codeBy(otp({ otp_type: 'ZERO_TAP', supported_apps: [APP], zero_tap_terms_accepted: true }))],
  },
  'authentication.component': { breaks: [[code({ type: 'HEADER', format: 'TEXT', text: 'x' }, { type: 'BODY' }), '/components/0/type']], keeps: [code({ type: 'BODY' })] },
  'authentication.fixed-text': { breaks: [[code({ type: 'BODY', text: '{{1}} is it' }), '/components/0/text']], keeps: [code({ type: 'BODY', add_security_recommendation: true })] },
  'authentication.otp-missing': {
    breaks: [[codeBy(reply('Yes')), '/components'], [subject({ category: 'AUTHENTICATION', components: [{ type: 'BODY' }] }), '/components']],
    keeps: [codeBy(otp())],
  },
  'authentication.expiration': {
    breaks: [0, 91, 1.5, '5'].map((code_expiration_minutes) => [code({ type: 'BODY' }, { type: 'FOOTER', code_expiration_minutes }), '/components/1/code_expiration_minutes']),
    keeps: [code({ type: 'BODY' }, { type: 'FOOTER', code_expiration_minutes: 90 })],
  },
  'carousel.cards': { breaks: [[carousel(card()), '/components/1/cards'], [carousel(...many(11, () => card())), '/components/1/cards']], keeps: [carousel(card(), card())] },
  'carousel.card': { breaks: [[carousel(card(), { components: [] }), '/components/1/cards/1'], [carousel(card('x', { format: 'TEXT' }), card()), '/components/1/cards/0']], keeps: [carousel(...many(10, () => card()))] },
  'carousel.body-too-long': { breaks: [[carousel(card('a'.repeat(161)), card()), '/components/1/cards/0/components/1/text']], keeps: [carousel(card('a'.repeat(160)), card())] },
  'carousel.uneven': { breaks: [[carousel(card(), card('x', { buttons: [link()] })), '/components/1/cards'], [carousel(card(), card('x', { format: 'VIDEO' })), '/components/1/cards']], keeps: [carousel(card('a'), card('b'))] },
  'offer.malformed': { breaks: [[offer('Until tonight only'), '/components/1/limited_time_offer'], [offer('Tonight', 'UTILITY'), '/components/1/limited_time_offer']], keeps: [offer('Tonight only!')] },
};

const found = (one: LintSubject): [LintRule, string][] => lintTemplate(one).map(({ rule, pointer }) => [rule, pointer]);
const rows = (part: 'breaks' | 'keeps') =>
  Object.entries(TABLE).flatMap(([rule, row]) => row[part].map((entry, place) => [rule as LintRule, place, entry] as const));

describe('the lint of templates', () => {
  it('has a row of examples for each rule', () => {
    expect(Object.keys(TABLE).sort()).toEqual(Object.keys(LINT_RULES).sort());
    expect(Object.entries(TABLE).filter(([, { breaks, keeps }]) => breaks.length === 0 || keeps.length === 0)).toEqual([]);
  });

  it.each(rows('breaks'))('%s is found where it is broken (%i)', (rule, _place, entry) => {
    const [broken, pointer] = entry as [LintSubject, string];
    expect(found(broken)).toContainEqual([rule, pointer]);
  });

  it.each(rows('keeps'))('%s lets pass what only just keeps it (%i)', (_rule, _place, entry) => {
    expect(found(entry as LintSubject)).toEqual([]);
  });

  it('refuses with pointer, rule and remedy, and not for a warning', () => {
    const findings = lintTemplate(body('{{1}} 🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕 a b c', { body_text: [['x']] }));
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['body.emoji', 'warning'], ['variable.at-edge', 'error']]);
    const refusal: DomainError = lintRefusal(findings);
    expect([refusal.code, refusal.errors.map(({ pointer, code: rule }) => [pointer, rule])]).toEqual(['template.invalid', [['/components/0/text', 'variable.at-edge']]]);
    expect(refusal.errors[0]?.detail).toContain('2388299');
    expect([breaksRules(findings), breaksRules(findings.slice(0, 1))]).toEqual([true, false]);
  });

  it('reads whatever is written without failing', () => {
    const words = fc.constantFrom('HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER', 'URL', 'OTP', 'FLOW', 'TEXT', 'IMAGE');
    const member = fc.constantFrom('type', 'text', 'format', 'example', 'buttons', 'cards', 'components', 'url', 'phone_number', 'limited_time_offer');
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof({ depthSize: 'small' }, words, fc.string(), fc.jsonValue(), fc.array(tie('node')), fc.dictionary(member, tie('node'))),
    }));
    fc.assert(
      fc.property(fc.array(node), fc.constantFrom('UTILITY', 'AUTHENTICATION', 'MARKETING'), fc.string(), (components, category, language) => {
        expect(Array.isArray(lintTemplate(subject({ components, category, language })))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
