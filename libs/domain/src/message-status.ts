import { type MessageState, UNCERTAIN } from './message.js';

/** What Meta reports about a message that it took. */
export const MESSAGE_STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'] as const;

export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Why Meta could not deliver. */
export interface StatusError {
  code: number | null;
  title: string | null;
  details: string | null;
}

export interface StatusReport {
  status: MessageStatus;
  /** Meta's time. */
  at: Date;
  /** Only with `failed`. */
  error?: StatusError | null;
}

/** One time column for each status. */
export interface StatusTimes {
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  playedAt: Date | null;
  failedAt: Date | null;
}

export type StatusColumn = keyof StatusTimes;

export interface StatusState extends StatusTimes {
  state: MessageState;
  /** Why it is FAILED, else null. */
  reason: string | null;
}

export interface AppliedStatuses extends StatusState {
  /** Statuses seen for the first time, lowest first: each gives one row of the timeline and one event. */
  newly: readonly MessageStatus[];
  /** The error of the failure that is new; null where no failure is new. */
  error: StatusError | null;
  /** What the row must be set to; empty when nothing was new. */
  changed: Partial<StatusState>;
}

/** The column of each status. */
export const STATUS_COLUMNS: Readonly<Record<MessageStatus, StatusColumn>> = {
  sent: 'sentAt',
  delivered: 'deliveredAt',
  read: 'readAt',
  played: 'playedAt',
  failed: 'failedAt',
};

/** The state that each status stands for. */
export const STATUS_STATES = {
  sent: 'SENT',
  failed: 'FAILED',
  delivered: 'DELIVERED',
  read: 'READ',
  played: 'PLAYED',
} as const satisfies Record<MessageStatus, MessageState>;

/**
 * The order of states under statuses: a status only ever raises. FAILED lies between SENT and DELIVERED: a failure is
 * final against "sent", but the customer's phone saying "delivered" proves a failure report wrong, whichever of the two
 * came first. Because the end is the maximum of one total order, the order and number of the webhooks cannot matter.
 */
export const STATE_RANKS: Readonly<Record<MessageState, number>> = {
  QUEUED: 0,
  WAITING: 0,
  DISPATCHED: 0,
  SENDING: 0,
  UNKNOWN: 0,
  ACCEPTED: 1,
  SENT: 2,
  FAILED: 3,
  DELIVERED: 4,
  READ: 5,
  PLAYED: 6,
  // Ends that no status changes; the times are kept all the same.
  CANCELLED: 9,
  EXPIRED: 9,
  RECEIVED: 9,
};

/** The rank of a state as it stands: FAILED(uncertain) knows nothing and yields to any status. */
export function rankOf(state: MessageState, reason: string | null): number {
  return state === 'FAILED' && reason === UNCERTAIN ? 0 : STATE_RANKS[state];
}

/**
 * Applies any number of statuses to one message. Pure, monotone and independent of order and repetition:
 * - each time column keeps the earliest time Meta named for it; `failedAt` keeps the latest, so that after a redrive
 *   (which leaves `failedAt` as it is) a repeated report of the old failure is no news and cannot fail the new attempt;
 * - the state becomes the highest-ranked of itself and the statuses that are new;
 * - leaving FAILED(uncertain) clears what stood for the doubt.
 * Statuses must belong to this message (attempt id or wamid, and phone number id): the caller has matched them.
 */
export function applyStatuses(current: StatusState, statuses: readonly StatusReport[]): AppliedStatuses {
  const uncertain = current.state === 'FAILED' && current.reason === UNCERTAIN;
  // The time of a doubt is our own decision, not a report of Meta's.
  const known: StatusState = uncertain ? { ...current, failedAt: null } : { ...current };
  const next: StatusState = { ...known };
  const newly = new Set<MessageStatus>();
  let error: StatusError | null = null;
  for (const report of statuses) {
    const column = STATUS_COLUMNS[report.status];
    const before = next[column];
    if (!isNews(report, before)) continue;
    next[column] = report.at;
    if (report.status === 'failed') error = report.error ?? null;
    if (report.status === 'failed' || known[column] === null) newly.add(report.status);
  }
  for (const status of newly) {
    const state = STATUS_STATES[status];
    if (STATE_RANKS[state] > rankOf(next.state, next.reason)) {
      next.state = state;
      next.reason = null;
    }
  }
  if (uncertain && newly.size === 0) next.failedAt = current.failedAt;
  return { ...next, newly: inOrder(newly), error, changed: changesOf(current, next) };
}

function isNews(report: StatusReport, known: Date | null): boolean {
  if (known === null) return true;
  return report.status === 'failed' ? report.at > known : report.at < known;
}

function inOrder(statuses: ReadonlySet<MessageStatus>): MessageStatus[] {
  return (Object.keys(STATUS_STATES) as MessageStatus[]).filter((status) => statuses.has(status));
}

function changesOf(before: StatusState, after: StatusState): Partial<StatusState> {
  const columns = Object.keys(after) as (keyof StatusState)[];
  const changed = columns.filter((column) => !isSame(before[column], after[column])).map((column) => [column, after[column]]);
  return Object.fromEntries(changed) as Partial<StatusState>;
}

function isSame(one: Date | string | null, other: Date | string | null): boolean {
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;
}
