import type { FieldError } from './domain-error.js';
import { isJsonObject, type JsonObject, pointerToken } from './json.js';

/** What Meta says of a text's length. */
export interface TextRule {
  /** Characters at most. */
  max?: number;
  optional?: boolean;
}

/** More than this tells nobody more. */
const MOST_FAULTS = 50;

/**
 * What is wrong with the content of a message, collected while it is read. Nothing is trusted about its shape; each
 * method answers what it found to be right, or null after it has noted why not. Codes are those of the request's other
 * fields (`field.missing`, `field.unknown`, `field.invalid`), and `content.*` for a limit of Meta's.
 */
export class ContentFaults {
  readonly errors: FieldError[] = [];

  add(pointer: string, code: string, detail: string): null {
    if (this.errors.length < MOST_FAULTS) this.errors.push({ pointer, code, detail });
    return null;
  }

  missing(pointer: string, detail: string): null {
    return this.add(pointer, 'field.missing', detail);
  }

  invalid(pointer: string, detail: string): null {
    return this.add(pointer, 'field.invalid', detail);
  }

  /** An object with no other members than these. */
  object(value: unknown, at: string, members: readonly string[]): JsonObject | null {
    if (value === undefined) return this.missing(at, 'An object is needed here.');
    if (!isJsonObject(value)) return this.invalid(at, 'This must be an object.');
    for (const key in value) {
      if (members.includes(key)) continue;
      const detail = `There is no such member; it takes ${members.join(', ')}.`;
      this.add(`${at}/${pointerToken(key)}`, 'field.unknown', detail);
    }
    return value;
  }

  /** A list of `min` to `max` things. */
  list(value: unknown, at: string, { min, max }: { min: number; max: number }): readonly unknown[] | null {
    if (value === undefined) return this.missing(at, 'A list is needed here.');
    if (!Array.isArray(value)) return this.invalid(at, 'This must be a list.');
    if (value.length >= min && value.length <= max) return value as readonly unknown[];
    const allowed = min === max ? `${min}` : `${min} to ${max}`;
    return this.add(at, 'content.count-invalid', `WhatsApp takes ${allowed} here, ${value.length} were given.`);
  }

  /** A text that shows something. */
  text(owner: JsonObject, key: string, at: string, { max = Infinity, optional = false }: TextRule = {}): string | null {
    const value = owner[key];
    if (value === undefined) return optional ? null : this.missing(`${at}/${key}`, 'A text is needed here.');
    if (typeof value !== 'string') return this.invalid(`${at}/${key}`, 'This must be a text.');
    if (value.length > max) {
      const detail = `WhatsApp takes at most ${max} characters here, ${value.length} were given.`;
      return this.add(`${at}/${key}`, 'content.too-long', detail);
    }
    return value.trim() === '' ? this.add(`${at}/${key}`, 'content.empty', 'The text must not be empty.') : value;
  }

  /** One word of a closed set; null when it is missing, too. */
  choice<Choice extends string>(owner: JsonObject, key: string, at: string, choices: readonly Choice[]): Choice | null {
    const value = owner[key];
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined || value === undefined) return chosen ?? null;
    return this.invalid(`${at}/${key}`, `This must be one of ${choices.join(', ')}.`);
  }

  flag(owner: JsonObject, key: string, at: string): void {
    const value = owner[key];
    if (value !== undefined && typeof value !== 'boolean') this.invalid(`${at}/${key}`, 'This must be true or false.');
  }

  /** Notes each value that stands in the list a second time. */
  once(values: readonly (string | null)[], pointerOf: (place: number) => string, detail: string): void {
    const seen = new Set<string>();
    values.forEach((value, place) => {
      if (value === null) return;
      if (seen.has(value)) this.add(pointerOf(place), 'content.duplicate', detail);
      seen.add(value);
    });
  }
}
