import { isJsonObject, type JsonObject } from '../../json.js';
import { GraphError } from '../graph-error.js';
import { checkInteractive } from './interactive.js';
import { invalid, missing, optionalText, requireObject, requireText } from './rules.js';

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_CONTACTS = 257;

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
  const named = ['id', 'link'].filter((key) => media[key] !== undefined);
  if (named.length === 0) throw missing(`${path}.id`);
  if (named.length > 1) throw invalid(path, "either 'id' or 'link', not both");
  if (named[0] === 'link' && !/^https?:\/\//i.test(requireText(media, 'link', path))) {
    throw invalid(`${path}.link`, 'it has to be an http or https address');
  }
  if (takesCaption) optionalText(media, 'caption', path, MAX_CAPTION);
  else if (media['caption'] !== undefined) throw invalid(`${path}.caption`, `${path} takes no caption`);
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
  if (typeof reaction['emoji'] !== 'string') throw missing('reaction.emoji');
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
  });
}
