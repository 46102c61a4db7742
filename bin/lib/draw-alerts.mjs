/**
 * Draws one email and one Slack message of each kind of alert, from the templates that ship, into docs/images/alerts:
 *   npm run build && node bin/lib/draw-alerts.mjs
 * Slack's side is drawn from the very blocks that its webhook gets.
 */
/* global document -- inside the page */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium as browsers } from 'playwright-core';
import { chromium } from './chromium.mjs';
import { PlainError } from './run.mjs';

const DIST = process.env.ALERTS_DIST ?? 'dist';
const { emailHtml, letterOf, slackMessage } = await import(pathToFileURL(join(DIST, 'libs/alerts/src/index.js')).href);

const NUMBER = '+40 722 000 000';
const EXAMPLES = {
  dead_letter_growth: ['warning', null, { count: 240, windowMinutes: 60, threshold: 100 }],
  stuck_messages: ['warning', null, { queued: 12, sending: 1, attempts: 3, ageMinutes: 120 }],
  queue_depth: ['critical', null, { count: 12_400, threshold: 1_000, dueSeconds: 60 }],
  failure_rate: [
    'critical',
    'WHATSAPP',
    { channel: 'WHATSAPP', failed: 410, finished: 520, percent: 79, windowMinutes: 60 },
  ],
  escalation: ['warning', null, { count: 3, attempts: 5 }],
  uncertain_outcome: ['warning', null, { count: 2, windowMinutes: 60 }],
  limits: ['critical', null, { limit: 'quota', used: 1_000, of: 1_000, windowMinutes: 1_440 }],
  number_paused: ['warning', NUMBER, { cause: 'pause', reason: 'meta.131048', until: null }],
  credential_invalid: ['critical', 'Trattoria Roma', { reason: 'credential.invalid' }],
  quality_dropped: ['critical', NUMBER, { quality: 'RED' }],
  template_stopped: ['warning', 'spring_offer (ro)', { status: 'PAUSED', reason: null }],
  webhooks_silent: ['critical', NUMBER, { sent: 84, minutes: 15 }],
  webhook_refused: ['critical', null, { count: 2, windowMinutes: 60 }],
  redis_unavailable: ['critical', null, { seconds: 75 }],
  partition_default: ['warning', null, {}],
  ingest_stalled: ['critical', null, { waiting: 2_140, oldestSeconds: 185, idleSeconds: null }],
  number_silent: ['critical', NUMBER, { usual: 34, isUnheard: true }],
};
const OF_PLATFORM = new Set(['webhook_refused', 'redis_unavailable', 'partition_default', 'ingest_stalled']);

const noticeOf = ([kind, [severity, subject, facts]], at) => ({
  alertId: `0199a1b2-0000-7000-8000-0000000000${String(at).padStart(2, '0')}`,
  tells: 'opened',
  kind,
  severity,
  subject,
  tenantName: OF_PLATFORM.has(kind) ? null : 'Trattoria Roma',
  facts,
  openedAt: new Date('2026-11-21T09:00:00Z'),
  resolvedAt: null,
});
const notices = Object.entries(EXAMPLES).map(noticeOf);
const paused = notices.find(({ kind }) => kind === 'number_paused');
const messages = [
  ...notices.map((notice) => [notice.kind, { kind: 'notice', notice }]),
  [
    'resolved',
    { kind: 'notice', notice: { ...paused, tells: 'resolved', resolvedAt: new Date('2026-11-21T09:40:00Z') } },
  ],
  ['digest', { kind: 'digest', notices }],
];

/** Slack's mrkdwn as HTML: bold and line ends are all that our messages use. Their text is escaped already. */
const mrkdwn = (text) => text.replaceAll(/\*([^*\n]+)\*/g, '<b>$1</b>').replaceAll('\n', '<br>');
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const BLOCKS = {
  header: ({ text }) => `<h2>${escape(text.text)}</h2>`,
  section: ({ text, fields }) =>
    text
      ? `<p>${mrkdwn(text.text)}</p>`
      : `<div class="fields">${fields.map((field) => `<div>${mrkdwn(field.text)}</div>`).join('')}</div>`,
  context: ({ elements }) => `<small>${elements.map(({ text }) => mrkdwn(text)).join(' ')}</small>`,
};
const slackHtml = ({ attachments: [{ color, blocks }] }) => `<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; padding: 24px; font: 15px/22px Lato, Helvetica, Arial, sans-serif; color: #1d1c1d; background: #fff }
  .app { font-weight: 900; margin-bottom: 4px } .app span { font-weight: normal; color: #616061; font-size: 12px }
  .attachment { border-left: 4px solid ${color}; padding: 2px 0 2px 12px } h2 { font-size: 18px; margin: 4px 0 8px } p { margin: 0 0 12px }
  .fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin-bottom: 12px } small { color: #616061; font-size: 12px }
</style><div class="app">Parley <span>APP&nbsp; 11:00</span></div><div class="attachment">${blocks.map((block) => BLOCKS[block.type](block)).join('')}</div>`;

const attribute = (html) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const sideBySide = (
  letter,
) => `<!doctype html><style>body { margin: 0; display: flex; align-items: flex-start; background: #fff } iframe { border: 0; width: 620px }</style>
<iframe srcdoc="${attribute(emailHtml(letter))}"></iframe><iframe srcdoc="${attribute(slackHtml(slackMessage(letter)))}"></iframe>`;

const { path, reason } = chromium();
if (path === null) throw new PlainError(reason);
const folder = join('docs', 'images', 'alerts');
mkdirSync(folder, { recursive: true });
const browser = await browsers.launch({ executablePath: path, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1_240, height: 400 } });
for (const [name, message] of messages) {
  await page.setContent(sideBySide(letterOf(message)));
  const height = await page.evaluate(() => {
    const frames = [...document.querySelectorAll('iframe')];
    const tallest = Math.max(...frames.map((frame) => frame.contentDocument.documentElement.scrollHeight));
    for (const frame of frames) frame.style.height = `${tallest}px`;
    return tallest;
  });
  await page.setViewportSize({ width: 1_240, height });
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.setViewportSize({ width: 1_240, height: 400 });
}
await browser.close();
console.log(`${messages.length} pictures in ${folder}`);
