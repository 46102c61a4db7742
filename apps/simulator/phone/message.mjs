/** One message of a chat, as a phone shows it, and what can be done with it. */
import { act } from './actions.mjs';
import { Buttons } from './buttons.mjs';
import { Attachment } from './attachment.mjs';
import { clockTime, lineOf, styled } from './format.mjs';
import { Icon, Tick } from './icons.mjs';
import { set } from './store.mjs';
import { html } from './view.mjs';

const EMOJIS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** @param props `quoted`: the message that this one answers, where it is known; `reactions`: to this one */
export function Message({ message, quoted, reactions, isMenuOpen, businessName }) {
  const { wamid, direction, content, at, status, error, type } = message;
  const isOwn = direction === 'in';
  const isBare = type === 'sticker';
  const isPressable = content.buttons.length > 0 || content.list !== null;
  const who = isOwn ? 'You' : businessName;
  return html`
    <li class="message ${isOwn ? 'own' : 'theirs'} ${reactions.length > 0 ? 'reacted' : ''} ${isPressable ? 'pressable' : ''}" data-wamid=${wamid}>
      <article class="bubble ${isBare ? 'bare' : ''}" aria-label=${`${who}, ${clockTime(at)}`}>
        ${message.contextWamid !== null && html`<${Quote} quoted=${quoted} businessName=${businessName} />`}
        <${Body} content=${content} type=${type} />
        <footer class="meta">
          <time datetime=${new Date(at).toISOString()}>${clockTime(at)}</time>
          <${Tick} status=${status} />
        </footer>
        <${Menu} message=${message} isOpen=${isMenuOpen} />
        ${reactions.length > 0 && html`<${Reactions} reactions=${reactions} />`}
      </article>
      <${Buttons} message=${message} />
      ${content.cards.length > 0 && html`<${Carousel} message=${message} />`}
      ${error && html`<p class="failure" role="note"><${Icon} name="warning" /> Failed: ${error.title} (${error.code})</p>`}
    </li>
  `;
}

function Body({ content, type }) {
  const { header, text, footer, media, location, contacts } = content;
  const isEmpty = !header && !text && !media && !location && contacts.length === 0 && content.cards.length === 0;
  return html`
    ${media && html`<${Attachment} media=${media} />`}
    ${location && html`<${Place} location=${location} />`}
    ${contacts.map((contact) => html`<${ContactCard} contact=${contact} />`)}
    ${header && html`<h3 class="header">${styled(header)}</h3>`}
    ${text && html`<p class="text">${styled(text)}</p>`}
    ${isEmpty && html`<p class="text unknown">(${type})</p>`}
    ${footer && html`<p class="footer">${styled(footer)}</p>`}
  `;
}

function Quote({ quoted, businessName }) {
  if (!quoted) return html`<div class="quote"><span>An earlier message</span></div>`;
  return html`
    <div class="quote">
      <strong>${quoted.direction === 'in' ? 'You' : businessName}</strong>
      <span>${lineOf(quoted)}</span>
    </div>
  `;
}

function Place({ location }) {
  const { latitude, longitude, name, address } = location;
  return html`
    <div class="place">
      <div class="map" aria-hidden="true"><${Icon} name="place" /></div>
      <div class="caption">
        <strong>${name ?? 'Location'}</strong>
        ${address && html`<span>${address}</span>`}
        <span class="quiet">${latitude.toFixed(5)}, ${longitude.toFixed(5)}</span>
      </div>
    </div>
  `;
}

function ContactCard({ contact }) {
  return html`
    <div class="contact">
      <span class="avatar" aria-hidden="true"><${Icon} name="person" /></span>
      <div class="caption">
        <strong>${contact.name}</strong>
        ${contact.phones.map((phone) => html`<span class="quiet">${phone}</span>`)}
      </div>
    </div>
  `;
}

/** The cards side by side; they are reached by keyboard, too. */
function Carousel({ message }) {
  return html`
    <ul class="carousel" aria-label="Carousel" tabindex="0">
      ${message.content.cards.map(
        (content, at) => html`
          <li class="card" aria-label=${`Card ${at + 1} of ${message.content.cards.length}`}>
            <div class="bubble"><${Body} content=${content} type="card" /></div>
            <${Buttons} message=${{ ...message, content }} />
          </li>
        `,
      )}
    </ul>
  `;
}

function Reactions({ reactions }) {
  const label = reactions.map(({ emoji, isOwn }) => `${isOwn ? 'You' : 'The business'} reacted ${emoji}`).join(', ');
  return html`<span class="reactions" role="img" aria-label=${label}>${reactions.map(({ emoji }) => emoji).join('')}</span>`;
}

function Menu({ message, isOpen }) {
  const { wamid, direction, status } = message;
  const toggle = () => set({ menu: isOpen ? null : wamid });
  const isUnread = direction === 'out' && !['read', 'played', 'failed'].includes(status);
  return html`
    <div class="menu">
      <button type="button" class="quiet-button" aria-label="What to do with this message" aria-haspopup="true" aria-expanded=${isOpen} onClick=${toggle}>
        <${Icon} name="more" />
      </button>
      ${
        isOpen &&
        html`
        <div class="popover" role="group" aria-label="Message">
          <div class="emojis">
            ${EMOJIS.map(
              (emoji) =>
                html`<button type="button" aria-label=${`React ${emoji}`} onClick=${() => act.react(message, emoji)}>${emoji}</button>`,
            )}
          </div>
          <button type="button" onClick=${() => act.reply(message)}>Reply</button>
          ${isUnread && html`<button type="button" onClick=${() => act.read(message)}>Mark as read</button>`}
          <button type="button" onClick=${() => act.react(message, '')}>Take reaction back</button>
          <button type="button" onClick=${() => act.copy(wamid)}>Copy its id</button>
        </div>
      `
      }
    </div>
  `;
}
