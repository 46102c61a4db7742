import { isJsonObject, type JsonObject } from '../../json.js';
import { hydrate, type ButtonShape, type TemplateShape } from '../../state/template-shape.js';
import { GraphError } from '../graph-error.js';
import { missing } from './rules.js';

const MAX_HYDRATED_BODY = 1024;
const MAX_COUPON = 20;
const FORBIDDEN_WHITESPACE = /[\n\r\t]| {5,}/;
const TEXT_PARAMETERS = ['text', 'currency', 'date_time'];

/**
 * Checks what a send brings for a template against what the template asks for.
 * @param components `template.components` of the send
 * @throws GraphError 132000 (count), 132012 (format), 132018 (characters, buttons), 132005 (too long), 131008 (missing)
 */
export function checkTemplateParameters(shape: TemplateShape, components: unknown): void {
  const given = readComponents(components);
  checkHeader(shape, parametersOf(given, 'header'));
  const body = parametersOf(given, 'body');
  checkTextParameters('body', shape.bodyVariables, body, shape);
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
  const media = parameters[0]?.[received.toLowerCase()];
  if (!isJsonObject(media)) throw missing(`template.components.header.parameters[0].${received.toLowerCase()}`);
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
    if (button.parameter && !seen.has(index)) throw buttonWithoutParameter(button, index);
  });
}

function checkButtonParameter(button: ButtonShape, index: number, parameters: JsonObject[]): void {
  if (!button.parameter) return;
  const value = parameters[0]?.[button.parameter];
  if (typeof value !== 'string' || value === '') throw buttonWithoutParameter(button, index);
  checkText(value);
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
