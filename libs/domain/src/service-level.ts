import { addBusinessMinutes, businessMinutesBetween, type BusinessHours } from './business-hours.js';
import { raisePriority, type ConversationPriority } from './conversation.js';
import type { ServiceLevelSettings } from './settings/service-level-settings.js';

/**
 * How a conversation stands to its service level.
 * - `none`: nothing waits for an answer, and the last answer was not in time, or there was nothing to answer
 * - `ok`: a question waits, and there is time
 * - `due-soon`: a question waits, and its time is nearly over
 * - `breached`: a question waits longer than the service level allows
 * - `met`: nothing waits, and the last answer was in time
 */
export const SLA_STATUSES = ['none', 'ok', 'due-soon', 'breached', 'met'] as const;

export type SlaStatus = (typeof SLA_STATUSES)[number];

/** How far the escalation of a question goes: not at all, before the breach, after it. */
export const ESCALATION_LEVELS = { none: 0, 'due-soon': 1, breached: 2 } as const;

export type Escalation = Extract<SlaStatus, 'due-soon' | 'breached'>;

/** The service level of a conversation: its columns. */
export interface ServiceState {
  /** When the customer asked what nobody has answered; null: nothing waits, or nobody has noted the answer yet. */
  awaitingSince: Date | null;
  dueSoonAt: Date | null;
  answerDueAt: Date | null;
  answeredAt: Date | null;
  staffAt: Date | null;
  firstResponseAt: Date | null;
  breachedAt: Date | null;
  escalationLevel: number;
  escalatedAt: Date | null;
  priority: ConversationPriority;
  /** Before escalation raised it; null: it did not. */
  priorityBefore: ConversationPriority | null;
}

/** What a tenant promises, and when it works. */
export interface ServicePromise {
  level: ServiceLevelSettings;
  hours: BusinessHours;
}

/** One answered question. */
export interface ServiceResponse {
  askedAt: Date;
  answeredAt: Date;
  seconds: number;
  businessSeconds: number;
  isFirst: boolean;
  /** Null where there was no service level. */
  inTime: boolean | null;
  byStaff: boolean;
}

const MINUTE_MS = 60_000;
/** Meta's times are whole seconds. */
const SECOND_MS = 1_000;

type Asked = Pick<ServiceState, 'awaitingSince' | 'answeredAt'>;

const isAnswered = ({ awaitingSince, answeredAt }: Asked): boolean => awaitingSince !== null && answeredAt !== null && answeredAt > awaitingSince;

/** Whether a customer waits for an answer. */
export function awaitsAnswer(state: Asked): boolean {
  return state.awaitingSince !== null && !isAnswered(state);
}

/** How the conversation stands to its service level at this moment. */
export function slaStatus(state: Pick<ServiceState, 'awaitingSince' | 'dueSoonAt' | 'answerDueAt' | 'answeredAt' | 'breachedAt'>, now: Date): SlaStatus {
  const { answerDueAt, dueSoonAt, answeredAt, breachedAt } = state;
  if (answerDueAt === null) return 'none';
  if (awaitsAnswer(state)) {
    if (now > answerDueAt) return 'breached';
    return dueSoonAt !== null && now >= dueSoonAt ? 'due-soon' : 'ok';
  }
  if (isAnswered(state)) return answeredAt! <= answerDueAt ? 'met' : 'none';
  return answeredAt !== null && breachedAt === null ? 'met' : 'none';
}

/** Whole minutes by the clock until the service level ends, negative when it has; null where nothing waits or no level holds. */
export function minutesUntilBreach(state: Pick<ServiceState, 'awaitingSince' | 'answeredAt' | 'answerDueAt'>, now: Date): number | null {
  if (!awaitsAnswer(state) || state.answerDueAt === null) return null;
  return Math.floor((state.answerDueAt.getTime() - now.getTime()) / MINUTE_MS);
}

/**
 * The priority with what the service level adds to it now: one step when the end is near, two when it is over. The monitor
 * writes the same into `priority` when it comes by; the steps that it has written already are not added again.
 */
export function escalationPriority(state: ServiceState, now: Date): ConversationPriority {
  if (!awaitsAnswer(state)) return state.priorityBefore ?? state.priority;
  const status = slaStatus(state, now);
  const level = status === 'due-soon' || status === 'breached' ? ESCALATION_LEVELS[status] : ESCALATION_LEVELS.none;
  return raisePriority(state.priority, Math.max(0, level - state.escalationLevel));
}

/** Turns a question that was answered into its response; null where there is none. The priority falls back to what it was. */
export function settleAnswer(state: ServiceState, { hours }: Pick<ServicePromise, 'hours'>): { state: ServiceState; response: ServiceResponse } | null {
  const { awaitingSince: askedAt, answeredAt, answerDueAt, staffAt, firstResponseAt } = state;
  if (askedAt === null || answeredAt === null || answeredAt <= askedAt) return null;
  const inTime = answerDueAt && answeredAt <= answerDueAt;
  const response: ServiceResponse = {
    askedAt,
    answeredAt,
    seconds: Math.round((answeredAt.getTime() - askedAt.getTime()) / SECOND_MS),
    businessSeconds: Math.round((businessMinutesBetween(hours, askedAt, answeredAt) * MINUTE_MS) / SECOND_MS),
    isFirst: firstResponseAt === null,
    inTime,
    byStaff: staffAt !== null && staffAt > askedAt,
  };
  const breachedAt = inTime === false ? answerDueAt : null;
  return { state: { ...calmed(state), awaitingSince: null, firstResponseAt: firstResponseAt ?? answeredAt, breachedAt }, response };
}

/**
 * What new messages of a customer change: the oldest that no answer came after is what waits. One that is older than the last
 * answer waits for nothing. A question before them that was answered must be settled.
 * @param times of the messages, as Meta says
 * @param now of the clock by which answers are noted: Meta's may be ahead of it, and an answer is never older than its question
 */
export function askQuestion(state: ServiceState, times: readonly Date[], now: Date, promise: ServicePromise): ServiceState {
  const since = oldestAsked(state, times, now);
  if (since === null || (state.awaitingSince !== null && state.awaitingSince <= since)) return state;
  const { answerMinutes, dueSoonShare } = promise.level;
  const within = (minutes: number) => addBusinessMinutes(promise.hours, since, minutes);
  const answerDueAt = answerMinutes === null ? null : within(answerMinutes);
  const dueSoonAt = answerMinutes === null ? null : within(answerMinutes * (1 - dueSoonShare));
  return { ...(state.awaitingSince === null ? calmed(state) : state), awaitingSince: since, answerDueAt, dueSoonAt };
}

/**
 * A message of the second in which the last answer left may have come before or after it. It counts as asked after: better one
 * question too many than a customer whom nobody answers.
 */
function oldestAsked({ answeredAt, staffAt }: ServiceState, times: readonly Date[], now: Date): Date | null {
  const lastAnswer = Math.max(answeredAt?.getTime() ?? -Infinity, staffAt?.getTime() ?? -Infinity);
  const open = times.map((at) => at.getTime()).filter((at) => at + SECOND_MS > lastAnswer);
  return open.length === 0 ? null : new Date(Math.max(Math.min(...open, now.getTime()), lastAnswer + 1));
}

/** Nothing is escalated any more. */
function calmed(state: ServiceState): ServiceState {
  const { priority, priorityBefore } = state;
  return { ...state, breachedAt: null, escalationLevel: ESCALATION_LEVELS.none, escalatedAt: null, priority: priorityBefore ?? priority, priorityBefore: null };
}

/** What the monitor does with a question that waits too long: the level that it came to, and the priority that follows; null: nothing. */
export function escalate(state: ServiceState, now: Date): { state: ServiceState; to: Escalation } | null {
  const to = slaStatus(state, now);
  if ((to !== 'due-soon' && to !== 'breached') || ESCALATION_LEVELS[to] <= state.escalationLevel) return null;
  const raised: ServiceState = {
    ...state,
    escalationLevel: ESCALATION_LEVELS[to],
    escalatedAt: now,
    breachedAt: to === 'breached' ? state.answerDueAt : null,
    priority: escalationPriority(state, now),
    priorityBefore: state.priorityBefore ?? state.priority,
  };
  return { state: raised, to };
}
