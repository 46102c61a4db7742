import type { JsonObject, JsonValue } from './json.js';
import { textOf } from './json.js';
import { componentsOf, fillVariables, type TemplateDefinition } from './template.js';
import { BUTTON_FIELDS, CARD_TEXT_LIMIT, HEADER_TEXT_LIMIT, HYDRATED_TEXT_LIMIT, ONE_TIME_CODE_LIMIT } from './template-check.js';
import { MEDIA_HEADERS, type RequiredParameters, requiredParameters } from './template-parameters.js';

/** A JSON Schema, or a part of one. */
export type JsonSchema = JsonObject;

/** Some text that is not blank, no new line, no tab, at most four spaces in a row. */
const TEXT: JsonSchema = { type: 'string', pattern: '^(?![\\s\\S]*[\\r\\n\\t])(?![\\s\\S]* {5})[\\s\\S]*\\S' };
const HTTPS = '^[hH][tT][tT][pP][sS]://[^\\s/?#]+';
const FILLED = { pattern: '[\\s\\S]', type: 'string' } as const;
const NOTHING: JsonSchema = { not: {} };

/**
 * What `template.parameters` of a send of this template must be: JSON Schema, draft 2020-12. It says what
 * `checkTemplateParameters` says, but for texts with several variables, whose filled length no schema can bound. Lengths
 * are UTF-16 units there and code points here.
 */
export function templateSchema(template: TemplateDefinition): JsonSchema {
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Parameters of ${template.name} (${template.language})`,
  };
  const required = requiredParameters(template.components, template.parameterFormat);
  if (required.unsupported.length > 0) {
    return { ...head, description: `It cannot be sent: it has ${required.unsupported.join(', ')}.`, ...NOTHING };
  }
  const parts = partsSchema(template, required, HYDRATED_TEXT_LIMIT);
  if (required.cards.length === 0) return { ...head, ...parts };
  const cards = required.cards.map((components) => {
    const card = { ...template, components: components as TemplateDefinition['components'] };
    return partsSchema(card, requiredParameters(components, template.parameterFormat), CARD_TEXT_LIMIT);
  });
  const properties = { ...(parts.properties as JsonObject), cards: { type: 'array', ...tuple(cards) } };
  return { ...head, ...parts, properties, required: [...(parts.required as JsonValue[]), 'cards'] };
}

/** The parts that a template and a card of its carousel have in common. */
function partsSchema(template: TemplateDefinition, required: RequiredParameters, textLimit: number): JsonObject {
  const { header, body } = required;
  const isCode = template.category === 'AUTHENTICATION';
  // The button of a one-time password repeats the code of the body, so it need not be given.
  const needed = required.buttons.filter((one) => one.required && !(isCode && one.kind === 'url' && body.length > 0));
  const room = Math.min(roomIn(template, 'BODY', body, textLimit), isCode ? ONE_TIME_CODE_LIMIT : textLimit);
  return {
    type: 'object',
    additionalProperties: false,
    properties: { header: headerSchema(template, header), body: textsSchema(body, room), buttons: buttonsSchema(required.buttons, needed) },
    required: [
      ...(header.kind === 'none' ? [] : ['header']),
      ...(body.length > 0 ? ['body'] : []),
      ...(needed.length > 0 ? ['buttons'] : []),
    ],
  };
}

function headerSchema(template: TemplateDefinition, { kind, names }: RequiredParameters['header']): JsonSchema {
  if (kind === 'none' || kind === 'text') return textsSchema(names, roomIn(template, 'HEADER', names, HEADER_TEXT_LIMIT));
  const inner = kind === 'location' ? LOCATION : mediaSchema(kind);
  // What stands before the right kind is taken for the header.
  const others = MEDIA_HEADERS.slice(0, kind === 'location' ? MEDIA_HEADERS.length : MEDIA_HEADERS.indexOf(kind));
  return {
    type: 'object',
    required: [kind],
    properties: { ...Object.fromEntries(others.map((other) => [other, { not: { type: 'object' } }])), [kind]: inner },
  };
}

const LOCATION: JsonSchema = {
  type: 'object',
  required: ['latitude', 'longitude'],
  properties: {
    latitude: { type: 'number', minimum: -90, maximum: 90 },
    longitude: { type: 'number', minimum: -180, maximum: 180 },
    name: TEXT,
    address: TEXT,
  },
};

/** Either an id or a link; an empty or wrongly typed one counts as none. */
function mediaSchema(kind: string): JsonSchema {
  const given = (member: string): JsonSchema => ({ required: [member], properties: { [member]: FILLED } });
  return {
    type: 'object',
    oneOf: [given('id'), given('link')],
    properties: {
      link: { anyOf: [{ type: 'string', pattern: HTTPS }, { not: FILLED }] },
      filename: kind === 'document' ? TEXT : NOTHING,
    },
  };
}

/** Values by place where the variables are numbered, by name in any case. */
function textsSchema(names: readonly string[], room: number): JsonSchema {
  const value = { ...TEXT, maxLength: room };
  const byName = {
    type: 'object',
    additionalProperties: false,
    required: [...names],
    properties: Object.fromEntries(names.map((name) => [name, value])),
  };
  const isPositional = names.every((name) => /^\d+$/.test(name));
  return isPositional ? { anyOf: [{ type: 'array', ...tuple(names.map(() => value)) }, byName] } : byName;
}

/** A list of exactly these. */
function tuple(items: JsonSchema[]): JsonObject {
  return { ...(items.length > 0 && { prefixItems: items }), minItems: items.length, maxItems: items.length };
}

function buttonsSchema(buttons: RequiredParameters['buttons'], needed: RequiredParameters['buttons']): JsonSchema {
  const isAt = (index: number): JsonSchema => ({ required: ['index'], properties: { index: { const: index } } });
  if (buttons.length === 0) return { type: 'array', maxItems: 0 };
  const rules = buttons.map(({ index, kind }) => {
    const { field, limit } = BUTTON_FIELDS[kind];
    const then = { ...(kind !== 'flow' && { required: [field] }), properties: { [field]: { ...TEXT, maxLength: limit } } };
    return { if: isAt(index), then };
  });
  return {
    type: 'array',
    items: { type: 'object', required: ['index'], properties: { index: { enum: buttons.map(({ index }) => index) } }, allOf: rules },
    allOf: buttons.map((button) => ({ contains: isAt(button.index), minContains: needed.includes(button) ? 1 : 0, maxContains: 1 })),
  };
}

/** How long the value of the only variable of a text may be; the limit itself where there are several. */
function roomIn(template: TemplateDefinition, type: string, names: readonly string[], limit: number): number {
  const text = textOf(componentsOf(template.components, type)[0]?.text) ?? '';
  const [only] = names;
  if (only === undefined || names.length > 1) return limit;
  const fixed = fillVariables(text, new Map([[only, '']])).length;
  const places = fillVariables(text, new Map([[only, 'x']])).length - fixed;
  return places === 0 ? limit : Math.max(0, Math.floor((limit - fixed) / places));
}
