import { isJsonObject, listOf, objectOf, textOf } from './json.js';
import { type ParameterFormat, variablesIn } from './template.js';
import { finding, type LintFinding } from './template-lint-rules.js';

/** Anything in double braces, well-formed or not. */
const BRACED = /\{\{([^{}]*)\}\}/g;
const PROPER_NAME = /^\s*[A-Za-z0-9_]+\s*$/;
const EMOJI = /\p{RGI_Emoji}/gv;
// Control characters are what the rule is about.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f]| {5}/;

/** How many emoji a text holds, each sequence as one. */
export function countEmoji(text: string): number {
  return text.match(EMOJI)?.length ?? 0;
}

/** What holds for every text that customers read. */
export function lintCharacters(text: string, pointer: string): LintFinding[] {
  return FORBIDDEN.test(text)
    ? [finding('text.forbidden-character', pointer, 'The text holds a tab, a control character or a long run of spaces.')]
    : [];
}

/** Braces, names, order and spacing of the variables of one text. */
export function lintVariables(text: string, format: ParameterFormat, pointer: string): LintFinding[] {
  const broken = [...text.matchAll(BRACED)].filter(([, name = '']) => !PROPER_NAME.test(name));
  if (broken.length > 0 || /[{}]/.test(text.replaceAll(BRACED, ''))) {
    return [finding('variable.malformed', pointer, 'A brace has no partner, or what stands between the braces is no name.')];
  }
  const names = variablesIn(text);
  return [
    ...lintNames(names, format, pointer),
    ...(/\}\}\s*\{\{/.test(text) ? [finding('variable.adjacent', pointer, 'Two variables stand side by side.')] : []),
  ];
}

function lintNames(names: readonly string[], format: ParameterFormat, pointer: string): LintFinding[] {
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  const strangers = names.filter((name) => isNumber(name) !== (format === 'POSITIONAL'));
  if (strangers.length > 0) {
    const detail = `{{${strangers[0]}}} is not ${format === 'POSITIONAL' ? 'positional' : 'named'}, as parameterFormat says.`;
    return [finding('variable.format-mixed', pointer, detail)];
  }
  if (format === 'NAMED') {
    return names
      .filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))
      .map((name) => finding('variable.name-invalid', pointer, `{{${name}}} is no name that Meta takes.`));
  }
  const gap = names.findIndex((name, place) => name !== String(place + 1));
  return gap < 0 ? [] : [finding('variable.out-of-order', pointer, `{{${names[gap]}}} stands where {{${gap + 1}}} belongs.`)];
}

/** Where the variables stand in a body, and how many words surround them. */
export function lintDensity(text: string, language: string, pointer: string): LintFinding[] {
  const names = variablesIn(text);
  if (names.length === 0) return [];
  const trimmed = text.trim();
  const words = countWords(trimmed.replaceAll(BRACED, ' '), language);
  return [
    ...(/^\{\{|\}\}$/.test(trimmed) ? [finding('variable.at-edge', pointer, 'The text begins or ends with a variable.')] : []),
    ...(words < 2 * names.length + 1
      ? [finding('variable.too-dense', pointer, `${words} words are too few for ${names.length} variables.`)]
      : []),
  ];
}

/** Words as the language has them: some write no spaces between them. */
function countWords(text: string, language: string): number {
  const [locale] = Intl.Segmenter.supportedLocalesOf([language.replaceAll('_', '-').replace(/[^A-Za-z0-9-]/g, '') || 'en'].filter(isLocale));
  const segments = new Intl.Segmenter(locale, { granularity: 'word' }).segment(text);
  return [...segments].filter(({ isWordLike }) => isWordLike).length;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** The members of `example` that hold the samples of a text. */
export interface ExampleMembers {
  readonly positional: 'body_text' | 'header_text';
  readonly named: 'body_text_named_params' | 'header_text_named_params';
}

export const BODY_EXAMPLES: ExampleMembers = { positional: 'body_text', named: 'body_text_named_params' };
export const HEADER_EXAMPLES: ExampleMembers = { positional: 'header_text', named: 'header_text_named_params' };

/** The samples of a component's variables, by name; null where there are none at all. */
export function examplesOf(component: unknown, members: ExampleMembers, format: ParameterFormat): [name: string, sample: unknown][] | null {
  const example = objectOf(objectOf(component).example);
  if (format === 'NAMED') {
    const named = example[members.named];
    if (!Array.isArray(named)) return null;
    return named.map((one) => [textOf(objectOf(one).param_name) ?? '', objectOf(one).example]);
  }
  const given = example[members.positional];
  if (given === undefined) return null;
  // Meta's examples of a body are a list in a list; those of a header are a list.
  const samples = listOf(Array.isArray(given) && Array.isArray(given[0]) ? given[0] : given);
  return samples.map((sample, place) => [String(place + 1), sample]);
}

/** One good sample for each variable of the text. */
export function lintExamples(
  component: unknown,
  text: string,
  members: ExampleMembers,
  format: ParameterFormat,
  pointer: string,
): LintFinding[] {
  const names = variablesIn(text);
  if (names.length === 0) return [];
  const member = format === 'NAMED' ? members.named : members.positional;
  const at = `${pointer}/example/${member}`;
  const samples = examplesOf(component, members, format);
  if (samples === null || samples.length === 0) return [finding('example.missing', at, 'The variables have no examples.')];
  const strange = samples.find(([name]) => format === 'NAMED' && !names.includes(name));
  if (strange) return [finding('example.unknown-name', at, 'An example names no variable of the text.')];
  const isEven = samples.length === names.length && new Set(samples.map(([name]) => name)).size === names.length;
  if (!isEven) return [finding('example.count', at, `There are ${names.length} variables and ${samples.length} examples.`)];
  return samples
    .filter(([, sample]) => typeof sample !== 'string' || sample.trim() === '' || /[\r\n\t]|\{\{/.test(sample))
    .map(([name]) => finding('example.invalid', at, `The example of {{${name}}} is no plain text.`));
}

/** True for a list of objects with a type. */
export function isComponentList(value: unknown): value is { type: string }[] {
  return Array.isArray(value) && value.every((one) => isJsonObject(one) && textOf(one.type) !== null);
}
