const ESCAPED = /[/\u0080-\uffff]/g;
const ANY_ESCAPED = /[/\u0080-\uffff]/;

/**
 * JSON as Meta writes and signs it: slashes as `\/` and everything beyond ASCII as `\uXXXX` in lower-case hex.
 * A receiver that parses and re-serialises such a body can no longer verify its signature.
 */
export function asciiJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** The same text with Meta's escapes; the text has to be JSON already. */
export function escapeJson(json: string): string {
  return ANY_ESCAPED.test(json) ? json.replace(ESCAPED, escapeCharacter) : json;
}

function escapeCharacter(character: string): string {
  return character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
