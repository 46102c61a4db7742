import { messageType, type MessageKind } from './message.js';

/** Texts of the echo, by the language of the answer. */
const TEXTS = {
  en: {
    text: (line: string, at: string) => `We received your message "${line}" at ${at}.`,
    media: (line: string, at: string) => `We received your file ${line} at ${at}.`,
    interactive: (line: string, at: string) => `We received your choice "${line}" at ${at}.`,
  },
} as const;

/** A template's quick reply comes as a button, which customers know as a choice. */
const CHOICES: ReadonlySet<MessageKind> = new Set<MessageKind>(['button', 'interactive']);

/**
 * The receipt that a customer gets for a text, a file or a choice, with the time of its arrival (UTC, to the second);
 * null for kinds that get none.
 */
export function echoText(kind: MessageKind, line: string, at: Date): string | null {
  const time = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const type = CHOICES.has(kind) ? 'interactive' : messageType(kind);
  return type === 'text' || type === 'media' || type === 'interactive' ? TEXTS.en[type](line, time) : null;
}
