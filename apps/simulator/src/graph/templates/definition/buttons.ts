import { isJsonObject, type JsonObject } from '../../../json.js';
import { badParameter, refusal } from './refusals.js';
import { requireText } from './text-parts.js';

const MAX_BUTTONS = 10;
const MAX_TEXT = 25;
const MAX_URL = 2000;
const MAX_PHONE = 20;
const MAX_COUPON = 20;

/** How many of a type there may be, and what it needs. */
interface ButtonRule {
  readonly max: number;
  readonly hasText: boolean;
  readonly check?: (button: JsonObject) => void;
}

const RULES: Readonly<Record<string, ButtonRule>> = {
  QUICK_REPLY: { max: MAX_BUTTONS, hasText: true },
  URL: { max: 2, hasText: true, check: checkUrl },
  PHONE_NUMBER: { max: 1, hasText: true, check: checkPhone },
  COPY_CODE: { max: 1, hasText: false, check: checkCoupon },
  FLOW: { max: 1, hasText: true, check: checkFlow },
  CATALOG: { max: 1, hasText: true },
  MPM: { max: 1, hasText: true },
  SPM: { max: 1, hasText: false },
  VOICE_CALL: { max: 1, hasText: true },
  REQUEST_CONTACT_INFO: { max: 1, hasText: false },
  ORDER_DETAILS: { max: 1, hasText: true },
};

/** Checks the buttons of a template that is not for authentication. */
export function checkButtons(component: JsonObject): void {
  const buttons = readButtons(component);
  const types = buttons.map((button) => String(button['type']).toUpperCase());
  buttons.forEach((button, index) => {
    const type = types[index] ?? '';
    const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
    if (!rule) throw badParameter(`Buttons of type ${type} are not allowed in this template.`);
    if (types.filter((one) => one === type).length > rule.max) {
      throw badParameter(`A template has at most ${rule.max} buttons of type ${type}.`);
    }
    if (rule.hasText) checkText(requireText(button, type, MAX_TEXT));
    rule.check?.(button);
  });
  if (new Set(buttons.map(({ text }) => text).filter(Boolean)).size < buttons.filter(({ text }) => text).length) {
    throw badParameter('Each button needs a text of its own.');
  }
  checkGroups(types);
}

/** The buttons of a component. */
export function readButtons(component: JsonObject): JsonObject[] {
  const { buttons } = component;
  if (!Array.isArray(buttons) || buttons.length === 0) {
    throw refusal('missingField', 'component of type BUTTONS is missing expected field(s) (buttons)');
  }
  if (buttons.length > MAX_BUTTONS) throw badParameter(`A template has at most ${MAX_BUTTONS} buttons.`);
  const items: unknown[] = buttons;
  if (!items.every(isJsonObject)) throw badParameter('Every button has to be an object.');
  return items;
}

/** Quick replies stand together: before the other buttons, or behind them. */
function checkGroups(types: readonly string[]): void {
  const groups = types
    .map((type) => type === 'QUICK_REPLY')
    .filter((isReply, index, all) => index === 0 || isReply !== all[index - 1]);
  if (groups.length > 2) throw badParameter('Quick replies have to stand next to each other.');
}

function checkText(text: string): void {
  if (/\{\{|[\n\r]/.test(text)) throw badParameter('The text of a button has neither variables nor new lines.');
}

function checkUrl({ url, example }: JsonObject): void {
  if (typeof url !== 'string' || !/^https?:\/\/./i.test(url)) throw badParameter('A URL button needs an http(s) url.');
  if (url.length > MAX_URL) throw refusal('tooLong', `The url of a button has at most ${MAX_URL} characters.`);
  const variables = url.match(/\{\{[^{}]*\}\}/g) ?? [];
  if (variables.length === 0) return;
  if (variables.length > 1 || !url.endsWith('}}')) {
    throw badParameter('The url of a button has one variable at most, at its end.');
  }
  const isGiven = typeof example === 'string' ? example !== '' : Array.isArray(example) && example.length === 1;
  if (!isGiven) throw refusal('missingField', 'component of type BUTTONS is missing expected field(s) (example)');
}

function checkPhone({ phone_number: phone }: JsonObject): void {
  if (typeof phone !== 'string' || !/^\+?[\d\s()-]{5,}$/.test(phone) || phone.length > MAX_PHONE) {
    throw badParameter(`A PHONE_NUMBER button needs a phone_number of at most ${MAX_PHONE} characters.`);
  }
}

function checkCoupon({ example }: JsonObject): void {
  const code: unknown = Array.isArray(example) ? example[0] : example;
  if (typeof code !== 'string' || code === '') {
    throw refusal('missingField', 'component of type BUTTONS is missing expected field(s) (example)');
  }
  if (code.length > MAX_COUPON) throw refusal('tooLong', `A coupon code has at most ${MAX_COUPON} characters.`);
}

function checkFlow(button: JsonObject): void {
  const named = ['flow_id', 'flow_name', 'flow_json'].filter((key) => button[key] !== undefined);
  if (named.length !== 1) throw badParameter('A FLOW button needs one of flow_id, flow_name and flow_json.');
}
