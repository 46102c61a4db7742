import { alertText, TELLING_WORDS, worstOf, type AlertFacts, type AlertKind, type AlertSeverity, type AlertText } from '@parley/domain';
import type { AlertMessage, AlertNotice } from './alert-message.js';

export type LetterTone = AlertSeverity | 'resolved';

/** A message in words, before it is an email or a Slack message. */
export interface Letter {
  readonly tone: LetterTone;
  /** For a subject line. */
  readonly line: string;
  readonly heading: string;
  readonly summary: string;
  readonly whatToDo: string | null;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  /** The incidents of a digest. */
  readonly items: readonly { readonly tone: LetterTone; readonly text: string }[];
  readonly footer: string;
  /** Letters with the same one are about the same incident. */
  readonly thread: string | null;
}

/** A digest names so many incidents; the rest are counted. */
const ITEMS_OF_DIGEST = 20;

export function letterOf(message: AlertMessage): Letter {
  switch (message.kind) {
    case 'notice':
      return ofNotice(message.notice);
    case 'digest':
      return ofDigest(message.notices);
    case 'test':
      return ofTest(message.channelName);
  }
}

function ofNotice(notice: AlertNotice): Letter {
  const { alertId, tells, kind, severity, subject, tenantName, openedAt, resolvedAt } = notice;
  const { title, summary, whatToDo } = textOf(notice);
  const isOver = tells === 'resolved';
  return {
    tone: isOver ? 'resolved' : severity,
    line: lineOf(notice),
    heading: `${TELLING_WORDS[tells]}: ${title}`,
    summary: isOver ? `It is over. This is how it was last seen: ${summary}` : summary,
    whatToDo: isOver ? null : whatToDo,
    fields: [
      { label: 'Severity', value: severity },
      { label: 'Organisation', value: tenantName ?? 'the platform' },
      ...(subject === null ? [] : [{ label: 'Concerns', value: subject }]),
      { label: 'Since', value: timeOf(openedAt) },
      ...(resolvedAt === null ? [] : [{ label: 'Until', value: timeOf(resolvedAt) }]),
    ],
    items: [],
    footer: `Parley · ${kind} · ${alertId}`,
    thread: alertId,
  };
}

function ofDigest(notices: readonly AlertNotice[]): Letter {
  const open = notices.filter(({ tells }) => tells !== 'resolved');
  const critical = open.filter(({ severity }) => severity === 'critical').length;
  const shown = [...notices].sort(byUrgency).slice(0, ITEMS_OF_DIGEST);
  const left = notices.length - shown.length;
  const items = shown.map((notice) => ({ tone: toneOf(notice), text: lineOf(notice) }));
  return {
    tone: open.length === 0 ? 'resolved' : worstOf(open.map(({ severity }) => severity)),
    line: `${notices.length} alerts at once, ${critical} of them critical`,
    heading: `${notices.length} alerts at once`,
    summary: `${open.length} are open, ${critical} of them critical; ${notices.length - open.length} are over. So many at once often have one cause.`,
    whatToDo: 'Begin with the critical ones; GET /v1/alerts?state=OPEN lists all that are open.',
    // What is named needs no counting.
    fields: left > 0 ? countsOf(notices) : [],
    items: left > 0 ? [...items, { tone: 'info', text: `… and ${left} more` }] : items,
    footer: 'Parley · digest',
    thread: null,
  };
}

function ofTest(channelName: string): Letter {
  return {
    tone: 'info',
    line: 'A test of your alerts',
    heading: 'Alerts arrive here',
    summary: `This is a test of the channel "${channelName}". Nothing is wrong.`,
    whatToDo: null,
    fields: [],
    items: [],
    footer: 'Parley · test',
    thread: null,
  };
}

/** One line that says all: for subjects, notifications and digests. */
function lineOf(notice: AlertNotice): string {
  const { tells, severity, tenantName } = notice;
  const mark = tells === 'resolved' ? 'resolved' : severity;
  const begin = tells === 'opened' || tells === 'resolved' ? '' : `${TELLING_WORDS[tells]}: `;
  return `[${mark}] ${begin}${textOf(notice).title}${tenantName === null ? '' : ` (${tenantName})`}`;
}

function textOf({ kind, facts, subject }: AlertNotice): AlertText {
  // The facts were written with the kind, by this release or one beside it.
  return alertText(kind, { facts: facts as unknown as AlertFacts[AlertKind], subject });
}

const toneOf = ({ tells, severity }: AlertNotice): LetterTone => (tells === 'resolved' ? 'resolved' : severity);

const URGENCY: readonly LetterTone[] = ['critical', 'warning', 'info', 'resolved'];

function byUrgency(a: AlertNotice, b: AlertNotice): number {
  return URGENCY.indexOf(toneOf(a)) - URGENCY.indexOf(toneOf(b));
}

function countsOf(notices: readonly AlertNotice[]): { label: string; value: string }[] {
  const counts = new Map<string, number>();
  for (const { kind } of notices) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => ({ label: kind, value: String(count) }));
}

/** To the minute, in UTC: its readers sit in several time zones. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
