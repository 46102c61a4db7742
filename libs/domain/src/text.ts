import { pointerToken } from './json.js';

interface Visit {
  value: unknown;
  parent: Visit | null;
  key: string | number;
}

/**
 * The JSON pointer of a text (a value or a member's name) that PostgreSQL cannot store in `jsonb` or `text`: one with
 * U+0000 or with half a surrogate pair. Null when there is none.
 * Walks with a stack of its own, because a hostile document may be nested deeper than the call stack.
 */
export function findInvalidText(value: unknown): string | null {
  if (typeof value === 'string') return isInvalidText(value) ? '' : null;
  if (typeof value !== 'object' || value === null) return null;
  const open: Visit[] = [{ value, parent: null, key: '' }];
  for (let visit = open.pop(); visit; visit = open.pop()) {
    for (const [key, member] of membersOf(visit.value)) {
      if (typeof member === 'string') {
        if (isInvalidText(member)) return pointerOf({ value: member, parent: visit, key });
      } else if (typeof member === 'object' && member !== null) {
        open.push({ value: member, parent: visit, key });
      }
      if (typeof key === 'string' && isInvalidText(key)) return pointerOf({ value: member, parent: visit, key });
    }
  }
  return null;
}

/** True when PostgreSQL refuses the text. */
export function isInvalidText(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

/** The text without U+0000 and without halves of surrogate pairs: for what we derive from what Meta sent. */
export function dropInvalidText(text: string): string {
  // With the u flag a well-formed pair is one code point, so only the lone halves match.
  return isInvalidText(text) ? text.replaceAll('\0', '').replace(/[\uD800-\uDFFF]/gu, '') : text;
}

function membersOf(value: unknown): Iterable<[string | number, unknown]> {
  return Array.isArray(value) ? value.entries() : Object.entries(value as object);
}

function pointerOf(visit: Visit): string {
  const tokens: string[] = [];
  for (let step = visit; step.parent; step = step.parent) tokens.push(pointerToken(dropInvalidText(String(step.key))));
  return tokens
    .map((token) => `/${token}`)
    .reverse()
    .join('');
}
