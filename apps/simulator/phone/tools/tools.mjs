/** The tools beside the phone, one at a time. */
import { Icon } from '../icons.mjs';
import { set } from '../store.mjs';
import { html } from '../view.mjs';
import { Faults } from './faults.mjs';
import { Templates } from './templates.mjs';
import { openTool } from './tool-actions.mjs';
import { Traffic } from './traffic.mjs';

const TOOLS = [
  { id: 'faults', title: 'Faults', View: Faults },
  { id: 'templates', title: 'Templates', View: Templates },
  { id: 'traffic', title: 'Traffic', View: Traffic },
];

export function Tools({ state }) {
  const { View, id } = TOOLS.find((tool) => tool.id === state.tool) ?? TOOLS[0];
  return html`
    <aside class="tools" aria-label="Tools">
      <header class="bar">
        <button type="button" class="round only-small" aria-label="Back to the chat" onClick=${() => set({ pane: state.phone ? 'chat' : 'people' })}>
          <${Icon} name="back" />
        </button>
        <div class="tabs" role="tablist" aria-label="Tools" onKeyDown=${(event) => byArrow(event, state.tool)}>
          ${TOOLS.map(
            (tool) => html`
              <button type="button" role="tab" id=${`tab-${tool.id}`} aria-controls="tool" aria-selected=${tool.id === id ? 'true' : 'false'} tabindex=${tool.id === id ? 0 : -1} onClick=${() => openTool(tool.id)}>
                ${tool.title}
              </button>
            `,
          )}
        </div>
      </header>
      <div class="panel" id="tool" role="tabpanel" aria-labelledby=${`tab-${id}`}><${View} state=${state} /></div>
    </aside>
  `;
}

/** Arrows go from tab to tab, as tab lists do. */
function byArrow(event, current) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const at = TOOLS.findIndex(({ id }) => id === current);
  const next = TOOLS[(at + step + TOOLS.length) % TOOLS.length];
  void openTool(next.id);
  event.currentTarget.querySelector(`#tab-${next.id}`).focus();
}
