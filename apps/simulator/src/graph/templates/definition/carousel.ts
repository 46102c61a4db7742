import { isJsonObject, type JsonObject } from '../../../json.js';
import { checkButtons } from './buttons.js';
import { badParameter, refusal } from './refusals.js';
import { checkBody, checkHeader, type Setting } from './text-parts.js';

const MIN_CARDS = 2;
const MAX_CARDS = 10;
const MAX_CARD_BODY = 160;
const MAX_OFFER = 16;

/** Checks the cards of a carousel: each with the same parts, and a picture or a film on top. */
export function checkCarousel(component: JsonObject, setting: Setting): void {
  const { cards } = component;
  if (!Array.isArray(cards) || cards.length < MIN_CARDS || cards.length > MAX_CARDS) {
    throw badParameter(`A carousel has ${MIN_CARDS} to ${MAX_CARDS} cards.`);
  }
  const forms = cards.map((card: unknown) => checkCard(card, setting));
  if (new Set(forms).size > 1) throw badParameter('All cards of a carousel have the same components.');
}

/** Checks a card. @returns which parts it has, so that cards can be compared */
function checkCard(card: unknown, setting: Setting): string {
  const components = isJsonObject(card) ? card['components'] : undefined;
  if (!Array.isArray(components) || !components.every(isJsonObject)) {
    throw refusal('missingField', 'component of type CAROUSEL is missing expected field(s) (components)');
  }
  return components
    .map((component) => {
      const type = String(component['type']).toUpperCase();
      const format = String(component['format'] ?? '').toUpperCase();
      if (type === 'HEADER' && ['IMAGE', 'VIDEO', 'PRODUCT'].includes(format)) {
        if (format !== 'PRODUCT') checkHeader(component, setting);
      } else if (type === 'BODY') {
        checkBody(component, setting);
        if (String(component['text']).length > MAX_CARD_BODY) {
          throw refusal('tooLong', `The body of a card has at most ${MAX_CARD_BODY} characters.`);
        }
      } else if (type === 'BUTTONS') checkButtons(component);
      else throw badParameter(`${type} ${format} can not be part of a card.`);
      return `${type} ${format} ${buttonTypes(component)}`;
    })
    .sort()
    .join('; ');
}

function buttonTypes({ buttons }: JsonObject): string {
  return Array.isArray(buttons) ? buttons.map((button: JsonObject) => String(button['type']).toUpperCase()).join() : '';
}

/** Checks the countdown of a limited-time offer. */
export function checkOffer({ limited_time_offer: offer }: JsonObject): void {
  const text = isJsonObject(offer) ? offer['text'] : undefined;
  if (typeof text !== 'string' || text === '' || text.length > MAX_OFFER) {
    throw badParameter(`A limited-time offer needs a text of at most ${MAX_OFFER} characters.`);
  }
}
