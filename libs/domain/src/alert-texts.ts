import type { AlertFacts, AlertKind, IncidentOf } from './alert.js';
import type { AlertTelling } from './alert-changes.js';

/** An incident in words. */
export interface AlertText {
  /** A few words, for a subject line. */
  readonly title: string;
  /** What is the case, in one or two sentences. */
  readonly summary: string;
  readonly whatToDo: string;
}

type Told<K extends AlertKind> = Pick<IncidentOf<K>, 'facts' | 'subject'>;
type Catalogue = { readonly [K in AlertKind]: (told: Told<K>) => AlertText };

const count = (amount: number, one: string, many = `${one}s`): string => `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
const named = (subject: string | null, otherwise: string): string => subject ?? otherwise;

const LIMITS: Readonly<Record<AlertFacts['limits']['limit'], (told: Told<'limits'>) => AlertText>> = {
  quota: ({ facts: { used, of } }) => ({
    title: used >= of ? 'The quota is used up' : 'The quota is almost used up',
    summary: `${used.toLocaleString('en')} of ${count(of, 'message')} of the current window have been sent. ${used >= of ? 'Further messages wait until the window starts again.' : ''}`.trim(),
    whatToDo: 'See GET /v1/quota for the time of the reset; the operator can raise the quota.',
  }),
  tier: ({ facts: { used, of }, subject }) => ({
    title: used >= of ? "The limit of new recipients is reached" : "The limit of new recipients is almost reached",
    summary: `${named(subject, 'The account')} wrote to ${used.toLocaleString('en')} of ${count(of, 'new recipient')} that Meta allows in 24 hours. ${used >= of ? 'Further business-initiated messages wait.' : ''}`.trim(),
    whatToDo: 'Spread campaigns over more days. Meta raises the limit by itself while the quality of the numbers is good.',
  }),
  throttling: ({ facts: { used, windowMinutes } }) => ({
    title: 'Meta throttles again and again',
    summary: `Meta throttled the numbers in ${used} of the last ${count(windowMinutes, 'minute')}.`,
    whatToDo: 'Look whether another system sends from the same number or account; the number slows down and recovers by itself.',
  }),
};

/** Every text of alerts, by kind. */
const TEXTS: Catalogue = {
  dead_letter_growth: ({ facts }) => ({
    title: 'Many messages become dead letters',
    summary: `${count(facts.count, 'message')} failed for good within ${count(facts.windowMinutes, 'minute')} (threshold ${facts.threshold.toLocaleString('en')}).`,
    whatToDo: 'GET /v1/dead-letters/groups says for each cause what to do; redrive them once the cause is over.',
  }),
  stuck_messages: ({ facts }) => ({
    title: 'Messages are stuck',
    summary: `${count(facts.queued, 'queued message')} and ${count(facts.sending, 'message')} being sent have been tried ${facts.attempts} times or more and are older than ${count(facts.ageMinutes, 'minute')}.`,
    whatToDo: 'Look at the timeline of one of them: GET /v1/messages/{id}/timeline says what it waits for.',
  }),
  queue_depth: ({ facts }) => ({
    title: 'The queue is deep',
    summary: `${count(facts.count, 'message')} or more have been due for over ${count(facts.dueSeconds, 'second')} and have not left (threshold ${facts.threshold.toLocaleString('en')}). Held and scheduled ones are not counted.`,
    whatToDo: 'Look whether workers run and Meta answers; add workers if the rate of the numbers is not the limit.',
  }),
  failure_rate: ({ facts }) => ({
    title: `${facts.percent} % of the messages fail`,
    summary: `${count(facts.failed, 'message')} of ${facts.finished.toLocaleString('en')} over ${facts.channel} failed within ${count(facts.windowMinutes, 'minute')}.`,
    whatToDo: 'GET /v1/dead-letters/groups sorts the failures by code; act on the code at the top.',
  }),
  escalation: ({ facts }) => ({
    title: 'Messages need many attempts',
    summary: `${count(facts.count, 'message')} needed ${facts.attempts} attempts or more.`,
    whatToDo: 'Look at the timeline of one of them: its attempts carry the codes that Meta answered.',
  }),
  uncertain_outcome: ({ facts }) => ({
    title: 'It is not known whether messages left',
    summary: `Meta never said what became of ${count(facts.count, 'message')} of the last ${count(facts.windowMinutes, 'minute')}. The customers may have them; they were not sent again.`,
    whatToDo: 'GET /v1/dead-letters shows them; redrive with allowDuplicate where a second message does no harm.',
  }),
  limits: (told) => LIMITS[told.facts.limit](told),
  number_paused: ({ facts, subject }) => ({
    title: `${named(subject, 'The organisation')} does not send`,
    summary: `${named(subject, 'The organisation')} is held (${facts.cause}): ${facts.reason}. ${facts.until === null ? 'It lasts until somebody lifts it.' : `It lasts until ${facts.until}.`} Its messages are kept.`,
    whatToDo: 'GET /v1/numbers/{id}/doctor says what is wrong; resume the number once that is mended.',
  }),
  credential_invalid: ({ facts, subject }) => ({
    title: 'Meta does not accept the access token',
    summary: `${named(subject, 'The organisation')} is paused (${facts.reason}); its messages are kept.`,
    whatToDo: 'Connect the number again with a valid token of a system user; sending resumes by itself.',
  }),
  quality_dropped: ({ facts, subject }) => ({
    title: `The quality of ${named(subject, 'a number')} is ${facts.quality}`,
    summary: `Meta rates ${named(subject, 'the number')} ${facts.quality}, because recipients block or report its messages. Its limits may be lowered.`,
    whatToDo: 'Send less marketing, to people who asked for it; look which template is blocked most.',
  }),
  template_stopped: ({ facts, subject }) => ({
    title: `Template ${named(subject, '')} is ${facts.status.toLowerCase()}`,
    summary: `Meta does not send ${named(subject, 'the template')}: ${facts.status}${facts.reason === null ? '' : ` (${facts.reason})`}.`,
    whatToDo: 'Edit the template and submit it again, or send another one.',
  }),
  webhooks_silent: ({ facts, subject }) => ({
    title: 'Meta sends no webhooks',
    summary: `${count(facts.sent, 'message')} left from ${named(subject, 'a number')}, and no webhook of it came for ${count(facts.minutes, 'minute')}: what becomes of messages, and what customers write, is not known.`,
    whatToDo: 'GET /v1/numbers/{id}/doctor checks the subscription and the callback; POST /v1/numbers/{id}/canary proves the way back.',
  }),
  webhook_refused: ({ facts }) => ({
    title: 'A webhook spoke for somebody else',
    summary: `${count(facts.count, 'item')} of webhooks within ${count(facts.windowMinutes, 'minute')} came through the app of one organisation and named what belongs to another. They were refused.`,
    whatToDo: "Find the app in the ledger's refused items; its secret may be in wrong hands.",
  }),
  ingest_stalled: ({ facts }) => ({
    title: facts.idleSeconds === null ? 'Webhooks are taken and not processed' : 'Webhooks are processed late',
    summary: `${count(facts.waiting, 'webhook')} or more wait in the ledger, the oldest for ${count(facts.oldestSeconds, 'second')}. ${
      facts.idleSeconds === null ? 'None was processed meanwhile.' : `The last one was processed ${count(facts.idleSeconds, 'second')} ago.`
    } Meta had its 200 for each: nothing is lost, and nobody sees what customers write.`,
    whatToDo: 'Look whether workers run and what their log says of ledger.wake; add workers if they run and cannot keep up. GET /v1/ingest/lag shows the figures.',
  }),
  number_silent: ({ facts, subject }) => ({
    title: `Nobody writes to ${named(subject, 'a number')} any more`,
    summary: `Customers usually write ${count(facts.usual, 'message')} to ${named(subject, 'the number')} at this hour. In the last full hour and since then nothing came${facts.isUnheard ? ', and no other webhook of the number either' : ''}.`,
    whatToDo: 'Write to the number from a phone. If that does not show up, GET /v1/numbers/{id}/doctor checks the subscription and the callback.',
  }),
  redis_unavailable: ({ facts }) => ({
    title: 'Redis does not answer',
    summary: `Redis has been away for ${count(facts.seconds, 'second')}. Sending and webhooks go on by polling, and the database counts the limits: slower, and nothing is lost.`,
    whatToDo: 'Look at Redis; full speed comes back by itself.',
  }),
  partition_default: () => ({
    title: 'Rows lie in a default partition',
    summary: 'Partitions were not made in time, and rows fell into the DEFAULT partition.',
    whatToDo: 'Look whether workers run: they make partitions 14 days ahead. Move the rows on before that day is dropped.',
  }),
};

/** The texts of an incident. A kind of a newer release, which this one has no words for, is told by its name. */
export function alertText<K extends AlertKind>(kind: K, told: Told<K>): AlertText {
  const describe = TEXTS[kind] as Catalogue[K] | undefined;
  return describe?.(told) ?? { title: kind, summary: `There is an alert of the kind ${kind}.`, whatToDo: 'See GET /v1/alerts.' };
}

/** How a telling begins in a subject line. */
export const TELLING_WORDS: Readonly<Record<AlertTelling, string>> = {
  opened: 'New',
  worse: 'Worse',
  reminder: 'Still open',
  resolved: 'Resolved',
};
