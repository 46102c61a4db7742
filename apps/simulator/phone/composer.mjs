/** Where the customer types, and sends pictures, documents, voice notes and places. */
import { act } from './actions.mjs';
import { lineOf } from './format.mjs';
import { Icon } from './icons.mjs';
import { set } from './store.mjs';
import { Component, createRef, html } from './view.mjs';
import { startRecording } from './voice-note.mjs';

const FILES = [
  { kind: 'image', label: 'Picture', icon: 'picture', accept: 'image/jpeg,image/png' },
  { kind: 'video', label: 'Video', icon: 'picture', accept: 'video/mp4,video/3gpp' },
  { kind: 'document', label: 'Document', icon: 'document', accept: '' },
  { kind: 'audio', label: 'Voice note', icon: 'microphone', accept: 'audio/*' },
  { kind: 'sticker', label: 'Sticker', icon: 'smile', accept: 'image/webp' },
];

/** Keeps what is being typed to itself, so that a letter does not draw the whole page. */
export class Composer extends Component {
  state = { text: '', isOpen: false, recording: null, seconds: 0 };
  field = createRef();

  componentDidUpdate({ replyTo }) {
    if (this.props.replyTo !== null && this.props.replyTo !== replyTo) this.field.current?.focus();
  }

  componentWillUnmount() {
    clearInterval(this.clock);
    this.state.recording?.cancel();
  }

  render({ replyTo, isBlocked }, { text, isOpen, recording, seconds }) {
    if (isBlocked) return html`<p class="composer blocked">You blocked this business. Unblock it to write.</p>`;
    return html`
      <form class="composer" onSubmit=${this.submit} aria-label="Write a message">
        ${replyTo && html`<${Answered} message=${replyTo} />`}
        ${isOpen && html`<${Choices} onFile=${this.sendFile} onPlace=${this.openSheet} />`}
        <div class="row">
          <button type="button" class="round" aria-label="Attach" aria-expanded=${isOpen} onClick=${() => this.setState({ isOpen: !isOpen })}>
            <${Icon} name="attach" />
          </button>
          <textarea
            ref=${this.field}
            rows="1"
            placeholder=${recording ? `Recording, ${seconds} s` : 'Message'}
            aria-label="Message"
            value=${text}
            onInput=${({ target }) => this.setState({ text: target.value })}
            onKeyDown=${this.onKey}
          ></textarea>
          ${
            text.trim() === ''
              ? html`
                <button type="button" class="round ${recording ? 'recording' : ''}" aria-pressed=${recording !== null} aria-label=${recording ? 'Send the voice note' : 'Record a voice note'} onClick=${this.record}>
                  <${Icon} name=${recording ? 'stop' : 'microphone'} />
                </button>
              `
              : html`<button type="submit" class="round primary" aria-label="Send"><${Icon} name="send" /></button>`
          }
        </div>
      </form>
    `;
  }

  submit = (event) => {
    event.preventDefault();
    const text = this.state.text.trim();
    if (text === '') return;
    this.setState({ text: '', isOpen: false });
    void act.write(text);
  };

  onKey = (event) => {
    if (event.key === 'Escape') set({ replyTo: null });
    // A letter that is still being composed (Japanese, accents) ends with Enter, too.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    this.submit(event);
  };

  sendFile = (kind, file) => {
    this.setState({ isOpen: false });
    if (file) void act.sendFile(kind, file, { caption: this.takeText(), voice: kind === 'audio' });
  };

  openSheet = (kind) => {
    this.setState({ isOpen: false });
    set({ sheet: { kind } });
  };

  record = async () => {
    const { recording } = this.state;
    if (recording) return this.sendRecording(recording);
    const started = await startRecording().catch((error) =>
      act.tell(`No microphone: ${error.message}. A file can be attached instead.`),
    );
    if (!started) return;
    this.setState({ recording: started, seconds: 0 });
    this.clock = setInterval(() => this.setState(({ seconds }) => ({ seconds: seconds + 1 })), 1_000);
  };

  async sendRecording(recording) {
    clearInterval(this.clock);
    this.setState({ recording: null });
    const file = await recording.stop();
    if (file.size === 0) return act.tell('Nothing was recorded: speak a little longer.');
    await act.sendFile('audio', file, { voice: true });
  }

  takeText() {
    const text = this.state.text.trim();
    this.setState({ text: '' });
    return text;
  }
}

function Answered({ message }) {
  return html`
    <div class="answered">
      <div class="quote"><strong>Reply to</strong><span>${lineOf(message)}</span></div>
      <button type="button" class="round" aria-label="Do not reply to it" onClick=${() => set({ replyTo: null })}><${Icon} name="close" /></button>
    </div>
  `;
}

function Choices({ onFile, onPlace }) {
  return html`
    <div class="choices" role="group" aria-label="Attach">
      ${FILES.map(
        ({ kind, label, icon, accept }) => html`
          <label class="choice">
            <${Icon} name=${icon} />${label}
            <input type="file" class="hidden-input" accept=${accept} onChange=${({ target }) => onFile(kind, target.files[0])} />
          </label>
        `,
      )}
      <button type="button" class="choice" onClick=${() => onPlace('location')}><${Icon} name="place" />Location</button>
      <button type="button" class="choice" onClick=${() => onPlace('contact')}><${Icon} name="person" />Contact</button>
    </div>
  `;
}
