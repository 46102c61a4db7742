import type { ContentFaults } from './content-faults.js';
import type { JsonObject } from './json.js';

/** An emoji on a message of the conversation. */
export interface ReactionContent {
  /** Meta's id (wamid) of the message that is reacted to. */
  messageId: string;
  /** One emoji; empty to take the reaction back. */
  emoji: string;
}

const MEMBERS = ['messageId', 'emoji'];
export const WAMID_LIMIT = 255;
/** What a phone shows as one emoji, with or without the selector that asks for its coloured form. */
const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\p{EMod}?[\uFE0E\uFE0F]?)$/v;

export function checkReactionContent(given: unknown, at: string, faults: ContentFaults): void {
  const reaction = faults.object(given, at, MEMBERS);
  if (!reaction) return;
  faults.text(reaction, 'messageId', at, { max: WAMID_LIMIT });
  const { emoji } = reaction;
  if (emoji === undefined) faults.missing(`${at}/emoji`, 'An emoji is needed here; an empty text takes the reaction back.');
  else if (typeof emoji !== 'string' || (emoji !== '' && !ONE_EMOJI.test(emoji))) {
    faults.invalid(`${at}/emoji`, 'This must be exactly one emoji, or an empty text to take the reaction back.');
  }
}

export function graphReaction({ messageId, emoji }: ReactionContent): JsonObject {
  return { message_id: messageId, emoji };
}
