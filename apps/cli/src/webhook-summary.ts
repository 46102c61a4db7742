import { isJsonObject, type JsonObject } from './json.js';
import { printable } from './terminal.js';

const SHOWN = 4;

/** One line that says what a webhook brings: `delivered +40723000111, text from 40723000222`. */
export function summarize(bytes: Uint8Array): string {
  const items = itemsOf(bytes);
  if (items.length === 0) return 'no update that is known here';
  const more = items.length - SHOWN;
  return printable(items.slice(0, SHOWN).join(', ')) + (more > 0 ? ` and ${more} more` : '');
}

function itemsOf(bytes: Uint8Array): string[] {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return ['not JSON'];
  }
  const entries = isJsonObject(body) ? objects(body['entry']) : [];
  return entries.flatMap((entry) => objects(entry['changes']).flatMap(describeChange));
}

function describeChange({ field, value }: JsonObject): string[] {
  if (!isJsonObject(value)) return [];
  const statuses = objects(value['statuses']).map(
    ({ status, recipient_id: phone, recipient_user_id: userId }) => `${String(status)} ${String(phone ?? userId)}`,
  );
  const messages = objects(value['messages']).map(
    ({ type, from, from_user_id: userId }) => `${String(type)} from ${String(from ?? userId)}`,
  );
  const told = [...statuses, ...messages];
  return told.length > 0 ? told : [`${String(field)}${typeof value['event'] === 'string' ? ` ${value['event']}` : ''}`];
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
