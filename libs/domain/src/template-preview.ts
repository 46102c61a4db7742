import type { FieldError } from './domain-error.js';
import { isJsonObject, type JsonObject, objectOf, textOf } from './json.js';
import { buttonsOf, componentsOf, fillVariables, type TemplateDefinition } from './template.js';
import { checkTemplateParameters } from './template-check.js';
import { headerObject, requiredParameters } from './template-parameters.js';

/** A button as a phone shows it. */
export interface PreviewButton {
  /** Meta's type, as `URL`. */
  readonly type: string;
  readonly text: string;
  /** Where it leads or what it does: the address, the number, the code; null where nothing is to be seen. */
  readonly value: string | null;
}

/** A template, or a card of its carousel, as a phone shows it. */
export interface PreviewPart {
  readonly header: { readonly kind: 'text' | 'image' | 'video' | 'document' | 'location'; readonly text: string | null } | null;
  readonly body: string;
  readonly footer: string | null;
  readonly buttons: readonly PreviewButton[];
}

export interface TemplatePreview extends PreviewPart {
  readonly cards: readonly PreviewPart[];
  /** What Meta would refuse, with pointers from `/parameters`. */
  readonly errors: readonly FieldError[];
}

/** Meta's own words in authentication templates; it translates them to the language of the template. */
const CODE_TEXT = '*{{1}}* is your verification code.';
const CODE_ADVICE = ' For your security, do not share this code.';

/** Shows a template with these values. Whatever is missing or wrong stays as it is written and is told in `errors`. */
export function previewTemplate(template: TemplateDefinition, given: unknown): TemplatePreview {
  const parameters = objectOf(given);
  const { cards } = requiredParameters(template.components, template.parameterFormat);
  const perCard = Array.isArray(parameters.cards) ? parameters.cards : [];
  return {
    ...previewPart(template, template.components, parameters),
    cards: cards.map((components, place) => previewPart(template, components, objectOf(perCard[place]))),
    errors: checkTemplateParameters(template, given).map((error) => ({ ...error, pointer: error.pointer.replace(/^\/template(?=\/)/, '') })),
  };
}

function previewPart(template: TemplateDefinition, components: readonly unknown[], given: JsonObject): PreviewPart {
  const isCode = template.category === 'AUTHENTICATION';
  const [header, body, footer] = ['HEADER', 'BODY', 'FOOTER'].map((type) => componentsOf(components, type)[0]);
  const code = CODE_TEXT + (body?.add_security_recommendation === true ? CODE_ADVICE : '');
  const expiration = footer?.code_expiration_minutes;
  const ends = typeof expiration === 'number' ? `This code expires in ${expiration} minutes.` : null;
  const values = valuesOf(given.body);
  return {
    header: header ? previewHeader(header, given.header) : null,
    body: fillVariables(textOf(body?.text) ?? (isCode ? code : ''), values),
    footer: textOf(footer?.text) ?? ends,
    buttons: buttonsOf(components).map((button, index) => previewButton(button, buttonGiven(given.buttons, index), isCode ? (values.get('1') ?? null) : null)),
  };
}

function previewHeader(header: JsonObject, given: unknown): PreviewPart['header'] {
  const kind = (textOf(header.format)?.toLowerCase() ?? 'text') as NonNullable<PreviewPart['header']>['kind'];
  if (kind === 'text') return { kind, text: fillVariables(textOf(header.text) ?? '', valuesOf(given)) };
  const object = headerObject(given);
  const value = object?.kind === kind ? object.value : {};
  // Below the picture of a file or place stands its name.
  return { kind, text: textOf(value.filename) ?? textOf(value.name) ?? textOf(value.address) };
}

function previewButton(button: JsonObject, given: JsonObject, code: string | null): PreviewButton {
  const type = textOf(button.type)?.toUpperCase() ?? '';
  const text = textOf(button.text) ?? (type === 'COPY_CODE' || type === 'OTP' ? 'Copy code' : '');
  return { type, text, value: valueOfButton(type, button, given, code) };
}

function valueOfButton(type: string, button: JsonObject, given: JsonObject, code: string | null): string | null {
  if (type === 'URL') {
    const value = textOf(given.text) ?? code;
    return fillVariables(textOf(button.url) ?? '', value === null ? new Map() : new Map([['1', value]]));
  }
  if (type === 'PHONE_NUMBER') return textOf(button.phone_number);
  if (type === 'COPY_CODE') return textOf(given.couponCode);
  return type === 'OTP' ? code : null;
}

function buttonGiven(buttons: unknown, index: number): JsonObject {
  return Array.isArray(buttons) ? objectOf(buttons.find((one) => isJsonObject(one) && one.index === index)) : {};
}

/** The values that are texts, by name. */
function valuesOf(given: unknown): Map<string, string> {
  const entries: [string, unknown][] = Array.isArray(given) ? given.map((value, place) => [String(place + 1), value]) : Object.entries(objectOf(given));
  return new Map(entries.filter((entry): entry is [string, string] => textOf(entry[1]) !== null));
}
