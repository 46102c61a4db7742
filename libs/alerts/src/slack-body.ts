import type { KnownBlock, MessageAttachment } from '@slack/types';
import type { Letter, LetterTone } from './letter.js';

/** What an incoming webhook of Slack takes. */
export interface SlackMessage {
  /** For notifications, which show no blocks. */
  readonly text: string;
  readonly attachments: readonly MessageAttachment[];
}

const COLOURS: Readonly<Record<LetterTone, string>> = { critical: '#D92D20', warning: '#F79009', info: '#2E90FA', resolved: '#12B76A' };
const MARKS: Readonly<Record<LetterTone, string>> = { critical: '🔴', warning: '🟠', info: '🔵', resolved: '🟢' };

/** Slack: a header has at most 150 characters, a section 3,000 and 10 fields of 2,000. */
const HEADER_MOST = 150;
const TEXT_MOST = 2_900;
const FIELDS_MOST = 10;
const FIELD_MOST = 1_900;

/** The letter in Block Kit. Only attachments carry a colour. */
export function slackMessage(letter: Letter): SlackMessage {
  const line = cut(escape(letter.line), TEXT_MOST);
  return { text: line, attachments: [{ color: COLOURS[letter.tone], fallback: line, blocks: blocksOf(letter) }] };
}

function blocksOf({ tone, heading, summary, whatToDo, fields, items, footer }: Letter): KnownBlock[] {
  const facts = fields.slice(0, FIELDS_MOST).map(({ label, value }) => markdown(`*${escape(label)}*\n${escape(value)}`, FIELD_MOST));
  return [
    { type: 'header', text: { type: 'plain_text', text: cut(`${MARKS[tone]} ${heading}`, HEADER_MOST), emoji: true } },
    { type: 'section', text: markdown(escape(summary)) },
    ...(items.length === 0 ? [] : [{ type: 'section' as const, text: markdown(items.map((item) => `${MARKS[item.tone]} ${escape(item.text)}`).join('\n')) }]),
    ...(facts.length === 0 ? [] : [{ type: 'section' as const, fields: facts }]),
    ...(whatToDo === null ? [] : [{ type: 'section' as const, text: markdown(`*What to do*\n${escape(whatToDo)}`) }]),
    { type: 'context', elements: [markdown(escape(footer))] },
  ];
}

const markdown = (text: string, most = TEXT_MOST) => ({ type: 'mrkdwn' as const, text: cut(text, most) });

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** Slack's three control characters: without them nobody's name can mention a whole channel. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
