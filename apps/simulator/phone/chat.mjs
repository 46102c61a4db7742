/* global ResizeObserver */
/** The chat with one business, as the customer's phone shows it. */
import { act } from './actions.mjs';
import { Composer } from './composer.mjs';
import { clockTime, dayOf, isSameDay } from './format.mjs';
import { Icon } from './icons.mjs';
import { Message } from './message.mjs';
import { set } from './store.mjs';
import { Component, createRef, html } from './view.mjs';

/** So close to the end of the chat, its reader wants to see what comes. */
const NEAR_END_PX = 120;

export function Chat({ state }) {
  const { chat } = state;
  if (!chat) {
    return html`<main class="chat empty" aria-label="Chat"><p>Pick a customer: this is what they see on their phone.</p></main>`;
  }
  return html`
    <main class="chat" aria-label=${`Chat with ${chat.verifiedName}`}>
      <${Head} chat=${chat} isTyping=${state.isTyping} />
      <${Messages} key=${`${chat.phoneNumberId} ${chat.customer.phone}`} chat=${chat} menu=${state.menu} isTyping=${state.isTyping} />
      <${Composer} key=${chat.customer.phone} replyTo=${state.replyTo} isBlocked=${chat.isBlocked} />
    </main>
  `;
}

function Head({ chat, isTyping }) {
  const { verifiedName, customer, isBlocked, isOptedOut } = chat;
  return html`
    <header class="bar chat-head">
      <button type="button" class="round only-small" aria-label="Back to the customers" onClick=${() => set({ pane: 'people' })}>
        <${Icon} name="back" />
      </button>
      <div class="title">
        <h2>${verifiedName}</h2>
        <p class="quiet">${isTyping ? 'typing …' : `on the phone of ${customer.profileName}, +${customer.phone}`}</p>
      </div>
      <button type="button" class="round only-small" aria-label="Faults, templates and traffic" onClick=${() => set({ pane: 'tools' })}>
        <${Icon} name="flow" />
      </button>
    </header>
    <div class="acts" role="toolbar" aria-label="What the customer does">
      <span class="window ${chat.isWindowOpen ? 'open' : ''}">${windowText(chat)}</span>
      <button type="button" onClick=${act.readAll}>Read all</button>
      <button type="button" aria-pressed=${isBlocked} onClick=${() => act.block(!isBlocked)}>${isBlocked ? 'Unblock' : 'Block'}</button>
      <button type="button" aria-pressed=${isOptedOut} onClick=${() => act.optOut(!isOptedOut)}>
        ${isOptedOut ? 'Allow marketing' : 'Stop marketing'}
      </button>
      ${chat.isWindowOpen && html`<button type="button" onClick=${act.closeWindow}>Close window</button>`}
    </div>
  `;
}

function windowText({ isWindowOpen, windowEndsAt }) {
  if (!isWindowOpen) return 'Service window closed';
  return windowEndsAt === null
    ? 'Service window open'
    : `Window open until ${dayOf(windowEndsAt).toLowerCase()}, ${clockTime(windowEndsAt)}`;
}

/** The log of messages. While its reader is at its end it stays there, whatever comes and however late pictures load. */
class Messages extends Component {
  log = createRef();
  isAtEnd = true;
  lastTop = 0;
  resized = new ResizeObserver(() => this.keepAtEnd());

  componentDidMount() {
    this.resized.observe(this.log.current);
    this.keepAtEnd();
  }

  componentWillUnmount() {
    this.resized.disconnect();
  }

  componentDidUpdate({ chat }) {
    const last = this.props.chat.messages.at(-1);
    if (last?.direction === 'in' && last.wamid !== chat.messages.at(-1)?.wamid) this.isAtEnd = true;
    this.keepAtEnd();
  }

  /** Only going up leaves the end: below a reader who stands still the chat may have grown in the meantime. */
  onScroll = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) this.isAtEnd = true;
    else if (scrollTop < this.lastTop) this.isAtEnd = false;
    this.lastTop = scrollTop;
  };

  keepAtEnd = () => {
    const log = this.log.current;
    if (this.isAtEnd && log) log.scrollTop = log.scrollHeight;
  };

  render({ chat, menu, isTyping }) {
    const { shown, byWamid, reactionsTo } = sorted(chat.messages);
    return html`
      <ol class="messages" ref=${this.log} onScroll=${this.onScroll} onLoadCapture=${this.keepAtEnd} onLoadedMetadataCapture=${this.keepAtEnd} role="log" aria-live="polite" aria-label="Messages" tabindex="0">
        ${shown.length === 0 && html`<li class="hint">No message yet. Write one: it opens the service window of 24 hours.</li>`}
        ${shown.map((message, at) => {
          const isNewDay = at === 0 || !isSameDay(shown[at - 1].at, message.at);
          return html`
            ${isNewDay && html`<li class="day" key=${`day ${message.wamid}`}><span>${dayOf(message.at)}</span></li>`}
            <${Message}
              key=${message.wamid}
              message=${message}
              quoted=${byWamid.get(message.contextWamid)}
              reactions=${reactionsTo.get(message.wamid) ?? []}
              isMenuOpen=${menu === message.wamid}
              businessName=${chat.verifiedName}
            />
          `;
        })}
        ${isTyping && html`<li class="message theirs" key="typing"><div class="bubble typing" role="status" aria-label="The business is typing"><i></i><i></i><i></i></div></li>`}
      </ol>
    `;
  }
}

/** Reactions go to the messages that they are for; each side has one at most, the latest. */
function sorted(messages) {
  const byWamid = new Map(messages.map((message) => [message.wamid, message]));
  const latest = new Map();
  const shown = [];
  for (const message of messages) {
    const { reaction } = message.content;
    if (reaction && byWamid.has(reaction.wamid))
      latest.set(`${reaction.wamid} ${message.direction}`, { ...reaction, isOwn: message.direction === 'in' });
    else shown.push(message);
  }
  const reactionsTo = new Map();
  for (const { wamid, emoji, isOwn } of latest.values()) {
    if (emoji !== '') reactionsTo.set(wamid, [...(reactionsTo.get(wamid) ?? []), { emoji, isOwn }]);
  }
  return { shown, byWamid, reactionsTo };
}
