/** Small drawings, in the colour of the text around them. */
import { html } from './view.mjs';

const PATHS = {
  send: 'M3 11.5 21 3l-5 18-4-7.5zM12 13.5 21 3',
  attach: 'M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L10 17a1.7 1.7 0 0 1-2.4-2.4l7.4-7.4',
  microphone: 'M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3',
  stop: 'M7 7h10v10H7z',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  back: 'M15 5l-7 7 7 7',
  reply: 'M10 7 4 12.5 10 18M4.500 12.5H14a6 6 0 0 1 6 6',
  close: 'M6 6l12 12M18 6 6 18',
  list: 'M8 7h12M8 12h12M8 17h12M4 7v.01M4 12v.01M4 17v.01',
  link: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  copy: 'M9 9h10v11H9zM15 9V5H5v11h4',
  call: 'M6 3h3l2 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z',
  flow: 'M5 4h14v16H5zM8.500 9h7M8.500 13h7M8.500 17h4',
  place:
    'M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  document: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  picture: 'M4 5h16v14H4zM4 16l5-5 5 5 2-2 4 4M15.500 9.500v.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20a7.500 7.500 0 0 1 15 0',
  plus: 'M12 5v14M5 12h14',
  clock: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7.500V12l3 2',
  tick: 'M5 12.500 9.500 17 19 7',
  ticks: 'M2 12.500 6.500 17 15 7.500M11.500 16 12.500 17 22 7',
  warning: 'M12 4 2.500 20h19zM12 10v4.500M12 17v.01',
  smile: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.500 14a4 4 0 0 0 7 0M9 9.500v.01M15 9.500v.01',
};

/** An icon that says nothing by itself; whatever holds it has a label. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}

const TICKS = {
  accepted: ['clock', 'accepted, not sent yet'],
  held: ['clock', 'held for quality assessment'],
  sent: ['tick', 'sent'],
  delivered: ['ticks', 'delivered'],
  read: ['ticks', 'read'],
  played: ['microphone', 'played'],
  failed: ['warning', 'failed'],
};

/** How far a message came. */
export function Tick({ status }) {
  const [icon, label] = TICKS[status] ?? ['clock', status];
  return html`<span class="tick ${status}" role="img" aria-label=${label} title=${label}><${Icon} name=${icon} /></span>`;
}
