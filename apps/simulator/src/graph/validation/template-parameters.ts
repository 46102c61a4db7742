import { isJsonObject, type JsonObject } from '../../json.js';
import { hydrate, type ButtonShape, type TemplateShape } from '../../state/template-shape.js';
import { GraphError } from '../graph-error.js';
import { checkMediaReference } from './media-reference.js';
import { invalid, missing } from './rules.js';

const MAX_HYDRATED_BODY = 1024;
const MAX_COUPON = 20;
const MAX_CODE = 15;
const COMPONENT_TYPES = ['header', 'body', 'button', 'carousel', 'limited_time_offer', 'order_status'];
const FORBIDDEN_WHITESPACE = /[\n\r\t]| {5,}/;
const TEXT_PARAMETERS = ['text', 'currency', 'date_time'];

/**
 * Checks what a send brings for a template against what the template asks for.
 * @param components `template.components` of the send
 * @throws GraphError 132000 (count), 132012 (format), 132018 (characters, buttons), 132005 (too long), 131008 (missing)
 */
export function checkTemplateParameters(shape: TemplateShape, components: unknown): void {
  const given = readComponents(components);
  checkCards(shape, given);
  checkOffer(shape, parametersOf(given, 'limited_time_offer'));
  checkHeader(shape, parametersOf(given, 'header'));
  const body = parametersOf(given, 'body');
  checkTextParameters('body', shape.bodyVariables, body, shape);
  if (shape.isOneTimePassword) checkCode(body);
  checkHydratedLength(shape, body);
  checkButtons(
    shape.buttons,
    given.filter((component) => lower(component['type']) === 'button'),
  );
}

function checkHeader(shape: TemplateShape, parameters: JsonObject[]): void {
  if (!shape.headerMedia) return checkTextParameters('header', shape.headerVariables, parameters, shape);
  const received = parameters.length === 1 ? lower(parameters[0]?.['type']).toUpperCase() : 'UNKNOWN';
  if (received !== shape.headerMedia) {
    throw new GraphError(132012, {
      details: `header: Format mismatch, expected ${shape.headerMedia}, received ${received || 'UNKNOWN'}`,
    });
  }
  const path = `template.components.header.parameters[0].${received.toLowerCase()}`;
  const media = parameters[0]?.[received.toLowerCase()];
  if (!isJsonObject(media)) throw missing(path);
  if (received === 'LOCATION') checkPlace(media, path);
  else if (received !== 'PRODUCT') checkMediaReference(media, path);
}

/** The guides write the degrees of templates as strings; numbers are taken as well. */
function checkPlace(place: JsonObject, path: string): void {
  for (const key of ['latitude', 'longitude']) {
    if (place[key] === undefined) throw missing(`${path}.${key}`);
    if (!Number.isFinite(Number(place[key]))) throw invalid(`${path}.${key}`, 'degrees');
  }
}

function checkCode(parameters: readonly JsonObject[]): void {
  const code = parameters[0]?.['text'];
  if (typeof code === 'string' && code.length <= MAX_CODE) return;
  throw new GraphError(132018, { details: `body: a code has at most ${MAX_CODE} characters` });
}

function checkCards(shape: TemplateShape, given: readonly JsonObject[]): void {
  const cards = given.filter(({ type }) => lower(type) === 'carousel').flatMap(({ cards: list }) => listOf(list));
  if (cards.length !== shape.cards.length) {
    throw new GraphError(132012, {
      details: `carousel: ${cards.length} cards were given, the template has ${shape.cards.length}`,
    });
  }
  cards.forEach(({ card_index: index, components }, place) => {
    const card = shape.cards[Number(index)];
    if (Number(index) !== place || !card)
      throw invalid(`template.components.cards[${place}].card_index`, `it is ${place}`);
    checkTemplateParameters(card, components);
  });
}

function checkOffer({ offerExpires }: TemplateShape, parameters: readonly JsonObject[]): void {
  if (!offerExpires) return;
  const offer = parameters[0]?.['limited_time_offer'];
  const expiry = isJsonObject(offer) ? offer['expiration_time_ms'] : undefined;
  if (expiry === undefined) throw missing('template.components.limited_time_offer.expiration_time_ms');
  if (!Number.isSafeInteger(Number(expiry))) throw invalid('expiration_time_ms', 'milliseconds since 1970');
}

function checkTextParameters(
  part: string,
  variables: readonly string[],
  given: JsonObject[],
  shape: TemplateShape,
): void {
  if (given.length !== variables.length) {
    throw new GraphError(132000, {
      details:
        `${part}: number of localizable_params (${given.length}) does not match the expected number of params ` +
        `(${variables.length})`,
    });
  }
  for (const [index, parameter] of given.entries()) {
    const type = lower(parameter['type']);
    if (!TEXT_PARAMETERS.includes(type)) {
      throw new GraphError(132012, {
        details: `${part}: Format mismatch, expected TEXT, received ${type.toUpperCase()}`,
      });
    }
    checkText(parameterText(parameter, `${part}.parameters[${index}]`));
  }
  checkNames(part, variables, given, shape);
}

function checkNames(part: string, variables: readonly string[], given: JsonObject[], shape: TemplateShape): void {
  const names = given.map((parameter) => parameter['parameter_name']);
  if (shape.format === 'POSITIONAL') {
    if (names.every((name) => name === undefined)) return;
    throw new GraphError(132012, { details: `${part}: the parameters of this template are positional, not named` });
  }
  if (names.some((name) => typeof name !== 'string' || name === '')) {
    throw new GraphError(132012, { details: `${part}: Parameter name is missing or empty` });
  }
  const absent = variables.filter((variable) => !names.includes(variable));
  if (absent.length > 0) {
    throw new GraphError(132012, { details: `${part}: no parameter is named ${absent.join(', ')}` });
  }
}

function checkHydratedLength(shape: TemplateShape, given: JsonObject[]): void {
  const values = new Map(
    given.map((parameter, index) => {
      const name = shape.format === 'NAMED' ? String(parameter['parameter_name']) : shape.bodyVariables[index];
      return [name, parameterText(parameter, `body.parameters[${index}]`)];
    }),
  );
  const { length } = hydrate(shape.bodyText, (variable) => values.get(variable) ?? '');
  if (length > MAX_HYDRATED_BODY) {
    throw new GraphError(132005, { details: `body: the text has ${length} characters, ${MAX_HYDRATED_BODY} at most` });
  }
}

function checkButtons(buttons: readonly ButtonShape[], given: JsonObject[]): void {
  const seen = new Set<number>();
  for (const component of given) {
    const index = Number(component['index']);
    const button = buttons[index];
    const subType = lower(component['sub_type']);
    if (!button || seen.has(index)) throw new GraphError(132018, { details: `button: index ${index} is not valid` });
    if (subType !== button.type.toLowerCase()) {
      throw new GraphError(132018, { details: `button: the button at index ${index} is of type ${button.type}` });
    }
    checkButtonParameter(button, index, listOf(component['parameters']));
    seen.add(index);
  }
  buttons.forEach((button, index) => {
    if (button.parameter && !button.isOptional && !seen.has(index)) throw buttonWithoutParameter(button, index);
  });
}

function checkButtonParameter(button: ButtonShape, index: number, parameters: JsonObject[]): void {
  const [parameter] = parameters;
  if (!button.parameter || (!parameter && button.isOptional)) return;
  const value = parameter?.[button.parameter];
  if (button.parameter === 'action') {
    if (!isJsonObject(value)) throw buttonWithoutParameter(button, index);
    return;
  }
  if (typeof value !== 'string' || value === '') throw buttonWithoutParameter(button, index);
  if (button.parameter !== 'payload') checkText(value);
  if (button.parameter === 'coupon_code' && value.length > MAX_COUPON) {
    throw new GraphError(132018, { details: `button: a coupon code has at most ${MAX_COUPON} characters` });
  }
}

function buttonWithoutParameter(button: ButtonShape, index: number): GraphError {
  return new GraphError(131008, { details: `Button at index ${index} of type ${button.type} requires a parameter` });
}

function checkText(text: string): void {
  if (!FORBIDDEN_WHITESPACE.test(text)) return;
  throw new GraphError(132018, {
    details: 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
  });
}

/** The text that a reader will see: for currency and dates Meta shows the fallback. */
function parameterText(parameter: JsonObject, path: string): string {
  const localized = parameter[lower(parameter['type'])];
  const text = isJsonObject(localized) ? localized['fallback_value'] : localized;
  if (typeof text !== 'string' || text === '') throw missing(`template.components.${path}.text`);
  return text;
}

function readComponents(components: unknown): JsonObject[] {
  if (components === undefined || components === null) return [];
  if (!Array.isArray(components) || !components.every(isJsonObject)) {
    throw new GraphError(100, { details: 'template.components has to be a list of objects.' });
  }
  const unknown = components.find(({ type }) => !COMPONENT_TYPES.includes(lower(type)));
  if (unknown) throw new GraphError(100, { details: `template.components: '${String(unknown['type'])}' is no type.` });
  return components;
}

function parametersOf(components: JsonObject[], type: string): JsonObject[] {
  return components
    .filter((component) => lower(component['type']) === type)
    .flatMap((component) => listOf(component['parameters']));
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
