/** Which business number is looked at, and whose phone it is. */
import { act } from './actions.mjs';
import { clockTime } from './format.mjs';
import { Icon } from './icons.mjs';
import { set } from './store.mjs';
import { html } from './view.mjs';

export function People({ state }) {
  const { accounts, number, people, phone } = state;
  return html`
    <nav class="people" aria-label="Customers">
      <header class="bar">
        <h1>Parley phone</h1>
        <span class="live ${state.isLive ? 'on' : ''}" role="status">${state.isLive ? 'live' : 'connecting …'}</span>
      </header>
      <label class="number">
        <span>Business number</span>
        <select value=${number ?? ''} onChange=${({ target }) => act.lookAt(target.value)} disabled=${accounts.length === 0}>
          ${accounts.map(
            ({ name, numbers }) => html`
              <optgroup label=${name}>
                ${numbers.map(({ id, displayPhoneNumber, verifiedName }) => html`<option value=${id} selected=${id === number}>${displayPhoneNumber} · ${verifiedName}</option>`)}
              </optgroup>
            `,
          )}
        </select>
      </label>
      <div class="section-head">
        <h2>Customers</h2>
        <button type="button" class="round" aria-label="Another customer" disabled=${number === null} onClick=${() => set({ sheet: { kind: 'customer' } })}>
          <${Icon} name="plus" />
        </button>
      </div>
      ${accounts.length === 0 && html`<p class="hint">The simulator knows no account yet. Make one: <code>POST /control/accounts</code>.</p>`}
      ${number !== null && people.length === 0 && html`<p class="hint">Nobody yet. Add a customer, or send a message to one.</p>`}
      <ul class="chats">
        ${people.map((person) => html`<${Person} person=${person} isOpen=${person.phone === phone} />`)}
      </ul>
    </nav>
  `;
}

function Person({ person, isOpen }) {
  const { phone, name, line, at, unread } = person;
  return html`
    <li>
      <button type="button" class="chat-row" aria-current=${isOpen ? 'true' : undefined} onClick=${() => act.open(phone)}>
        <span class="avatar" aria-hidden="true">${initials(name)}</span>
        <span class="who"><strong>${name}</strong><span class="quiet">${line || `+${phone}`}</span></span>
        <span class="when">
          ${at > 0 && html`<time class="quiet">${clockTime(at)}</time>`}
          ${unread > 0 && html`<span class="unread" aria-label=${`${unread} unread`}>${unread}</span>`}
        </span>
      </button>
    </li>
  `;
}

function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const letters = words.slice(0, 2).map((word) => [...word][0].toUpperCase());
  return letters.join('') || '#';
}
