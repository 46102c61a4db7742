import { isJsonObject, type JsonObject } from '../json.js';
import type { ChatContent } from './chat.dto.js';

/** A content with everything that a message does not have set to nothing. */
export function contentOf(parts: Partial<ChatContent>): ChatContent {
  return {
    header: null,
    text: null,
    footer: null,
    media: null,
    location: null,
    contacts: [],
    reaction: null,
    buttons: [],
    list: null,
    cards: [],
    ...parts,
  };
}

/** The text under a key, if it is one. */
export function textAt(object: JsonObject, key: string): string | null {
  const value = object[key];
  return typeof value === 'string' ? value : null;
}

/** The object under a key, or an empty one. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** The objects of the list under a key. */
export function objectsAt(object: JsonObject, key: string): JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
