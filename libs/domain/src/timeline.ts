import { ACCEPTANCE_RULES, type AcceptanceRule } from './acceptance.js';
import type { GraphErrorClass, GraphErrorScope } from './graph-error-table.js';
import type { JsonObject } from './json.js';
import type { MessageKind, WaitCause } from './message.js';
import { MESSAGE_STATUSES, type MessageStatus } from './message-status.js';
import { classifyAttempt, explainFailure, explainStanding, NOT_NEEDED_TEXTS, RULE_TEXTS, WAIT_EXPLANATIONS, type Explanation, type TimelineWait } from './timeline-explanations.js';
import { holdsNow, phasesOf, repeatsAttempt, type Phase, type PhaseFacts, type TimelineAttempt, type TimelineStep } from './timeline-phases.js';

/** An event that was written for the tenant. */
export interface TimelineEvent {
  id: string;
  type: string;
  at: Date;
}

/** Everything that is known of one message. */
export interface TimelineFacts extends PhaseFacts {
  direction: 'INBOUND' | 'OUTBOUND';
  kind: MessageKind;
  hasMedia: boolean;
  waitCause: WaitCause | null;
  reason: string | null;
  errorText: string | null;
  duplicateSuspected: boolean;
  attempts: readonly (TimelineAttempt & { wamid: string | null })[];
  events: readonly TimelineEvent[];
}

export interface TimelineCheck {
  rule: AcceptanceRule;
  /** `not-needed`: this kind of message has nothing that the rule could look at. */
  verdict: 'passed' | 'not-needed';
  text: string;
}

/** What became of an attempt, and what followed. */
export interface AttemptDetail extends Omit<TimelineAttempt, 'startedAt' | 'finishedAt'> {
  wamid: string | null;
  class: GraphErrorClass | null;
  scope: GraphErrorScope | null;
  next: 'none' | 'retry' | 'fail' | 'wait-for-status' | 'under-way';
}

export interface StatusDetail {
  status: MessageStatus;
  /** Meta's time. */
  reportedAt: string | null;
  /** The webhook in the ledger that brought it; null for what came before this was kept. */
  webhookEventId: string | null;
  errorCode: number | null;
  errorText: string | null;
  /** It is about an attempt before a redrive, and did not change the message. */
  superseded: boolean;
}

/** The kinds of entries. `note` is a step that a newer release wrote. */
export const TIMELINE_ENTRY_TYPES = [
  'accepted', 'received', 'wait', 'attempt', 'status', 'unknown', 'failed', 'redriven', 'discarded', 'cancelled', 'expired',
  'duplicate-suspected', 'event', 'note',
] as const;

export type TimelineEntryType = (typeof TIMELINE_ENTRY_TYPES)[number];

/** One thing that happened. What it is says which of the details it has. */
export interface TimelineEntry {
  at: Date;
  /** Of what lasted; null while it lasts, and for what has no duration. */
  until: Date | null;
  type: TimelineEntryType;
  text: string;
  whatToDo?: string;
  checks?: readonly TimelineCheck[];
  wait?: { cause: TimelineWait; durationMs: number; isOver: boolean };
  attempt?: AttemptDetail;
  status?: StatusDetail;
  event?: { id: string; type: string };
}

export interface Timeline extends Explanation {
  entries: readonly TimelineEntry[];
  /** How long it waited for each cause, in milliseconds; the longest first. */
  waits: readonly { cause: TimelineWait; durationMs: number }[];
  waitedMs: number;
}

/** Everything that happened to a message, in order, and why it is where it is. Pure. */
export function timelineOf(facts: TimelineFacts): Timeline {
  const isOutbound = facts.direction === 'OUTBOUND' && foreignText(facts) === undefined;
  const phases = isOutbound ? phasesOf(facts) : [];
  const entries = [
    beginning(facts),
    ...phases.flatMap((phase, place) => waitEntry(phase, place === phases.length - 1 && phase.until >= facts.now)),
    ...facts.attempts.map(attemptEntry),
    ...facts.steps.flatMap(stepEntry),
    ...suspicion(facts),
    ...facts.events.map((event) => eventEntry(event, facts)),
  ];
  const waits = totals(phases);
  return { ...standing(facts), entries: inOrder(entries), waits, waitedMs: waits.reduce((sum, { durationMs }) => sum + durationMs, 0) };
}

function standing(facts: TimelineFacts): Explanation {
  const { state, waitCause, reason, errorText, holds, now } = facts;
  const heldFor = holds.find((hold) => holdsNow(hold, now))?.cause ?? null;
  return explainStanding({ state, waitCause, reason, errorText, heldFor });
}

/** A message that was neither sent by us nor received while it was written. */
const FOREIGN_STEPS: Readonly<Record<string, string>> = {
  echoed: 'It was written in the WhatsApp Business app.',
  imported: 'It was said before the number was connected.',
};

const foreignText = ({ steps }: TimelineFacts): string | undefined => steps.map(({ type }) => FOREIGN_STEPS[type]).find((text) => text !== undefined);

function beginning(facts: TimelineFacts): TimelineEntry {
  const { direction, createdAt: at } = facts;
  const foreign = foreignText(facts);
  if (foreign !== undefined) return { at, until: null, type: 'received', text: foreign };
  if (direction === 'INBOUND') return { at, until: null, type: 'received', text: 'The customer sent it.' };
  const checks = ACCEPTANCE_RULES.map((rule) => checkOf(rule, facts));
  return { at, until: null, type: 'accepted', text: 'It passed every check and was accepted.', checks };
}

function checkOf(rule: AcceptanceRule, { kind, hasMedia }: TimelineFacts): TimelineCheck {
  const needless = kind === 'template' ? rule === 'window' : rule === 'template';
  const text = needless || (rule === 'media' && !hasMedia) ? NOT_NEEDED_TEXTS[rule] : undefined;
  return text === undefined ? { rule, verdict: 'passed', text: RULE_TEXTS[rule] } : { rule, verdict: 'not-needed', text };
}

function waitEntry(phase: Phase, lasts: boolean): TimelineEntry[] {
  if (phase.kind !== 'wait') return [];
  const { cause, from, until } = phase;
  const { reason: text, whatToDo } = WAIT_EXPLANATIONS[cause];
  const wait = { cause, durationMs: durationOf(phase), isOver: !lasts };
  return [{ at: from, until: lasts ? null : until, type: 'wait', text, ...(lasts && { whatToDo }), wait }];
}

const NEXT_TEXTS: Readonly<Record<AttemptDetail['next'], string>> = {
  none: 'WhatsApp took it.',
  retry: 'It did not succeed, and is tried again.',
  fail: 'It did not succeed, and is not tried again.',
  'wait-for-status': 'Nobody knows whether it succeeded: a status will tell.',
  'under-way': 'It is under way.',
};

function attemptEntry({ startedAt, finishedAt, ...attempt }: TimelineFacts['attempts'][number]): TimelineEntry {
  const verdict = attempt.outcome === 'accepted' ? null : classifyAttempt(attempt);
  const next = nextOf(attempt);
  const detail: AttemptDetail = { ...attempt, class: verdict?.class ?? null, scope: verdict?.scope ?? null, next };
  const whatToDo = next === 'fail' ? verdict?.whatToDo : undefined;
  const text = `Attempt ${attempt.number}. ${NEXT_TEXTS[next]}`;
  return { at: startedAt, until: finishedAt, type: 'attempt', text, ...(whatToDo !== undefined && { whatToDo }), attempt: detail };
}

function nextOf({ outcome, nextAttemptAt }: Pick<TimelineAttempt, 'outcome' | 'nextAttemptAt'>): AttemptDetail['next'] {
  if (outcome === null) return 'under-way';
  if (outcome === 'accepted') return 'none';
  if (outcome === 'unknown') return 'wait-for-status';
  return nextAttemptAt === null ? 'fail' : 'retry';
}

/** Rows that only begin or end a wait are told by the wait. */
const TOLD_BY_WAITS: ReadonlySet<string> = new Set(['accepted', 'queued', 'waiting', 'echoed', 'imported']);
const STATUSES: ReadonlySet<string> = new Set(MESSAGE_STATUSES);

function stepEntry(step: TimelineStep): TimelineEntry[] {
  const { at, type, detail } = step;
  if (type === 'waiting' && detail?.['policy'] === 'resend') return [{ at, until: null, type: 'note', text: RESENT }];
  if (repeatsAttempt(step) || TOLD_BY_WAITS.has(type)) return [];
  if (STATUSES.has(type) && typeof detail?.['status'] === 'string') return [statusEntry(step, detail)];
  const own = textOf(detail?.['reason']);
  const entry = (kind: TimelineEntryType, text: string, whatToDo?: string): TimelineEntry[] => [
    { at, until: null, type: kind, text, ...(whatToDo !== undefined && { whatToDo }) },
  ];
  switch (type) {
    case 'failed': {
      const { reason, whatToDo } = explainFailure(own);
      return entry('failed', reason, whatToDo);
    }
    case 'unknown':
      return entry('unknown', 'The process that sent it did not say how it ended: a status will tell.');
    case 'expired':
      return entry('expired', 'It was not sent in time.');
    case 'cancelled':
      return entry('cancelled', 'It was cancelled before it left.');
    case 'redriven':
      return entry('redriven', detail?.['cause'] ? `It was redriven by itself, since the cause is over: ${textOf(detail['cause'])}.` : 'It was redriven.');
    case 'edited':
      return entry('note', 'Its writer changed it in WhatsApp; what it said before is kept.');
    case 'revoked':
      return entry('note', 'Its writer took it back in WhatsApp; what it said is kept.');
    case 'warning':
    case 'deleted':
      return entry('note', `WhatsApp reported: ${type}.`);
    case 'discarded':
      return entry('discarded', own === null ? 'It was taken off the dead letters.' : `It was taken off the dead letters: ${own}`);
    default:
      return type.startsWith('duplicate') ? entry('duplicate-suspected', DUPLICATE) : entry('note', own === null ? type : `${type}: ${own}`);
  }
}

function statusEntry({ at, type }: TimelineStep, detail: JsonObject): TimelineEntry {
  const error = detail['error'] as JsonObject | null | undefined;
  const status: StatusDetail = {
    status: type as MessageStatus,
    reportedAt: textOf(detail['at']),
    webhookEventId: textOf(detail['webhookEventId']),
    errorCode: typeof error?.['code'] === 'number' ? error['code'] : null,
    errorText: error ? [error['title'], error['details']].filter(Boolean).join(': ') : null,
    superseded: detail['superseded'] === true,
  };
  if (type !== 'failed') return { at, until: null, type: 'status', text: `WhatsApp reported: ${type}.`, status };
  const { reason, whatToDo } = explainFailure(`meta.${status.errorCode ?? 'unknown'}`, status.errorText);
  const text = status.superseded ? `An earlier attempt failed, which a redrive had followed already. ${reason}` : reason;
  return { at, until: null, type: 'status', text, whatToDo, status };
}

const RESENT = 'WhatsApp never said what became of it: it is sent once more, as your policy for unknown outcomes says.';
const DUPLICATE = 'WhatsApp seems to have taken it twice: the customer may have it two times.';

/** Where two acceptances are known and no row tells of the suspicion. */
function suspicion({ duplicateSuspected, attempts, steps, createdAt }: TimelineFacts): TimelineEntry[] {
  if (!duplicateSuspected || steps.some(({ type }) => type.startsWith('duplicate'))) return [];
  const at = attempts.filter(({ outcome }) => outcome === 'accepted').at(-1)?.finishedAt ?? steps.at(-1)?.at ?? createdAt;
  return [{ at, until: null, type: 'duplicate-suspected', text: DUPLICATE }];
}

/** The event of the acceptance has the time at which its transaction began, a moment before the message was written. */
function eventEntry({ id, type, ...event }: TimelineEvent, { createdAt }: TimelineFacts): TimelineEntry {
  const at = event.at < createdAt ? createdAt : event.at;
  return { at, until: null, type: 'event', text: `The event ${type} was written for you.`, event: { id, type } };
}

const EVENTS_LAST: Readonly<Partial<Record<TimelineEntryType, number>>> = { accepted: 0, received: 0, event: 2 };

/** By time; what happened at one moment in the order in which it is told, and events after what they tell of. */
function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return [...entries].sort((a, b) => a.at.getTime() - b.at.getTime() || (EVENTS_LAST[a.type] ?? 1) - (EVENTS_LAST[b.type] ?? 1));
}

function totals(phases: readonly Phase[]): Timeline['waits'] {
  const sums = new Map<TimelineWait, number>();
  for (const phase of phases) {
    if (phase.kind === 'wait') sums.set(phase.cause, (sums.get(phase.cause) ?? 0) + durationOf(phase));
  }
  return [...sums].map(([cause, durationMs]) => ({ cause, durationMs })).sort((a, b) => b.durationMs - a.durationMs);
}

function durationOf({ from, until }: Phase): number {
  return until.getTime() - from.getTime();
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
