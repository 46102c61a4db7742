/** Pictures, films, sounds and files of messages. */
import { Icon } from './icons.mjs';
import { html } from './view.mjs';

/** Where the bytes are: kept by the simulator, or at an address that was sent. */
function addressOf({ id, link }) {
  if (link !== null) return URL.canParse(link) && /^https?:$/.test(new URL(link).protocol) ? link : undefined;
  return id === null ? undefined : `/control/media/${encodeURIComponent(id)}`;
}

const NAMES = { image: 'Picture', video: 'Video', audio: 'Audio', document: 'Document', sticker: 'Sticker' };

export function Attachment({ media }) {
  const source = addressOf(media);
  if (source === undefined)
    return html`<p class="missing"><${Icon} name="warning" /> ${NAMES[media.kind]} without an address</p>`;
  switch (media.kind) {
    case 'image':
    case 'sticker':
      return html`<img class=${media.kind} src=${source} alt=${NAMES[media.kind]} loading="lazy" onError=${showMissing} />`;
    case 'video':
      return html`<video class="video" src=${source} controls preload="metadata" aria-label="Video"></video>`;
    case 'audio':
      return html`
        <div class="audio">
          ${media.voice && html`<span class="avatar" aria-hidden="true"><${Icon} name="microphone" /></span>`}
          <audio src=${source} controls preload="metadata" aria-label=${media.voice ? 'Voice note' : 'Audio'}></audio>
        </div>
      `;
    default:
      return html`
        <a class="document" href=${source} download=${media.filename ?? ''} target="_blank" rel="noopener noreferrer">
          <${Icon} name="document" />
          <span><strong>${media.filename ?? 'Document'}</strong><span class="quiet">${media.mimeType ?? 'file'}</span></span>
        </a>
      `;
  }
}

/** A picture that cannot be shown says so in place of the browser's broken one. */
function showMissing(event) {
  event.target.classList.add('broken');
}
