import type { JsonObject } from './json.js';
import { type MessageState, WAIT_CAUSES, type WaitCause } from './message.js';
import { classifyAttempt, type TimelineWait } from './timeline-explanations.js';

/** A row of the timeline's own table: what no other table knows. */
export interface TimelineStep {
  at: Date;
  type: string;
  detail: JsonObject | null;
}

/** A POST: begun before its row was committed, ended when Meta's answer was recorded. */
export interface TimelineAttempt {
  id: string;
  number: number;
  startedAt: Date;
  finishedAt: Date | null;
  outcome: 'accepted' | 'refused' | 'not-sent' | 'unknown' | null;
  httpStatus: number | null;
  errorCode: number | null;
  errorSubcode: number | null;
  errorText: string | null;
  traceId: string | null;
  nextAttemptAt: Date | null;
}

/** What held the message's number, account or tenant. */
export interface TimelineHold {
  cause: WaitCause;
  reason: string;
  beganAt: Date;
  until: Date | null;
  endedAt: Date | null;
}

/** What the phases of a message rest on. */
export interface PhaseFacts {
  state: MessageState;
  createdAt: Date;
  /** When the caller wanted it to leave; null for at once. */
  sendAt: Date | null;
  steps: readonly TimelineStep[];
  attempts: readonly TimelineAttempt[];
  holds: readonly TimelineHold[];
  /** When messages of better lanes that were accepted later left before this one. */
  overtakenAt: readonly Date[];
  /** Messages a second of the number. */
  perSecond: number;
  now: Date;
}

/**
 * One stretch of a message's life. `attempt`: a POST is under way; `doubt`: nobody knows; `meta`: WhatsApp has it; `over`:
 * it had ended, and was redriven later. Phases follow each other without a gap, from acceptance to the end or to now.
 */
export type Phase = { from: Date; until: Date } & (
  { kind: 'wait'; cause: TimelineWait } | { kind: 'attempt' | 'doubt' | 'meta' | 'over' }
);

/** Between two marks. `queued` becomes waits only when it is known what held the number meanwhile. */
type Standing = { kind: 'queued' } | { kind: 'wait'; cause: WaitCause } | { kind: 'attempt' | 'doubt' | 'meta' | 'over' };

interface Mark {
  at: Date;
  /** At the same moment what ends comes before what begins. */
  rank: number;
  /** The next standing, or null where this one goes on. */
  next: (current: Standing) => Standing | null;
}

const OVER: Standing = { kind: 'over' };
const TERMINAL: ReadonlySet<MessageState> = new Set(['DELIVERED', 'READ', 'PLAYED', 'FAILED', 'CANCELLED', 'EXPIRED', 'RECEIVED']);
const MS_PER_SECOND = 1_000;

/** The life of an outbound message in phases. Pure. */
export function phasesOf(facts: PhaseFacts): Phase[] {
  const { createdAt, sendAt, state, now } = facts;
  const marks = marksOf(facts);
  let standing: Standing = sendAt !== null && sendAt > createdAt ? { kind: 'wait', cause: 'schedule' } : { kind: 'queued' };
  let from = createdAt;
  const phases: Phase[] = [];
  for (const { at, next } of marks) {
    const following = next(standing);
    if (following === null) continue;
    const until = later(at, from);
    phases.push(...phasesBetween(standing, from, until, facts));
    [standing, from] = [following, until];
  }
  const end = TERMINAL.has(state) || standing.kind === 'over' ? from : later(now, from);
  phases.push(...phasesBetween(standing, from, end, facts));
  return phases;
}

function marksOf({ steps, attempts }: PhaseFacts): Mark[] {
  const marks = [...attempts.flatMap(marksOfAttempt), ...steps.flatMap(markOfStep)];
  return marks.sort((a, b) => a.at.getTime() - b.at.getTime() || a.rank - b.rank);
}

function marksOfAttempt(attempt: TimelineAttempt): Mark[] {
  const { startedAt, finishedAt } = attempt;
  const began: Mark = { at: startedAt, rank: 2, next: () => ({ kind: 'attempt' }) };
  if (finishedAt === null) return [began];
  // A status may have been faster than the answer of the POST: then it has said more already.
  const after = endOfAttempt(attempt);
  const ended: Mark = { at: finishedAt, rank: 0, next: ({ kind }) => (kind === 'attempt' || kind === 'doubt' ? after : null) };
  return finishedAt.getTime() === startedAt.getTime() ? [{ ...began, rank: 0 }, { ...ended, rank: 0.5 }] : [began, ended];
}

function endOfAttempt(attempt: TimelineAttempt): Standing {
  if (attempt.outcome === 'accepted') return { kind: 'meta' };
  if (attempt.outcome === 'unknown') return { kind: 'doubt' };
  return attempt.nextAttemptAt === null ? OVER : { kind: 'wait', cause: causeAfter(attempt) };
}

/** What the wait for the next attempt is about, by what Meta said of this one. */
function causeAfter(attempt: TimelineAttempt): WaitCause {
  const verdict = classifyAttempt(attempt);
  if (verdict?.class === 'throttled') return verdict.scope === 'pair' ? 'pair' : 'throttle';
  return verdict?.class === 'policy' && verdict.scope === 'template' ? 'template' : 'retry';
}

/** True for the rows that releases before this one wrote of attempts, which tell it themselves. */
export function repeatsAttempt({ type, detail }: TimelineStep): boolean {
  return type === 'sending' || typeof detail?.['outcome'] === 'string';
}

/** The cause that a row of waiting names. */
export function waitCauseOf({ detail }: TimelineStep): WaitCause | null {
  const cause = detail?.['cause'] ?? detail?.['reason'];
  return typeof cause === 'string' && Object.hasOwn(WAIT_CAUSES, cause) ? (cause as WaitCause) : null;
}

function markOfStep(step: TimelineStep): Mark[] {
  const { at, type } = step;
  if (repeatsAttempt(step) || step.detail?.['superseded'] === true) return [];
  const mark = (standing: Standing): Mark[] => [{ at, rank: 1, next: () => standing }];
  switch (type) {
    case 'queued':
    case 'redriven':
      return mark({ kind: 'queued' });
    case 'waiting':
      // What was in doubt and is sent once more names no cause.
      return mark({ kind: 'wait', cause: waitCauseOf(step) ?? 'retry' });
    case 'unknown':
      return mark({ kind: 'doubt' });
    case 'sent':
      return [{ at, rank: 1, next: ({ kind }) => (kind === 'over' ? null : { kind: 'meta' }) }];
    case 'delivered':
    case 'read':
    case 'played':
    case 'failed':
    case 'expired':
    case 'cancelled':
      return mark(OVER);
    default:
      return [];
  }
}

function phasesBetween(standing: Standing, from: Date, until: Date, facts: PhaseFacts): Phase[] {
  if (from >= until) return [];
  return standing.kind === 'queued' ? waitsOfQueue(from, until, facts) : [{ ...standing, from, until }];
}

/**
 * Time in the queue: what of it a hold covers is the hold's; the rest is the turn of others. Of that, each message of a
 * better lane that came later and left before took one place of the number's rate: so much of it is `lane`.
 */
function waitsOfQueue(from: Date, until: Date, { holds, overtakenAt, perSecond, now }: PhaseFacts): Phase[] {
  const spans = holds.map((hold) => ({ cause: hold.cause, from: hold.beganAt, until: endOf(hold, now) }));
  const cuts = [from, until, ...spans.flatMap((span) => [span.from, span.until])]
    .filter((at) => at >= from && at <= until)
    .sort((a, b) => a.getTime() - b.getTime());
  const overtakers = overtakenAt.filter((at) => at >= from && at <= until).length;
  let laneMs = Math.round((overtakers * MS_PER_SECOND) / perSecond);
  const waits: Phase[] = [];
  for (let place = 1; place < cuts.length; place += 1) {
    const [start, end] = [cuts[place - 1] as Date, cuts[place] as Date];
    if (start >= end) continue;
    const hold = spans.find((span) => span.from <= start && span.until >= end);
    if (hold) {
      append(waits, hold.cause, start, end);
      continue;
    }
    const turn = new Date(Math.min(end.getTime(), start.getTime() + laneMs));
    laneMs -= turn.getTime() - start.getTime();
    append(waits, 'lane', start, turn);
    append(waits, 'throughput', turn, end);
  }
  return waits;
}

function append(waits: Phase[], cause: TimelineWait, from: Date, until: Date): void {
  if (from >= until) return;
  const last = waits.at(-1);
  if (last?.kind === 'wait' && last.cause === cause && last.until.getTime() === from.getTime()) last.until = until;
  else waits.push({ kind: 'wait', cause, from, until });
}

/** A hold whose time is over holds nothing, even where nobody has closed it yet. */
function endOf({ until, endedAt }: TimelineHold, now: Date): Date {
  const end = endedAt ?? now;
  return until !== null && until < end ? until : end;
}

/** Whether a hold holds at this moment. */
export function holdsNow({ until, endedAt }: TimelineHold, now: Date): boolean {
  return endedAt === null && (until === null || until > now);
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
