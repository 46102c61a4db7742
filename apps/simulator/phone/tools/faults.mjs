/** What may go wrong: faults for single requests, and how the whole simulator behaves. */
import { clockTime } from '../format.mjs';
import { Component, html } from '../view.mjs';
import { FAULTS, FIELDS } from './fault-kinds.mjs';
import { armFault, changeSettings, clearFaults, removeFault } from './tool-actions.mjs';

export function Faults({ state }) {
  return html`
    <${ArmFault} phone=${state.phone} number=${state.number} />
    <${Armed} faults=${state.faults} />
    ${state.settings && html`<${Pace} settings=${state.settings} />`}
  `;
}

/** A form for one fault; only the fields that its kind heeds are shown. */
class ArmFault extends Component {
  state = { kind: 'error' };

  render({ phone, number }, { kind }) {
    const fields = FAULTS.find((fault) => fault.kind === kind)?.fields ?? [];
    return html`
      <section aria-label="Arm a fault">
        <h2>Arm a fault</h2>
        <form class="fields" onSubmit=${this.submit}>
          <label>
            <span>What happens</span>
            <select name="kind" value=${kind} onChange=${({ target }) => this.setState({ kind: target.value })}>
              ${FAULTS.map((fault) => html`<option value=${fault.kind} selected=${fault.kind === kind}>${fault.title}</option>`)}
            </select>
          </label>
          <div class="pair">
            ${fields.map((name) => html`<${Field} name=${name} />`)}
            <${Field} name="count" />
          </div>
          <label>
            <span>To whom</span>
            <select name="match">
              <option value="all">Every request that it fits</option>
              <option value="number" disabled=${number === null}>Sends of this number</option>
              <option value="customer" disabled=${phone === null}>Sends to this customer</option>
            </select>
          </label>
          <button type="submit" class="primary">Arm</button>
        </form>
      </section>
    `;
  }

  submit = (event) => {
    event.preventDefault();
    const { kind, match, ...numbers } = Object.fromEntries(new FormData(event.target));
    const { phone, number } = this.props;
    const given = Object.entries(numbers).filter(([, text]) => text !== '');
    const whom = { all: {}, number: { phoneNumberId: number }, customer: { phoneNumberId: number, to: phone } }[match];
    void armFault({ kind, match: whom, ...Object.fromEntries(given.map(([name, text]) => [name, Number(text)])) });
  };
}

function Field({ name }) {
  const { label, ...rest } = FIELDS[name];
  return html`<label key=${name}><span>${label}</span><input type="number" name=${name} ...${rest} /></label>`;
}

function Armed({ faults }) {
  return html`
    <section aria-label="Armed faults">
      <div class="item-head"><h2>Armed</h2>${faults.length > 0 && html`<div class="row-of-buttons"><button type="button" onClick=${clearFaults}>Clear all</button></div>`}</div>
      ${faults.length === 0 && html`<p class="quiet">Nothing goes wrong by order.</p>`}
      ${faults.map((fault) => html`<${Waiting} key=${fault.id} fault=${fault} />`)}
    </section>
  `;
}

function Waiting({ fault }) {
  const { id, kind, code, match, remaining, endsAtMs } = fault;
  const whom = match.to ? `to +${match.to}` : match.phoneNumberId && `of number ${match.phoneNumberId}`;
  const what = [needsCode(kind) && `code ${code}`, whom].filter(Boolean).join(' · ');
  return html`
    <div class="item">
      <div class="item-head">
        <strong>${titleOf(kind)}</strong>
        <span class="badge warn">${endsAtMs === null ? `${remaining} left` : `until ${clockTime(endsAtMs)}`}</span>
      </div>
      <p class="text">${what || 'every request that it fits'}</p>
      <div class="row-of-buttons"><button type="button" onClick=${() => removeFault(id)}>Take back</button></div>
    </div>
  `;
}

const titleOf = (kind) => FAULTS.find((fault) => fault.kind === kind)?.title ?? kind;
const needsCode = (kind) => FAULTS.find((fault) => fault.kind === kind)?.fields.includes('code');

const PACES = {
  real: { title: 'As with Meta: seconds', statusDelaysMs: null },
  brisk: { title: 'Brisk: a second in all', statusDelaysMs: { sent: 150, delivered: 350, read: 500 } },
  instant: { title: 'At once', statusDelaysMs: { sent: 0, delivered: 0, read: 0 } },
};

const SHARES = [
  ['readShare', 'Read by the customer', '0 to 1; the phone can read by hand as well'],
  ['webhookDropShare', 'Webhooks that are lost', '0 to 1'],
];
const SWITCHES = [
  ['statuses', 'Statuses are sent'],
  ['shuffle', 'Statuses in any order'],
  ['statusBeforeAnswer', '“sent” before the send is answered'],
  ['serviceWindow', 'The service window of 24 hours'],
  ['pairLimit', 'The pair rate (131056)'],
  ['throughputLimit', 'The throughput (130429)'],
  ['magicRecipients', 'Magic recipients'],
];

function Pace({ settings }) {
  const current = Object.keys(PACES).find(
    (name) => JSON.stringify(PACES[name].statusDelaysMs) === JSON.stringify(settings.statusDelaysMs),
  );
  return html`
    <section aria-label="Pace and limits">
      <h2>Pace and limits</h2>
      <div class="fields">
        <label>
          <span>Statuses come</span>
          <select value=${current ?? ''} onChange=${({ target }) => changeSettings({ statusDelaysMs: PACES[target.value].statusDelaysMs })}>
            ${!current && html`<option value="" selected>As set elsewhere</option>`}
            ${Object.entries(PACES).map(([name, { title }]) => html`<option value=${name} selected=${name === current}>${title}</option>`)}
          </select>
        </label>
        <div class="pair">
          ${SHARES.map(([name, label, hint]) => html`<${Amount} name=${name} label=${label} hint=${hint} value=${settings[name]} max="1" step="0.05" />`)}
          <${Amount} name="duplicates" label="Copies of each webhook" value=${settings.duplicates} max="100" step="1" />
          <${Delay} name="answerDelayMs" label="Answers late by (ms)" value=${settings.answerDelayMs} />
        </div>
        ${SWITCHES.map(
          ([name, label]) => html`
            <label class="check">
              <input type="checkbox" checked=${settings[name]} onChange=${({ target }) => changeSettings({ [name]: target.checked })} />
              <span>${label}</span>
            </label>
          `,
        )}
      </div>
    </section>
  `;
}

/** What is being typed stays until it is left: the value given is only the one to begin with. */
function Amount({ name, label, hint, value, max, step }) {
  return html`
    <label>
      <span>${label}</span>
      <input type="number" min="0" max=${max} step=${step} key=${value} defaultValue=${value} title=${hint} onChange=${({ target }) => changeSettings({ [name]: Number(target.value) })} />
    </label>
  `;
}

function Delay({ name, label, value }) {
  const change = ({ target }) => changeSettings({ [name]: { min: Number(target.value), max: Number(target.value) } });
  return html`<label><span>${label}</span><input type="number" min="0" max="600000" step="100" key=${value.max} defaultValue=${value.max} onChange=${change} /></label>`;
}
