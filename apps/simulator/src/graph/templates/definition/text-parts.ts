import { isJsonObject, type JsonObject } from '../../../json.js';
import type { ParameterFormat } from '../../../state/account.js';
import { badParameter, refusal } from './refusals.js';
import { checkExamples, checkPlaceholders, checkPlacement } from './variables.js';

const MAX_HEADER = 60;
const MAX_BODY = 1024;
const MAX_FOOTER = 60;
const MARKDOWN_OR_NEWLINE = /[\n\r*~`]|(?<!\w)_|_(?!\w)/;
const EMOJI = /\p{Extended_Pictographic}/u;

/** What is the same for every component of one template. */
export interface Setting {
  readonly format: ParameterFormat;
  /** Whether a handle was given out by an upload of a file of that type. */
  readonly knowsHandle: (handle: string, mediaFormat: string) => boolean;
}

/** Checks a header: a line of text with at most one variable, a file, or a place. */
export function checkHeader(header: JsonObject, { format, knowsHandle }: Setting): void {
  const mediaFormat = String(header['format'] ?? '').toUpperCase();
  switch (mediaFormat) {
    case 'TEXT':
      return checkHeaderText(header, format);
    case 'LOCATION':
      return;
    case 'IMAGE':
    case 'VIDEO':
    case 'DOCUMENT':
    case 'GIF':
      return checkHandle(header, mediaFormat, knowsHandle);
    default:
      throw refusal('header', `'${mediaFormat}' is no format of a header.`);
  }
}

function checkHeaderText(header: JsonObject, format: ParameterFormat): void {
  const text = requireText(header, 'HEADER', MAX_HEADER);
  if (MARKDOWN_OR_NEWLINE.test(text) || EMOJI.test(text)) {
    throw refusal('header', "The message header can't have any new lines, formatting characters, emojis or asterisks.");
  }
  const variables = checkPlaceholders(text, format, 'header');
  if (variables.length > 1) throw refusal('header', 'The message header can have one variable at most.');
  const example = exampleOf(header);
  const { header_text: positional, header_text_named_params: named } = example;
  checkExamples('HEADER', variables, format, { positional, named, field: 'header_text' });
}

function checkHandle(header: JsonObject, mediaFormat: string, knowsHandle: Setting['knowsHandle']): void {
  const handles: unknown = exampleOf(header)['header_handle'];
  const handle: unknown = Array.isArray(handles) ? handles[0] : undefined;
  if (typeof handle !== 'string' || handle === '') {
    throw refusal('missingField', 'component of type HEADER is missing expected field(s) (example)');
  }
  if (!knowsHandle(handle, mediaFormat)) {
    throw refusal('header', `header_handle names no upload of a file that can be a header of format ${mediaFormat}.`);
  }
}

/** Checks a body; it is the only part that every template has. */
export function checkBody(body: JsonObject, { format }: Setting): void {
  const text = requireText(body, 'BODY', MAX_BODY);
  const variables = checkPlaceholders(text, format, 'body');
  checkPlacement(text, variables);
  const { body_text: nested, body_text_named_params: named } = exampleOf(body);
  // The examples of a body are a list of lists, one for each set.
  const positional: unknown = Array.isArray(nested) && Array.isArray(nested[0]) ? nested[0] : nested;
  checkExamples('BODY', variables, format, { positional, named, field: 'body_text' });
}

/** Checks a footer: a line without variables. */
export function checkFooter(footer: JsonObject): void {
  const text = requireText(footer, 'FOOTER', MAX_FOOTER);
  if (text.includes('{{')) throw refusal('footer', 'The message footer can not have variables.');
  if (/[\n\r]/.test(text)) throw refusal('footer', 'The message footer can not have new lines.');
}

/** The text of a component. */
export function requireText(component: JsonObject, type: string, max: number): string {
  const { text } = component;
  if (text === undefined || text === null || text === '') {
    throw refusal('missingField', `component of type ${type} is missing expected field(s) (text)`);
  }
  if (typeof text !== 'string') throw badParameter(`The text of ${type} has to be a string.`);
  if (text.length > max) throw refusal('tooLong', `${type} has ${text.length} characters, ${max} at most are allowed.`);
  return text;
}

function exampleOf(component: JsonObject): JsonObject {
  return isJsonObject(component['example']) ? component['example'] : {};
}
