import type { ParameterFormat } from '../../../state/account.js';
import { badParameter, refusal, type SUBCODES } from './refusals.js';

/** Anything in double braces, right or wrong. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const NAMED = /^[a-z][a-z0-9_]*$/;

/** The variables of a text, each once, in the order of their first use. */
export function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), ([, name]) => (name ?? '').trim()))];
}

/**
 * Checks how a text names its variables: `{{1}}` to `{{n}}` without gaps, or `{{lower_case}}` names.
 * @param part which format error a wrong name is
 * @returns the variables
 */
export function checkPlaceholders(
  text: string,
  format: ParameterFormat,
  part: Extract<keyof typeof SUBCODES, 'header' | 'body'>,
): string[] {
  const found = placeholders(text);
  const leftOver = text.replaceAll(PLACEHOLDER, '');
  if (/\{\{|\}\}/.test(leftOver)) throw refusal(part, `The ${part} has braces that belong to no variable.`);
  if (format === 'NAMED') {
    const wrong = found.find((name) => !NAMED.test(name));
    if (wrong !== undefined) {
      throw refusal(part, `{{${wrong}}} is no name: lower case letters, digits and underscores.`);
    }
    return found;
  }
  const isSequence = found.every((name) => /^[1-9]\d*$/.test(name));
  if (!isSequence) throw refusal(part, `The variables of the ${part} have to be numbers: {{1}}, {{2}} and so on.`);
  const numbers = found.map(Number).sort((one, other) => one - other);
  if (numbers.some((value, index) => value !== index + 1)) {
    throw refusal(part, `The variables of the ${part} have to count from {{1}} without gaps.`);
  }
  return found;
}

/** Where variables may not stand, and how many a text can carry. @throws GraphError 100 with its subcode */
export function checkPlacement(text: string, variables: readonly string[]): void {
  if (variables.length === 0) return;
  const trimmed = text.trim();
  if (/^\{\{[^{}]*\}\}/.test(trimmed) || /\{\{[^{}]*\}\}$/.test(trimmed)) {
    throw refusal('variableAtEdge', 'Variables can not be at the start or at the end of the template.');
  }
  if (/\}\}\s*\{\{/.test(text)) throw refusal('body', 'Two variables can not stand next to each other.');
  const words = text.replaceAll(PLACEHOLDER, ' ').match(/[\p{L}\p{N}]+(?:['’\-.][\p{L}\p{N}]+)*/gu) ?? [];
  if (words.length < 2 * variables.length + 1) {
    throw refusal(
      'tooManyVariables',
      'This template has too many variables for its length. Reduce the variables or use more words.',
    );
  }
}

/** Every variable needs an example. @param values positional values, or name and value of named ones */
export function checkExamples(
  part: string,
  variables: readonly string[],
  format: ParameterFormat,
  examples: { readonly positional: unknown; readonly named: unknown; readonly field: string },
): void {
  if (variables.length === 0) return;
  const missing = refusal('missingField', `component of type ${part} is missing expected field(s) (example)`);
  if (format === 'NAMED') {
    if (!Array.isArray(examples.named)) throw missing;
    const given = new Set(examples.named.map((one: unknown) => nameOf(one)));
    if (variables.some((variable) => !given.has(variable))) throw missing;
    return;
  }
  const { positional } = examples;
  if (!Array.isArray(positional)) throw missing;
  const values: unknown[] = positional;
  if (values.length !== variables.length) {
    throw badParameter(
      `${examples.field} has ${values.length} examples for the ${variables.length} variables of the ${part}.`,
    );
  }
  if (values.some((value) => typeof value !== 'string' || value === '')) throw missing;
}

/** The name of a named example that has a value. */
function nameOf(example: unknown): string | undefined {
  if (typeof example !== 'object' || example === null) return undefined;
  const { param_name: name, example: value } = example as Record<string, unknown>;
  return typeof name === 'string' && typeof value === 'string' && value !== '' ? name : undefined;
}
