/** The page: customers, the phone, and the tools beside it. A small screen shows one of them at a time. */
import { Chat } from './chat.mjs';
import { People } from './people.mjs';
import { SheetOf } from './sheets.mjs';
import { set } from './store.mjs';
import { Tools } from './tools/tools.mjs';
import { html } from './view.mjs';

export function App({ state }) {
  return html`
    <div class="page shows-${state.pane}" onKeyDown=${closeMenu} onPointerDown=${closeMenuOutside}>
      <${People} state=${state} />
      <${Chat} state=${state} />
      <${Tools} state=${state} />
      ${state.sheet && html`<${SheetOf} sheet=${state.sheet} />`}
      <div class="notice-area" role="alert">${state.notice && html`<p class="notice ${state.notice.tone}">${state.notice.text}</p>`}</div>
    </div>
  `;
}

function closeMenu(event) {
  if (event.key === 'Escape') set({ menu: null });
}

function closeMenuOutside(event) {
  if (!event.target.closest('.menu')) set({ menu: null });
}
