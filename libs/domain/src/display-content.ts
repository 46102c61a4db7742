import { type JsonObject, listOf, objectOf, textOf } from './json.js';
import type { MessageKind } from './message.js';
import { dropInvalidText } from './text.js';

/** Characters at most. */
export const DISPLAY_CONTENT_LIMIT = 300;

/**
 * One line that stands for a message in lists, search and notifications, for any kind and both directions. `content` is
 * the object that Meta names after the kind (for `contacts` it holds the list under `contacts`), and for templates our
 * own stored content with its rendered `text`.
 */
export function displayContent(kind: MessageKind, content: JsonObject): string {
  const line = dropInvalidText(describe(kind, content)).replace(/\s+/g, ' ').trim();
  if (line.length <= DISPLAY_CONTENT_LIMIT) return line;
  // A cut through a surrogate pair leaves a half that cannot be stored.
  return `${dropInvalidText(line.slice(0, DISPLAY_CONTENT_LIMIT - 1)).trimEnd()}…`;
}

function describe(kind: MessageKind, content: JsonObject): string {
  switch (kind) {
    case 'text':
      return textOf(content.body) ?? '[text]';
    case 'template':
      return textOf(content.text) ?? labelled('template', content.name);
    case 'image':
    case 'video':
    case 'sticker':
      return labelled(kind, content.caption);
    case 'audio':
      return content.voice === true ? '[voice message]' : '[audio]';
    case 'document':
      return labelled('document', content.filename, content.caption);
    case 'location':
      return labelled('location', ...placeOf(content));
    case 'contacts':
      return labelled('contacts', ...listOf(content.contacts).map(contactName));
    case 'reaction':
      return textOf(content.emoji) ?? '[reaction removed]';
    case 'interactive':
      return describeInteractive(content);
    case 'button':
      return textOf(content.text) ?? labelled('button', content.payload);
    case 'order':
      return labelled('order', content.text, countOf(listOf(content.product_items).length));
    case 'system':
      return labelled('system', content.body);
    case 'edit':
      return labelled('message edited', editedText(content));
    case 'revoke':
      return '[message deleted]';
    case 'unsupported':
      return describeUnsupported(content);
  }
}

/** Types that say something without a content. */
const SILENT_TYPES: Readonly<Record<string, string>> = { media_placeholder: '[file]', request_welcome: '[chat opened]' };

function describeUnsupported(content: JsonObject): string {
  const type = textOf(content.type) ?? '';
  return Object.hasOwn(SILENT_TYPES, type) ? (SILENT_TYPES[type] ?? '') : labelled('unsupported message', type || objectOf(listOf(content.errors)[0]).title);
}

/** The customer's choice in an answer, our question in what we send. */
function describeInteractive(content: JsonObject): string {
  const chosen = [content.button_reply, content.list_reply].map((reply) => textOf(objectOf(reply).title));
  const flow = content.nfm_reply === undefined ? null : (textOf(objectOf(content.nfm_reply).body) ?? '[form answered]');
  const asked = textOf(objectOf(content.body).text);
  return [...chosen, flow, asked].find((text) => text !== null) ?? labelled('interactive', content.type);
}

/** Where a place has no name, its coordinates tell at least which one it is. */
function placeOf({ name, address, latitude, longitude }: JsonObject): unknown[] {
  if (textOf(name) ?? textOf(address)) return [name, address];
  return typeof latitude === 'number' && typeof longitude === 'number' ? [`${latitude}, ${longitude}`] : [];
}

function countOf(items: number): string {
  return items === 1 ? '1 item' : `${items} items`;
}

/** What stands there now: the text, or the caption of a media. */
function editedText(content: JsonObject): string | null {
  const message = objectOf(content.message);
  const { body, caption } = objectOf(message[textOf(message.type) ?? '']);
  return textOf(body) ?? textOf(caption);
}

/** The name is Meta's member in what customers send, and ours in what tenants send. */
function contactName(contact: unknown): string | null {
  const { name, phones } = objectOf(contact);
  const { formatted_name: theirs, formattedName: ours } = objectOf(name);
  return textOf(theirs) ?? textOf(ours) ?? textOf(objectOf(listOf(phones)[0]).phone);
}

function labelled(label: string, ...parts: unknown[]): string {
  const words = parts.filter((part) => textOf(part) !== null);
  return words.length > 0 ? `[${label}] ${words.join(' · ')}` : `[${label}]`;
}
