import { type JsonObject, listOf, objectOf, textOf } from './json.js';
import { fillVariables, variablesIn } from './template.js';
import { HEADER_TEXT_LIMIT, HYDRATED_TEXT_LIMIT } from './template-check.js';
import { finding, type LintFinding, type LintSubject } from './template-lint-rules.js';
import { isMediaId } from './template-samples.js';
import {
  BODY_EXAMPLES,
  countEmoji,
  examplesOf,
  HEADER_EXAMPLES,
  lintCharacters,
  lintDensity,
  lintExamples,
  lintVariables,
} from './template-lint-text.js';

const FOOTER_TEXT_LIMIT = 60;
const BODY_EMOJI_LIMIT = 10;
const MEDIA_FORMATS = ['IMAGE', 'VIDEO', 'DOCUMENT'];
const OFFER_TEXT_LIMIT = 16;
/** Bold, italic, struck through or typewriter: marks around words, and not within them. */
const MARKDOWN = /(?<![\p{L}\p{N}])([*_~])(?=\S).*?(?<=\S)\1(?![\p{L}\p{N}])|`/u;

/** The header of a template, or of a card of a carousel. */
export function lintHeader(header: JsonObject, { parameterFormat }: LintSubject, pointer: string): LintFinding[] {
  const format = textOf(header.format)?.toUpperCase();
  if (format === 'LOCATION') return [];
  if (format !== undefined && MEDIA_FORMATS.includes(format)) return lintSample(header, format, `${pointer}/example`);
  if (format !== 'TEXT') return [finding('header.format-unknown', `${pointer}/format`, 'The header has a format that cannot be sent.')];
  const at = `${pointer}/text`;
  const text = textOf(header.text);
  if (text === null) return [finding('header.text-missing', at, 'The header has no text.')];
  return [
    ...lintHeaderText(text, at),
    ...lintCharacters(text, at),
    ...lintVariables(text, parameterFormat, at),
    ...lintExamples(header, text, HEADER_EXAMPLES, parameterFormat, pointer),
  ];
}

/** One sample, by the id of a media of ours or by a handle of Meta's. */
function lintSample(header: JsonObject, format: string, at: string): LintFinding[] {
  const { mediaId, header_handle: handle } = objectOf(header.example);
  if (mediaId !== undefined) {
    if (handle !== undefined) return [finding('header.two-samples', at, 'The header has a mediaId and a header_handle.')];
    return isMediaId(mediaId) ? [] : [finding('header.media-id-invalid', `${at}/mediaId`, 'This is no id of a media.')];
  }
  const handles = listOf(handle).filter((one) => textOf(one) !== null);
  return handles.length === 1 ? [] : [finding('header.handle-missing', `${at}/header_handle`, `The ${format.toLowerCase()} has no example.`)];
}

function lintHeaderText(text: string, at: string): LintFinding[] {
  // Names of variables may hold underscores; markdown is looked for around them.
  const plain = text.replaceAll(/\{\{[^{}]*\}\}/g, 'x');
  return [
    ...(text.length > HEADER_TEXT_LIMIT ? [finding('header.too-long', at, `The header has ${text.length} characters.`)] : []),
    ...(variablesIn(text).length > 1 ? [finding('header.too-many-variables', at, 'The header has more than one variable.')] : []),
    ...(/[\r\n]/.test(text) ? [finding('header.line-break', at, 'The header has a line break.')] : []),
    ...(MARKDOWN.test(plain) ? [finding('header.markdown', at, 'The header has markdown.')] : []),
    ...(countEmoji(text) > 0 ? [finding('header.emoji', at, 'The header has an emoji.')] : []),
  ];
}

/** The body of a template, or of a card of a carousel. */
export function lintBody(body: JsonObject, { parameterFormat, language }: LintSubject, pointer: string): LintFinding[] {
  const at = `${pointer}/text`;
  const text = textOf(body.text);
  if (text === null) return [finding('body.missing', at, 'The body has no text.')];
  const samples = (examplesOf(body, BODY_EXAMPLES, parameterFormat) ?? []).map(([name, sample]): [string, string] => [name, textOf(sample) ?? '']);
  const filled = fillVariables(text, new Map(samples)).length;
  return [
    ...(text.length > HYDRATED_TEXT_LIMIT ? [finding('body.too-long', at, `The body has ${text.length} characters.`)] : []),
    ...(text.length <= HYDRATED_TEXT_LIMIT && filled > HYDRATED_TEXT_LIMIT
      ? [finding('body.too-long-when-filled', at, `With its examples the body has ${filled} characters.`)]
      : []),
    ...(countEmoji(text) > BODY_EMOJI_LIMIT ? [finding('body.emoji', at, `The body has ${countEmoji(text)} emoji.`)] : []),
    ...(/(?:\r?\n){3}/.test(text) ? [finding('body.blank-lines', at, 'The body has a gap of more than one empty line.')] : []),
    ...lintCharacters(text, at),
    ...lintVariables(text, parameterFormat, at),
    ...lintDensity(text, language, at),
    ...lintExamples(body, text, BODY_EXAMPLES, parameterFormat, pointer),
  ];
}

export function lintFooter(footer: JsonObject, _subject: LintSubject, pointer: string): LintFinding[] {
  const at = `${pointer}/text`;
  const text = textOf(footer.text);
  if (text === null) return [finding('footer.text-missing', at, 'The footer has no text.')];
  return [
    ...(text.length > FOOTER_TEXT_LIMIT ? [finding('footer.too-long', at, `The footer has ${text.length} characters.`)] : []),
    ...(/\{\{|\}\}/.test(text) ? [finding('footer.variable', at, 'The footer has a variable.')] : []),
    ...(/[\r\n]/.test(text) ? [finding('footer.line-break', at, 'The footer has a line break.')] : []),
    ...lintCharacters(text, at),
  ];
}

/** The offer above a coupon or link that runs out. */
export function lintOffer(component: JsonObject, { category }: LintSubject, pointer: string): LintFinding[] {
  const text = textOf(objectOf(component.limited_time_offer).text);
  const isGood = text !== null && text.length <= OFFER_TEXT_LIMIT && category === 'MARKETING';
  return isGood ? [] : [finding('offer.malformed', `${pointer}/limited_time_offer`, 'The offer is not one that Meta takes.')];
}
