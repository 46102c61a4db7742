/** The review of templates: what Meta decides about them, decided here. */
import { currentAccount, set } from '../store.mjs';
import { html } from '../view.mjs';
import { changeTemplate, reviewTemplate } from './tool-actions.mjs';

const REASONS = [
  'INVALID_FORMAT',
  'TAG_CONTENT_MISMATCH',
  'INCORRECT_CATEGORY',
  'ABUSIVE_CONTENT',
  'PROMOTIONAL',
  'SCAM',
  'NONE',
];
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];
const QUALITIES = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'];
const BADGES = {
  APPROVED: 'good',
  REJECTED: 'bad',
  DISABLED: 'bad',
  PAUSED: 'warn',
  PENDING: 'warn',
  IN_APPEAL: 'warn',
};

export function Templates({ state }) {
  const all = currentAccount(state)?.templates ?? [];
  const wanted = state.templateFilter.toLowerCase();
  const templates = all.filter(({ name, status }) => `${name} ${status}`.toLowerCase().includes(wanted));
  return html`
    <label>
      <span class="quiet">${all.length} templates of this account</span>
      <input type="search" placeholder="Name or status" value=${state.templateFilter} onInput=${({ target }) => set({ templateFilter: target.value })} />
    </label>
    <ul class="template-list" aria-label="Templates">
      ${templates.map((template) => html`<${Template} key=${template.id} template=${template} />`)}
    </ul>
  `;
}

function Template({ template }) {
  const { id, name, language, status, category, quality, rejectedReason, components } = template;
  const body = components.find(({ type }) => String(type).toUpperCase() === 'BODY')?.text;
  const decide = (verdict) => () => reviewTemplate(id, { verdict });
  const isPaused = status === 'PAUSED';
  return html`
    <li class="item" aria-label=${`${name}, ${language}`}>
      <div class="item-head">
        <strong>${name}</strong>
        <span class="badge ${BADGES[status] ?? ''}">${status}</span>
      </div>
      <p class="quiet">${language} · ${category} · quality ${quality}</p>
      ${status === 'REJECTED' && html`<p class="quiet">Rejected for ${rejectedReason}</p>`}
      ${typeof body === 'string' && html`<p class="text">${body}</p>`}
      <div class="row-of-buttons" role="group" aria-label="Decide">
        <button type="button" disabled=${status === 'APPROVED'} onClick=${decide('APPROVED')}>Approve</button>
        <button type="button" onClick=${decide(isPaused ? 'UNPAUSED' : 'PAUSED')}>${isPaused ? 'Unpause' : 'Pause'}</button>
        <button type="button" disabled=${status === 'DISABLED'} onClick=${decide('DISABLED')}>Disable</button>
        <${Choice} label="Reject …" values=${REASONS} onChoose=${(reason) => reviewTemplate(id, { verdict: 'REJECTED', reason })} />
        <${Choice} label="Category …" values=${CATEGORIES} current=${category} onChoose=${(value) => changeTemplate(id, { category: value })} />
        <${Choice} label="Quality …" values=${QUALITIES} current=${quality} onChoose=${(value) => changeTemplate(id, { quality: value })} />
      </div>
    </li>
  `;
}

/** A choice that acts at once and shows its name again. */
function Choice({ label, values, current, onChoose }) {
  const choose = ({ target }) => {
    const { value } = target;
    target.value = '';
    void onChoose(value);
  };
  return html`
    <select aria-label=${label.replace(' …', '')} value="" onChange=${choose}>
      <option value="" selected>${label}</option>
      ${values.map((value) => html`<option value=${value} disabled=${value === current}>${value}</option>`)}
    </select>
  `;
}
