import { isJsonObject, type JsonObject } from '../../json.js';
import { GraphError } from '../graph-error.js';
import { checkInteractive } from './interactive.js';
import { checkMediaReference } from './media-reference.js';
import { invalid, missing, optionalText, requireList, requireObject, requireText } from './rules.js';

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_CONTACTS = 257;
/** Pictures, flags, and digits in a box. */
const EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20E3]/u;
const BIRTHDAY = /^\d{4}-\d{2}-\d{2}$/;
const CONTACT_LISTS = ['phones', 'emails', 'addresses', 'urls'];

type ContentCheck = (content: JsonObject) => void;

const CHECKS: Readonly<Record<string, ContentCheck>> = {
  text: (text) => void requireText(text, 'body', 'text', MAX_TEXT),
  image: (media) => checkMedia(media, 'image', true),
  video: (media) => checkMedia(media, 'video', true),
  document: (media) => checkMedia(media, 'document', true),
  audio: (media) => checkMedia(media, 'audio', false),
  sticker: (media) => checkMedia(media, 'sticker', false),
  location: checkLocation,
  reaction: checkReaction,
  interactive: checkInteractive,
  template: (template) => {
    requireText(template, 'name', 'template', 512);
    requireText(requireObject(template, 'language', 'template.language'), 'code', 'template.language');
  },
};

/**
 * Checks the object that belongs to the message's type.
 * @throws GraphError 131051 for a type that nobody can send, 131008, 131009 or 100 for what is wrong inside
 */
export function checkContent(body: JsonObject, type: string): void {
  if (type === 'contacts') return checkContacts(body['contacts']);
  const check = Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined;
  if (!check) throw new GraphError(131051, { details: `Message type '${type}' is not supported.` });
  check(requireObject(body, type, type));
}

function checkMedia(media: JsonObject, path: string, takesCaption: boolean): void {
  checkMediaReference(media, path);
  if (takesCaption) optionalText(media, 'caption', path, MAX_CAPTION);
  else if (media['caption'] !== undefined) throw invalid(`${path}.caption`, `${path} takes no caption`);
  if (media['voice'] !== undefined && (path !== 'audio' || typeof media['voice'] !== 'boolean')) {
    throw invalid(`${path}.voice`, 'true or false, and for audio only');
  }
}

function checkLocation(location: JsonObject): void {
  for (const [key, bound] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    if (location[key] === undefined) throw missing(`location.${key}`);
    const degrees = Number(location[key]);
    if (Number.isNaN(degrees) || Math.abs(degrees) > bound) throw invalid(`location.${key}`, `-${bound} to ${bound}`);
  }
}

function checkReaction(reaction: JsonObject): void {
  requireText(reaction, 'message_id', 'reaction');
  // An empty emoji takes the reaction back, so only its absence is wrong.
  const { emoji } = reaction;
  if (typeof emoji !== 'string') throw missing('reaction.emoji');
  const signs = [...new Intl.Segmenter().segment(emoji)].length;
  if (signs > 1 || (signs === 1 && !EMOJI.test(emoji))) throw invalid('reaction.emoji', 'it has to be one emoji');
}

function checkContacts(contacts: unknown): void {
  if (!Array.isArray(contacts) || contacts.length === 0) throw missing('contacts');
  if (contacts.length > MAX_CONTACTS) throw invalid('contacts', `at most ${MAX_CONTACTS}`);
  contacts.forEach((contact: unknown, index) => {
    const path = `contacts[${index}].name`;
    if (!isJsonObject(contact)) throw invalid(`contacts[${index}]`, 'it has to be an object');
    const name = requireObject(contact, 'name', path);
    requireText(name, 'formatted_name', path);
    if (Object.keys(name).length < 2) throw missing(`${path}.first_name`);
    checkContactDetails(contact, `contacts[${index}]`);
  });
}

function checkContactDetails(contact: JsonObject, path: string): void {
  for (const key of CONTACT_LISTS) {
    if (contact[key] !== undefined) requireList(contact, key, path, 0, Number.POSITIVE_INFINITY);
  }
  const { birthday } = contact;
  if (birthday !== undefined && (typeof birthday !== 'string' || !BIRTHDAY.test(birthday))) {
    throw invalid(`${path}.birthday`, 'it is written YYYY-MM-DD');
  }
}
