/** How a phone writes text and times. */
import { html } from './view.mjs';

/** Marks that WhatsApp shows as styles, and addresses. Nothing in it can become an element of the text's own making. */
const MARKS =
  /```([^]+?)```|`([^`\n]+)`|(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)|(?<!\w)_(\S(?:[^_\n]*\S)?)_(?!\w)|(?<!\w)~(\S(?:[^~\n]*\S)?)~(?!\w)|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g;

/** Text with its *bold*, _italic_, ~struck~ and `code` parts, and links. */
export function styled(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, block, code, bold, italic, struck, address] = match;
    parts.push(text.slice(end, match.index));
    if (block !== undefined) parts.push(html`<code class="block">${block}</code>`);
    else if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (bold !== undefined) parts.push(html`<strong>${styled(bold)}</strong>`);
    else if (italic !== undefined) parts.push(html`<em>${styled(italic)}</em>`);
    else if (struck !== undefined) parts.push(html`<s>${styled(struck)}</s>`);
    else parts.push(html`<${Link} to=${address}>${address}<//>`);
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}

/** A link out of the chat; an address that is not of the web stays text. */
export function Link({ to, children, ...rest }) {
  const isWeb = URL.canParse(to) && ['http:', 'https:'].includes(new URL(to).protocol);
  if (!isWeb) return html`<span ...${rest} title=${to}>${children}</span>`;
  return html`<a ...${rest} href=${to} target="_blank" rel="noopener noreferrer nofollow">${children}</a>`;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export const clockTime = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** Today, Yesterday, Tomorrow, or the date. */
export function dayOf(at, now = Date.now()) {
  const day = (time) => new Date(time).toDateString();
  if (day(at) === day(now)) return 'Today';
  if (day(at) === day(now - DAY_MS)) return 'Yesterday';
  if (day(at) === day(now + DAY_MS)) return 'Tomorrow';
  return new Date(at).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
}

/** Whether both fall on one day. */
export const isSameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();

/** One line that stands for a message in a list, and in a quote. */
export function lineOf({ type, content }) {
  const { media, location, contacts, reaction, cards } = content;
  const text = content.text ?? content.header;
  if (reaction) return reaction.emoji === '' ? 'Took a reaction back' : `Reacted ${reaction.emoji}`;
  if (media)
    return [MEDIA_NAMES[media.voice ? 'voice' : media.kind], text ?? media.filename].filter(Boolean).join(' · ');
  if (location) return ['Location', text ?? location.name].filter(Boolean).join(' · ');
  if (contacts.length > 0) return `Contact · ${contacts.map(({ name }) => name).join(', ')}`;
  if (cards.length > 0 && !text) return 'Carousel';
  return text ?? type;
}

const MEDIA_NAMES = {
  image: 'Picture',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice note',
  document: 'Document',
  sticker: 'Sticker',
};
