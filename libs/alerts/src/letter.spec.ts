import type { KnownBlock } from '@slack/types';
import type { AlertNotice } from './alert-message.js';
import { emailHtml, emailText } from './email-body.js';
import { letterOf } from './letter.js';
import { slackMessage } from './slack-body.js';

const NOTICE: AlertNotice = {
  alertId: 'a1',
  tells: 'opened',
  kind: 'template_stopped',
  severity: 'warning',
  subject: '<img src=x> & "offer" (ro)',
  tenantName: '<!channel> Trattoria',
  facts: { status: 'PAUSED', reason: null },
  openedAt: new Date('2026-11-21T09:00:30Z'),
  resolvedAt: null,
};
const letter = (notice: Partial<AlertNotice> = {}) => letterOf({ kind: 'notice', notice: { ...NOTICE, ...notice } });

it('nobody\'s name becomes markup of an email, or calls a whole channel of Slack', () => {
  const html = emailHtml(letter());
  expect(html).toContain('&lt;img src=x&gt; &amp; &quot;offer&quot;');
  expect(html).not.toMatch(/<img|<!channel/);
  const slack = JSON.stringify(slackMessage(letter()).attachments[0]!.blocks!.filter((block) => block.type !== 'header'));
  expect(slack).toContain('&lt;!channel&gt; Trattoria');
  expect(slack).not.toContain('<!channel>');
  expect(slackMessage(letter()).text).not.toContain('<!channel>');
});

it('says the same in both forms of an email', () => {
  for (const form of [emailHtml(letter()), emailText(letter())]) {
    expect(form).toContain('Edit the template and submit it again');
    expect(form).toContain('2026-11-21 09:00 UTC');
  }
});

it('an end asks nobody to do anything, and says since and until when it was', () => {
  const over = letter({ tells: 'resolved', resolvedAt: new Date('2026-11-21T10:00:00Z') });
  expect(over).toMatchObject({ tone: 'resolved', whatToDo: null, heading: expect.stringMatching(/^Resolved: /) as unknown });
  expect(over.fields).toContainEqual({ label: 'Until', value: '2026-11-21 10:00 UTC' });
  expect(slackMessage(over).attachments[0]!.color).not.toBe(slackMessage(letter()).attachments[0]!.color);
});

it('stays within what Slack takes, however long the names and however many the incidents', () => {
  const long = 'x'.repeat(5_000);
  const notices = Array.from({ length: 500 }, () => ({ ...NOTICE, subject: long, tenantName: long }));
  for (const message of [letter({ subject: long, tenantName: long }), letterOf({ kind: 'digest', notices })].map(slackMessage)) {
    const blocks = message.attachments[0]!.blocks as KnownBlock[];
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
      if (block.type === 'section' && block.text) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
      if (block.type === 'section' && block.fields) for (const { text } of block.fields) expect(text.length).toBeLessThanOrEqual(2_000);
    }
  }
});

it('a digest begins with the most urgent and counts what it does not name', () => {
  const notices = [...Array.from({ length: 24 }, () => NOTICE), { ...NOTICE, severity: 'critical' as const, tells: 'worse' as const }];
  const digest = letterOf({ kind: 'digest', notices });
  expect(digest).toMatchObject({ tone: 'critical', line: '25 alerts at once, 1 of them critical', thread: null });
  expect(digest.items).toHaveLength(21);
  expect(digest.items[0]!.text).toMatch(/^\[critical\] Worse: /);
  expect(digest.items.at(-1)!.text).toBe('… and 5 more');
  expect(digest.fields).toEqual([{ label: 'template_stopped', value: '25' }]);
});
