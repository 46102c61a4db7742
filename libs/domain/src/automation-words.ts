import { objectOf, textOf, type JsonObject } from './json.js';
import type { MessageKind } from './message.js';

/** Words in a form in which case, diacritics and punctuation do not matter, one blank between two. */
export function foldWords(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Whether the text is one of these words, or has one of them in it as whole words. */
export function matchesWords(text: string, words: readonly string[], match: 'whole' | 'contains'): boolean {
  const folded = foldWords(text);
  return words.some((word) => {
    const wanted = foldWords(word);
    if (wanted === '') return false;
    return match === 'whole' ? folded === wanted : ` ${folded} `.includes(` ${wanted} `);
  });
}

/** What a customer wrote, chose, or said in a voice note; null for a message without words. */
export function customerText(kind: MessageKind, content: JsonObject, transcript: string | null): string | null {
  switch (kind) {
    case 'text':
      return textOf(content.body);
    case 'button':
      return textOf(content.text);
    case 'interactive':
      return textOf(objectOf(content.button_reply).title) ?? textOf(objectOf(content.list_reply).title);
    case 'image':
    case 'video':
    case 'document':
      return textOf(content.caption);
    case 'order':
      return textOf(content.text);
    case 'audio':
      return transcript;
    default:
      return null;
  }
}
