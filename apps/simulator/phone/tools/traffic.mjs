/** What went through: the ledger of accepted messages, and how the receiver of the webhooks did. */
import { clockTime } from '../format.mjs';
import { html } from '../view.mjs';

export function Traffic({ state }) {
  const callbacks = state.receiver?.callbacks ?? [];
  return html`
    <section aria-label="Receiver">
      <h2>Receiver of the webhooks</h2>
      ${callbacks.length === 0 && html`<p class="quiet">No webhook yet. Subscribe an app to the account.</p>`}
      ${callbacks.map((callback) => html`<${Callback} callback=${callback} />`)}
    </section>
    <section aria-label="Deliveries">
      <h2>Deliveries</h2>
      ${state.deliveries.length === 0 && html`<p class="quiet">None since this page was opened.</p>`}
      ${state.deliveries.length > 0 && html`<${Deliveries} deliveries=${state.deliveries} />`}
    </section>
    <section aria-label="Ledger">
      <h2>Ledger of this number</h2>
      ${state.ledger.length === 0 ? html`<p class="quiet">Nothing was accepted yet.</p>` : html`<${Ledger} entries=${state.ledger} />`}
    </section>
  `;
}

function Callback({ callback }) {
  const { callbackUrl, requests, updates, failed, retried, givenUp, latencyMs, backlog, aboveOneSecond, lastError } =
    callback;
  const figures = {
    Updates: updates,
    Requests: requests,
    Failed: failed,
    Retried: retried,
    'Given up': givenUp,
    Waiting: backlog.waiting + backlog.inFlight + backlog.awaitingRetry,
    Median: milliseconds(latencyMs.p50),
    p99: milliseconds(latencyMs.p99),
    'Over 1 s': aboveOneSecond,
  };
  // Meta: half of the answers within 250 ms, and fewer than 1 % above 1 s.
  const isWell = failed === 0 && latencyMs.p50 <= 250 && aboveOneSecond <= requests / 100;
  return html`
    <div class="item">
      <div class="item-head"><strong>${callbackUrl}</strong><span class="badge ${isWell ? 'good' : 'bad'}">${isWell ? 'as Meta wants it' : 'not well'}</span></div>
      <dl class="figures">${Object.entries(figures).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      ${lastError && html`<p class="text">Last error: ${lastError}</p>`}
    </div>
  `;
}

function Deliveries({ deliveries }) {
  return html`
    <div class="scroll" tabindex="0" aria-label="Table of deliveries">
      <table>
        <thead><tr><th>At</th><th>Field</th><th>Updates</th><th>Try</th><th>Answer</th><th>Took</th></tr></thead>
        <tbody>
          ${deliveries.map(
            ({ at, field, updates, attempt, status, latencyMs, error }) => html`
              <tr>
                <td>${clockTime(at)}</td>
                <td class="wide" title=${field}>${field}</td>
                <td>${updates}</td>
                <td>${attempt}</td>
                <td><span class="badge ${status === 200 ? 'good' : 'bad'}" title=${error ?? ''}>${status ?? 'none'}</span></td>
                <td>${milliseconds(latencyMs)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

function Ledger({ entries }) {
  return html`
    <div class="scroll" tabindex="0" aria-label="Table of accepted messages">
      <table>
        <thead><tr><th>At</th><th>To</th><th>Type</th><th>Statuses</th><th>wamid</th></tr></thead>
        <tbody>
          ${entries.map(
            ({ wamid, at, to, type, statuses, failure }) => html`
              <tr key=${wamid}>
                <td>${clockTime(at)}</td>
                <td>${to}</td>
                <td>${type}</td>
                <td>${statuses.join(' → ') || '–'}${failure !== null && statuses.includes('failed') ? ` (${failure})` : ''}</td>
                <td class="wide" title=${wamid}>${wamid}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

function milliseconds(value) {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}
