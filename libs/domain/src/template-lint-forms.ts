import { isJsonObject, type JsonObject, listOf, textOf } from './json.js';
import { componentsOf } from './template.js';
import { buttonKind, lintButtons } from './template-lint-buttons.js';
import { lintBody, lintHeader } from './template-lint-components.js';
import { finding, type LintFinding, type LintSubject } from './template-lint-rules.js';

const CARD_BODY_LIMIT = 160;
const AUTHENTICATION_PARTS = ['BODY', 'FOOTER', 'BUTTONS'];
const LONGEST_CODE_MINUTES = 90;

/** An authentication template: its texts are Meta's, and what may be chosen is little. */
export function lintAuthentication(components: readonly JsonObject[], subject: LintSubject, pointer: string): LintFinding[] {
  const otps = componentsOf(components, 'BUTTONS').flatMap((one) => listOf(one.buttons));
  const isOneOtp = otps.length === 1 && isJsonObject(otps[0]) && buttonKind(otps[0]) === 'OTP';
  return [
    ...components.flatMap((component, place) => lintAuthenticationPart(component, subject, `${pointer}/${place}`)),
    ...(isOneOtp ? [] : [finding('authentication.otp-missing', pointer, 'There is not exactly one OTP button.')]),
  ];
}

function lintAuthenticationPart(component: JsonObject, subject: LintSubject, pointer: string): LintFinding[] {
  const type = textOf(component.type)?.toUpperCase() ?? '';
  if (!AUTHENTICATION_PARTS.includes(type)) return [finding('authentication.component', `${pointer}/type`, `It has a ${type} component.`)];
  if (type === 'BUTTONS') return lintButtons(component, subject, pointer);
  const fixed = ['text', 'example'].filter((member) => component[member] !== undefined);
  if (fixed.length > 0) return fixed.map((member) => finding('authentication.fixed-text', `${pointer}/${member}`, 'This text is not yours to write.'));
  if (type === 'BODY') return [];
  const minutes = component.code_expiration_minutes;
  const isGood = minutes === undefined || (Number.isInteger(minutes) && Number(minutes) >= 1 && Number(minutes) <= LONGEST_CODE_MINUTES);
  return isGood ? [] : [finding('authentication.expiration', `${pointer}/code_expiration_minutes`, 'The time is out of range.')];
}

/** Cards that the customer swipes through. */
export function lintCarousel(component: JsonObject, subject: LintSubject, pointer: string): LintFinding[] {
  const at = `${pointer}/cards`;
  const cards = listOf(component.cards).map((card) => (isJsonObject(card) ? listOf(card.components).filter(isJsonObject) : []));
  return [
    ...(cards.length < 2 || cards.length > 10 ? [finding('carousel.cards', at, `There are ${cards.length} cards.`)] : []),
    ...(new Set(cards.map(shapeOf)).size > 1 ? [finding('carousel.uneven', at, 'The cards differ in their components.')] : []),
    ...cards.flatMap((card, place) => lintCard(card, subject, `${at}/${place}`)),
  ];
}

function lintCard(card: readonly JsonObject[], subject: LintSubject, pointer: string): LintFinding[] {
  const [header, body, buttons] = ['HEADER', 'BODY', 'BUTTONS'].map((type) => componentsOf(card, type)[0]);
  const format = textOf(header?.format)?.toUpperCase();
  const count = listOf(buttons?.buttons).length;
  if (!header || !body || !buttons || (format !== 'IMAGE' && format !== 'VIDEO') || count < 1 || count > 2) {
    return [finding('carousel.card', pointer, 'The card is not complete, or has too much.')];
  }
  const place = (part: JsonObject): string => `${pointer}/components/${card.indexOf(part)}`;
  const length = textOf(body.text)?.length ?? 0;
  return [
    ...lintHeader(header, subject, place(header)),
    ...lintBody(body, subject, place(body)),
    ...(length > CARD_BODY_LIMIT ? [finding('carousel.body-too-long', `${place(body)}/text`, `The body has ${length} characters.`)] : []),
    ...lintButtons(buttons, subject, place(buttons)),
  ];
}

/** What has to be the same in all cards. */
function shapeOf(card: readonly JsonObject[]): string {
  const [header] = componentsOf(card, 'HEADER');
  const kinds = componentsOf(card, 'BUTTONS').flatMap((one) => listOf(one.buttons)).filter(isJsonObject).map(buttonKind);
  return JSON.stringify([textOf(header?.format)?.toUpperCase() ?? null, kinds]);
}
