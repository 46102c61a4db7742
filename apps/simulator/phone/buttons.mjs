/** What can be pressed below a message. */
import { act } from './actions.mjs';
import { Link } from './format.mjs';
import { Icon } from './icons.mjs';
import { set } from './store.mjs';
import { html } from './view.mjs';

const ICONS = {
  reply: 'reply',
  quick_reply: 'reply',
  url: 'link',
  phone_number: 'call',
  copy_code: 'copy',
  flow: 'flow',
  location: 'place',
};

export function Buttons({ message }) {
  const { buttons, list } = message.content;
  if (buttons.length === 0 && list === null) return null;
  return html`
    <div class="buttons" role="group" aria-label="Buttons">
      ${buttons.map((button) => html`<${Press} message=${message} button=${button} />`)}
      ${
        list &&
        html`
        <button type="button" aria-haspopup="dialog" onClick=${() => set({ sheet: { kind: 'list', message } })}>
          <${Icon} name="list" /> ${list.button}
        </button>
      `
      }
    </div>
  `;
}

function Press({ message, button }) {
  const { kind, title, target } = button;
  const inside = html`${ICONS[kind] && html`<${Icon} name=${ICONS[kind]} />`} ${title}`;
  if (kind === 'url') return html`<${Link} class="button" to=${target ?? ''}>${inside}<//>`;
  return html`<button type="button" title=${kind === 'phone_number' ? target : undefined} onClick=${() => press(message, button)}>${inside}</button>`;
}

function press(message, button) {
  switch (button.kind) {
    case 'copy_code':
    case 'phone_number':
      return act.copy(button.target ?? '');
    case 'flow':
      return set({ sheet: { kind: 'flow', message, button } });
    case 'location':
      return set({ sheet: { kind: 'location', message } });
    default:
      return act.press(message, button);
  }
}
