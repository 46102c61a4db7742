import { isJsonObject, type JsonObject } from '../../../json.js';
import { TEMPLATE_CATEGORIES, type ParameterFormat, type TemplateCategory } from '../../../state/account.js';
import { GraphError } from '../../graph-error.js';
import { otpComponents, readOneTimePassword } from './authentication.js';
import { checkButtons } from './buttons.js';
import { checkCarousel, checkOffer } from './carousel.js';
import { badParameter, refusal } from './refusals.js';
import { checkBody, checkFooter, checkHeader, type Setting } from './text-parts.js';

const NAME = /^[a-z0-9_]{1,512}$/;
const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2,3})?$/;

/** Meta: how long an undelivered message of a category may live, in seconds; -1 is 30 days. */
const TTL_SECONDS: Readonly<Record<TemplateCategory, { readonly min: number; readonly max: number }>> = {
  AUTHENTICATION: { min: 30, max: 900 },
  UTILITY: { min: 30, max: 43_200 },
  MARKETING: { min: 43_200, max: 2_592_000 },
};

/** A template as it was asked for, once it is well-formed. */
export interface Definition {
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  readonly parameterFormat: ParameterFormat;
  readonly components: JsonObject[];
  readonly ttlSeconds: number | undefined;
}

/**
 * Checks all of a template that can be judged without knowing the others.
 * @throws GraphError 100, with Graph's subcode where there is one
 */
export function readDefinition(body: JsonObject, knowsHandle: Setting['knowsHandle']): Definition {
  const category = readCategory(body['category']);
  const language = readLanguage(body['language']);
  const parameterFormat = readFormat(body['parameter_format']);
  return {
    name: readName(body['name']),
    language,
    category,
    parameterFormat,
    ttlSeconds: readTtl(body['message_send_ttl_seconds'], category),
    components: readComponents(body['components'], category, language, { format: parameterFormat, knowsHandle }),
  };
}

/** The whole of a template's components. */
export function readComponents(
  value: unknown,
  category: TemplateCategory,
  language: string,
  setting: Setting,
): JsonObject[] {
  const list: unknown = typeof value === 'string' ? parseList(value) : value;
  if (!Array.isArray(list) || !list.every(isJsonObject)) throw required('components');
  const components = list.map((component) => ({ ...component, type: String(component['type']).toUpperCase() }));
  const types = components.map(({ type }) => type);
  if (new Set(types).size < types.length) throw badParameter('A template has each type of component once only.');
  if (category === 'AUTHENTICATION') return otpComponents(readOneTimePassword(components), language);
  if (!types.includes('BODY')) throw refusal('missingField', 'A template needs a component of type BODY.');
  for (const component of components) checkComponent(component, setting);
  return components;
}

function checkComponent(component: JsonObject, setting: Setting): void {
  switch (component['type']) {
    case 'HEADER':
      return checkHeader(component, setting);
    case 'BODY':
      return checkBody(component, setting);
    case 'FOOTER':
      return checkFooter(component);
    case 'BUTTONS':
      return checkButtons(component);
    case 'CAROUSEL':
      return checkCarousel(component, setting);
    case 'LIMITED_TIME_OFFER':
      return checkOffer(component);
    default:
      throw badParameter(`'${String(component['type'])}' is no type of component.`);
  }
}

export function readCategory(value: unknown): TemplateCategory {
  if (value === undefined) throw required('category');
  const category = TEMPLATE_CATEGORIES.find((one) => one === String(value).toUpperCase());
  if (category) return category;
  throw new GraphError(100, { message: `(#100) Param category must be one of {${TEMPLATE_CATEGORIES.join(', ')}}` });
}

export function readTtl(value: unknown, category: TemplateCategory): number | undefined {
  if (value === undefined) return undefined;
  const { min, max } = TTL_SECONDS[category];
  const seconds = Number(value);
  const isForMonth = seconds === -1 && category !== 'MARKETING';
  if (isForMonth || (Number.isInteger(seconds) && seconds >= min && seconds <= max)) return seconds;
  throw badParameter(`message_send_ttl_seconds of a ${category} template is ${min} to ${max}.`);
}

export function readLanguage(value: unknown): string {
  if (value === undefined) throw required('language');
  if (typeof value === 'string' && LANGUAGE.test(value)) return value;
  throw new GraphError(100, { message: '(#100) Param language must be a locale code such as en_US' });
}

function readName(value: unknown): string {
  if (value === undefined || value === '') throw required('name');
  if (typeof value === 'string' && NAME.test(value)) return value;
  throw badParameter('The name of a template has 1 to 512 lower case letters, digits and underscores.');
}

function readFormat(value: unknown): ParameterFormat {
  switch (typeof value === 'string' ? value.toUpperCase() : value) {
    case undefined:
    case 'POSITIONAL':
      return 'POSITIONAL';
    case 'NAMED':
      return 'NAMED';
    default:
      throw new GraphError(100, { message: '(#100) Param parameter_format must be one of {NAMED, POSITIONAL}' });
  }
}

function required(name: string): GraphError {
  return new GraphError(100, { message: `(#100) The parameter ${name} is required.` });
}

/** Forms bring the components as JSON in a string. */
function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
