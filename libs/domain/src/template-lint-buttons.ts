import { isJsonObject, type JsonObject, listOf, textOf } from './json.js';
import { variablesIn } from './template.js';
import { COUPON_CODE_LIMIT, URL_LIMIT } from './template-check.js';
import { finding, type LintFinding, type LintSubject } from './template-lint-rules.js';

const BUTTONS_LIMIT = 10;
const BUTTON_TEXT_LIMIT = 25;
const PHONE_LIMIT = 20;
const APP_HASH_LENGTH = 11;
const APPS_LIMIT = 5;

/** Kinds of buttons, and how many of each a template may have. */
const MOST_OF_KIND: Readonly<Record<string, number>> = {
  QUICK_REPLY: BUTTONS_LIMIT,
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  FLOW: 1,
  OTP: 1,
  CATALOG: 1,
  MPM: 1,
  SPM: 1,
  VOICE_CALL: 1,
  REQUEST_CONTACT_INFO: 1,
  ORDER_DETAILS: 1,
};

/** Meta writes the texts of these itself, or needs none. */
const WITHOUT_TEXT = ['COPY_CODE', 'OTP', 'REQUEST_CONTACT_INFO'];

/** Hosts that hide where a link leads. */
const SHORTENERS = ['wa.me', 'bit.ly', 'tinyurl.com', 't.co', 'goo.gl', 'rb.gy', 'is.gd'];

/** The kind of a button, in capitals; empty where there is none. */
export function buttonKind(button: JsonObject): string {
  return textOf(button.type)?.toUpperCase() ?? '';
}

/** The BUTTONS of a template, or of a card of a carousel. */
export function lintButtons(component: JsonObject, subject: LintSubject, pointer: string): LintFinding[] {
  const at = `${pointer}/buttons`;
  const buttons = listOf(component.buttons).map((button) => (isJsonObject(button) ? button : {}));
  if (buttons.length === 0) return [finding('buttons.empty', at, 'There is no button.')];
  return [
    ...(buttons.length > BUTTONS_LIMIT ? [finding('buttons.too-many', at, `There are ${buttons.length} buttons.`)] : []),
    ...lintCounts(buttons, at),
    ...lintOrder(buttons, at),
    ...lintTextsDiffer(buttons, at),
    ...buttons.flatMap((button, place) => lintButton(button, subject, `${at}/${place}`)),
  ];
}

function lintCounts(buttons: readonly JsonObject[], at: string): LintFinding[] {
  return Object.entries(MOST_OF_KIND).flatMap(([kind, most]) => {
    const count = buttons.filter((button) => buttonKind(button) === kind).length;
    return count > most && kind !== 'QUICK_REPLY'
      ? [finding('buttons.too-many-of-kind', at, `There are ${count} ${kind} buttons; at most ${most} ${most === 1 ? 'is' : 'are'} possible.`)]
      : [];
  });
}

function lintOrder(buttons: readonly JsonObject[], at: string): LintFinding[] {
  const areReplies = buttons.map((button) => buttonKind(button) === 'QUICK_REPLY');
  const changes = areReplies.filter((isReply, place) => place > 0 && isReply !== areReplies[place - 1]).length;
  return changes > 1 ? [finding('buttons.not-contiguous', at, 'Other buttons stand between the quick replies.')] : [];
}

function lintTextsDiffer(buttons: readonly JsonObject[], at: string): LintFinding[] {
  const texts = buttons.map((button) => textOf(button.text)).filter((text) => text !== null);
  return new Set(texts).size < texts.length ? [finding('button.duplicate-text', at, 'Two buttons have the same text.')] : [];
}

function lintButton(button: JsonObject, subject: LintSubject, pointer: string): LintFinding[] {
  const kind = buttonKind(button);
  if (!Object.hasOwn(MOST_OF_KIND, kind)) return [finding('button.unknown', `${pointer}/type`, 'The button is of no kind that Meta knows.')];
  const own = Object.hasOwn(RULES_OF_KIND, kind) ? RULES_OF_KIND[kind] : undefined;
  return [...lintButtonText(button, kind, `${pointer}/text`), ...(own?.(button, pointer, subject) ?? [])];
}

function lintButtonText(button: JsonObject, kind: string, at: string): LintFinding[] {
  const text = textOf(button.text);
  if (text === null) return WITHOUT_TEXT.includes(kind) ? [] : [finding('button.text-missing', at, 'The button has no text.')];
  return [
    ...(text.length > BUTTON_TEXT_LIMIT ? [finding('button.text-too-long', at, `The text has ${text.length} characters.`)] : []),
    ...(variablesIn(text).length > 0 ? [finding('button.text-variable', at, 'The text has a variable.')] : []),
  ];
}

type ButtonRules = (button: JsonObject, pointer: string, subject: LintSubject) => LintFinding[];

const RULES_OF_KIND: Readonly<Record<string, ButtonRules>> = {
  URL: lintUrl,
  PHONE_NUMBER: (button, pointer) => {
    const phone = textOf(button.phone_number) ?? '';
    const isGood = phone.length <= PHONE_LIMIT && /^\+?\d[\d -]{5,}$/.test(phone);
    return isGood ? [] : [finding('phone.invalid', `${pointer}/phone_number`, 'This is no phone number with its country code.')];
  },
  COPY_CODE: (button, pointer) => {
    const code = textOf(listOf(button.example)[0]);
    const at = `${pointer}/example`;
    if (code === null) return [finding('copy-code.example-missing', at, 'The code has no example.')];
    return code.length > COUPON_CODE_LIMIT ? [finding('copy-code.too-long', at, `The code has ${code.length} characters.`)] : [];
  },
  FLOW: (button, pointer) => {
    const named = ['flow_id', 'flow_name', 'flow_json'].filter((member) => button[member] !== undefined);
    return named.length === 1 ? [] : [finding('flow.missing', pointer, `The button names its flow in ${named.length} ways.`)];
  },
  OTP: lintOtp,
};

function lintUrl(button: JsonObject, pointer: string): LintFinding[] {
  const at = `${pointer}/url`;
  const url = textOf(button.url) ?? '';
  const fixed = url.replace(/\{\{1\}\}$/, '');
  const parsed = URL.parse(fixed);
  if (!/^https?:\/\//i.test(url) || !parsed) return [finding('url.invalid', at, 'This is no address of the web.')];
  const hasVariable = fixed !== url;
  const example = textOf(listOf(button.example)[0]);
  return [
    ...(url.length > URL_LIMIT ? [finding('url.too-long', at, `The address has ${url.length} characters.`)] : []),
    ...(/[{}]/.test(fixed) ? [finding('url.variable-place', at, 'A variable stands elsewhere than at the end.')] : []),
    ...(hasVariable && example === null ? [finding('example.missing', `${pointer}/example`, 'The variable of the address has no example.')] : []),
    ...(SHORTENERS.includes(parsed.hostname) ? [finding('url.short-link', at, 'The address hides where it leads.')] : []),
  ];
}

function lintOtp(button: JsonObject, pointer: string, { category }: LintSubject): LintFinding[] {
  if (category !== 'AUTHENTICATION') return [finding('otp.category', pointer, 'The template is not for authentication.')];
  const type = textOf(button.otp_type)?.toUpperCase() ?? '';
  if (type === 'COPY_CODE') return [];
  if (type !== 'ONE_TAP' && type !== 'ZERO_TAP') return [finding('otp.type-unknown', `${pointer}/otp_type`, 'There is no such way to pass a code on.')];
  return [
    ...(areApps(button) ? [] : [finding('otp.apps-missing', `${pointer}/supported_apps`, 'The apps are missing or incomplete.')]),
    ...(type === 'ZERO_TAP' && button.zero_tap_terms_accepted !== true
      ? [finding('otp.terms-missing', `${pointer}/zero_tap_terms_accepted`, 'The terms are not accepted.')]
      : []),
  ];
}

function areApps(button: JsonObject): boolean {
  const apps = listOf(button.supported_apps);
  return (
    apps.length >= 1 &&
    apps.length <= APPS_LIMIT &&
    apps.every((app) => isJsonObject(app) && textOf(app.package_name) !== null && textOf(app.signature_hash)?.length === APP_HASH_LENGTH)
  );
}
