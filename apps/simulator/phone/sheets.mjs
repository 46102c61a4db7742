/** What lies over the chat: a list to choose from, a form to fill in. */
import { act } from './actions.mjs';
import { Icon } from './icons.mjs';
import { set } from './store.mjs';
import { Component, createRef, html } from './view.mjs';

const close = () => set({ sheet: null });

/** The browser's own dialog: it keeps the focus inside, and Escape closes it. */
class Sheet extends Component {
  dialog = createRef();

  componentDidMount() {
    this.dialog.current.showModal();
  }

  render({ title, children }) {
    return html`
      <dialog ref=${this.dialog} class="sheet" aria-label=${title} onClose=${close} onClick=${this.closeOutside}>
        <header>
          <h2>${title}</h2>
          <button type="button" class="round" aria-label="Close" onClick=${close}><${Icon} name="close" /></button>
        </header>
        ${children}
      </dialog>
    `;
  }

  closeOutside = (event) => {
    if (event.target === this.dialog.current) close();
  };
}

export function SheetOf({ sheet }) {
  switch (sheet?.kind) {
    case 'list':
      return html`<${ListSheet} message=${sheet.message} />`;
    case 'location':
      return html`<${Form} title="Send a location" fields=${LOCATION} message=${sheet.message} onSend=${act.sendLocation} />`;
    case 'contact':
      return html`<${Form} title="Send a contact" fields=${CONTACT} onSend=${act.sendContact} />`;
    case 'flow':
      return html`<${Form} title=${`Complete “${sheet.button.title}”`} fields=${FLOW} message=${sheet.message} onSend=${act.completeFlow} />`;
    case 'customer':
      return html`<${Form} title="Another customer" fields=${CUSTOMER} send="Take this phone" onSend=${act.addCustomer} />`;
    default:
      return null;
  }
}

function ListSheet({ message }) {
  const { list } = message.content;
  return html`
    <${Sheet} title=${list.button}>
      ${list.sections.map(
        ({ title, rows }) => html`
          <section class="list-section">
            ${title && html`<h3>${title}</h3>`}
            ${rows.map(
              (row) => html`
                <button type="button" class="list-row" onClick=${() => (close(), act.choose(message, row))}>
                  <strong>${row.title}</strong>
                  ${row.description && html`<span class="quiet">${row.description}</span>`}
                </button>
              `,
            )}
          </section>
        `,
      )}
    <//>
  `;
}

const LOCATION = [
  { name: 'latitude', label: 'Latitude', value: '44.43225', type: 'number', step: 'any', min: -90, max: 90 },
  { name: 'longitude', label: 'Longitude', value: '26.10626', type: 'number', step: 'any', min: -180, max: 180 },
  { name: 'name', label: 'Name', value: 'Home', isOptional: true },
  { name: 'address', label: 'Address', value: 'Strada Lipscani 1, București', isOptional: true },
];
const CONTACT = [
  { name: 'name', label: 'Name', value: 'Mihai Popescu' },
  { name: 'phone', label: 'Phone', value: '+40721000009', type: 'tel' },
];
const FLOW = [
  { name: 'response', label: 'What the flow answers with (JSON)', value: '{"flow_token": "unused"}', isLong: true },
];
const CUSTOMER = [
  {
    name: 'phone',
    label: 'Phone',
    value: '+40',
    type: 'tel',
    pattern: String.raw`\+?[0-9 ]{5,20}`,
    hint: 'With country code. A number that ends in one of Meta’s error codes gets that code: +15550131026.',
  },
  { name: 'profileName', label: 'Name', value: '', isOptional: true },
];

/** A few fields and a button. Values are what the person typed, as text. */
function Form({ title, fields, message, onSend, send = 'Send' }) {
  const submit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    close();
    void onSend(values, message);
  };
  return html`
    <${Sheet} title=${title}>
      <form class="fields" onSubmit=${submit}>
        ${fields.map(({ label, isOptional, isLong, value, hint, ...rest }) => {
          const shared = { ...rest, required: !isOptional, defaultValue: value };
          return html`
            <label>
              <span>${label}${isOptional && html` <span class="quiet">(optional)</span>`}</span>
              ${isLong ? html`<textarea rows="4" ...${shared}></textarea>` : html`<input ...${shared} />`}
              ${hint && html`<span class="quiet">${hint}</span>`}
            </label>
          `;
        })}
        <button type="submit" class="primary">${send}</button>
      </form>
    <//>
  `;
}
