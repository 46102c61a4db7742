import type { ParameterFormat } from './template.js';

/** A template as somebody wrote it. Nothing about `components` is trusted. */
export interface LintSubject {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly parameterFormat: ParameterFormat;
  /** How long Meta may try to deliver a message; null for Meta's default. */
  readonly ttlSeconds: number | null;
  readonly components: unknown;
}

/** `error`: Meta refuses it, so it is never sent there. `warning`: Meta takes it and may reject it at review. */
export type LintSeverity = 'error' | 'warning';

interface LintRuleEntry {
  readonly severity: LintSeverity;
  /** Meta's rule. */
  readonly rule: string;
  readonly fix: string;
}

const error = (rule: string, fix: string): LintRuleEntry => ({ severity: 'error', rule, fix });
const warning = (rule: string, fix: string): LintRuleEntry => ({ severity: 'warning', rule, fix });

/** Every rule that a template is held against before Meta sees it. Source: Meta's pages on template components. */
export const LINT_RULES = {
  'name.invalid': error('A name is 1 to 512 lower-case letters, digits and underscores.', 'Rename it, e.g. order_confirmation.'),
  'language.invalid': error('A language is a code such as en or en_US.', 'Take a code of the list in WhatsApp Manager.'),
  'category.unknown': error('The category is MARKETING, UTILITY or AUTHENTICATION.', 'Give one of the three.'),
  'ttl.out-of-range': error(
    'A message may be tried for 30 to 900 s (authentication), 30 to 43,200 s (utility) or 43,200 to 2,592,000 s (marketing); -1 stands for 30 days and is not for marketing.',
    'Choose ttlSeconds within the range of the category, or leave it out.',
  ),
  'component.malformed': error('Components are a list of objects with a type.', 'Write each as {"type": "BODY", …}.'),
  'component.unknown': error(
    'A template is made of HEADER, BODY, FOOTER, BUTTONS, CAROUSEL and LIMITED_TIME_OFFER.',
    'Take it out, or correct its type.',
  ),
  'component.duplicate': error('Each component stands once.', 'Join the two, or take one out.'),
  'body.missing': error('A template has a body.', 'Add {"type": "BODY", "text": "…"}.'),
  'body.too-long': error('The text of a body has at most 1,024 characters.', 'Shorten it.'),
  'body.too-long-when-filled': warning(
    'A body has at most 1,024 characters with its variables filled in.',
    'Leave room for the longest values.',
  ),
  'body.emoji': warning('A body holds at most ten emoji.', 'Take some out.'),
  'body.blank-lines': warning('A body has no more than two line breaks in a row.', 'Close the gap.'),
  'text.forbidden-character': error(
    'Texts hold no tabs, no control characters and no more than four spaces in a row.',
    'Take them out.',
  ),
  'header.format-unknown': error(
    'The format of a header is TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION.',
    'Correct the format; GIF is for the Marketing Messages API only.',
  ),
  'header.text-missing': error('A text header has a text.', 'Add the text, or leave the header out.'),
  'header.too-long': error('The text of a header has at most 60 characters.', 'Shorten it.'),
  'header.too-many-variables': error('A header has at most one variable.', 'Move the others to the body.'),
  'header.line-break': error('A header is one line.', 'Take the line break out.'),
  'header.markdown': error('A header has no markdown.', 'Take out * _ ~ and `.'),
  'header.emoji': error('A header has no emoji.', 'Move it to the body.'),
  'header.handle-missing': error(
    'A header with an image, video or document has an example: the handle of an uploaded file.',
    'Upload a sample by POST /v1/media and give its id: {"example": {"mediaId": "…"}}. A handle of your own goes as well: {"example": {"header_handle": ["4::…"]}}.',
  ),
  'header.two-samples': error('A header has one example.', 'Give either mediaId or header_handle.'),
  'header.media-id-invalid': error(
    'The example of a header is the handle of an uploaded file; Parley uploads the media that mediaId names.',
    'Give the id that POST /v1/media answered.',
  ),
  'footer.text-missing': error('A footer has a text.', 'Add the text, or leave the footer out.'),
  'footer.too-long': error('A footer has at most 60 characters.', 'Shorten it.'),
  'footer.variable': error('A footer has no variables.', 'Move the variable to the body.'),
  'footer.line-break': error('A footer is one line.', 'Take the line break out.'),
  'variable.malformed': error(
    'A variable is {{1}} or {{first_name}}, with two braces on either side and none of # $ % inside.',
    'Correct the braces and what stands between them.',
  ),
  'variable.out-of-order': error('Positional variables count from {{1}} without gaps, in the order of the text.', 'Number them anew.'),
  'variable.name-invalid': error(
    'A named variable begins with a lower-case letter and holds lower-case letters, digits and underscores.',
    'Rename it, e.g. {{first_name}}.',
  ),
  'variable.format-mixed': error(
    'All variables of a template are positional, or all are named, as parameterFormat says.',
    'Write all of them in one way, and set parameterFormat to it.',
  ),
  'variable.adjacent': error('Two variables never stand side by side.', 'Put words between them.'),
  'variable.at-edge': error('A body does not begin or end with a variable (2388299).', 'Put words before and after it.'),
  'variable.too-dense': error(
    'A body with n variables has at least 2n + 1 words of its own (2388293).',
    'Use fewer variables, or write more words.',
  ),
  'example.missing': error('Each variable has an example.', 'Give example.body_text, example.header_text or their named forms.'),
  'example.count': error('There are as many examples as variables.', 'Give one for each variable, in order.'),
  'example.unknown-name': error('Examples of named variables carry the names of the text.', 'Correct param_name.'),
  'example.invalid': error('An example is a text without line breaks, tabs or variables.', 'Write what a customer would read.'),
  'buttons.empty': error('BUTTONS holds at least one button.', 'Add one, or leave BUTTONS out.'),
  'buttons.too-many': error('A template has at most ten buttons.', 'Take some out.'),
  'buttons.too-many-of-kind': error(
    'There are at most two URL buttons, and one each of PHONE_NUMBER, COPY_CODE, FLOW, CATALOG, MPM, OTP and the other kinds that open something.',
    'Take one out.',
  ),
  'buttons.not-contiguous': error('Quick replies stand together: all before or all after the others.', 'Move them together.'),
  'button.unknown': error('This is no kind of button.', 'Use QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE or FLOW.'),
  'button.text-missing': error('A button has a text.', 'Add it.'),
  'button.text-too-long': error('The text of a button has at most 25 characters.', 'Shorten it.'),
  'button.text-variable': error('The text of a button has no variables.', 'Write it out.'),
  'button.duplicate-text': warning('Buttons of one template have different texts.', 'Change one of them.'),
  'url.invalid': error('The address of a URL button begins with https:// or http://.', 'Write it out in full.'),
  'url.too-long': error('The address of a URL button has at most 2,000 characters.', 'Shorten it.'),
  'url.variable-place': error('The address of a URL button has at most one variable, {{1}}, at its very end.', 'Move it to the end.'),
  'url.short-link': warning('Addresses of wa.me and of link shorteners are rejected at review.', 'Give the address that it leads to.'),
  'phone.invalid': error('A phone number has at most 20 characters: digits with the country code, as +40712345678.', 'Correct it.'),
  'copy-code.example-missing': error('A copy-code button has an example of the code.', 'Give {"example": "25OFF"}.'),
  'copy-code.too-long': error('The code of a copy-code button has at most 20 characters.', 'Shorten it.'),
  'flow.missing': error('A flow button names its flow by exactly one of flow_id, flow_name and flow_json.', 'Give one of them.'),
  'otp.category': error('One-time-password buttons are for authentication templates only.', 'Change the category, or the button.'),
  'otp.type-unknown': error('otp_type is COPY_CODE, ONE_TAP or ZERO_TAP.', 'Give one of the three.'),
  'otp.apps-missing': error(
    'ONE_TAP and ZERO_TAP name one to five apps by package_name and signature_hash (11 characters).',
    'Give supported_apps.',
  ),
  'otp.terms-missing': error('ZERO_TAP needs zero_tap_terms_accepted: true.', 'Accept the terms, or use ONE_TAP.'),
  'authentication.component': error(
    'An authentication template consists of BODY, FOOTER and BUTTONS.',
    'Take the other components out.',
  ),
  'authentication.fixed-text': error(
    'Meta writes the texts of an authentication template; body and footer take only add_security_recommendation and code_expiration_minutes.',
    'Take text and example out.',
  ),
  'authentication.otp-missing': error('An authentication template has exactly one button, of type OTP.', 'Add {"type": "OTP", "otp_type": "COPY_CODE"}.'),
  'authentication.expiration': error('code_expiration_minutes is a whole number from 1 to 90.', 'Correct it, or leave the footer out.'),
  'carousel.cards': error('A carousel has two to ten cards.', 'Add or take out cards.'),
  'carousel.card': error(
    'A card consists of a HEADER with an image or video, a BODY and one or two BUTTONS.',
    'Complete the card.',
  ),
  'carousel.body-too-long': error('The body of a card has at most 160 characters.', 'Shorten it.'),
  'carousel.uneven': error('All cards have the same components: format of the header, and kinds of buttons in the same order.', 'Make them alike.'),
  'offer.malformed': error(
    'A limited-time offer has a text of at most 16 characters and is for marketing templates.',
    'Give {"limited_time_offer": {"text": "…", "has_expiration": true}} in a marketing template.',
  ),
} as const satisfies Record<string, LintRuleEntry>;

export type LintRule = keyof typeof LINT_RULES;

/** One thing in a template that breaks a rule. */
export interface LintFinding {
  readonly rule: LintRule;
  readonly severity: LintSeverity;
  /** JSON pointer into the template: `/components/0/text`. */
  readonly pointer: string;
  /** What is wrong here. */
  readonly detail: string;
  /** Meta's rule, in words. */
  readonly metaRule: string;
  readonly fix: string;
}

/** The finding of a rule at a place. */
export function finding(rule: LintRule, pointer: string, detail: string): LintFinding {
  const { severity, rule: metaRule, fix } = LINT_RULES[rule];
  return { rule, severity, pointer, detail, metaRule, fix };
}
