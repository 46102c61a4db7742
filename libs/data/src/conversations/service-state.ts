import type { ServiceState } from '@parley/domain';

/** SQL: the service level of a conversation (alias c) as `ServiceState`. */
export const SERVICE_STATE = `
           c.awaiting_since AS "awaitingSince", c.due_soon_at AS "dueSoonAt", c.answer_due_at AS "answerDueAt", c.answered_at AS "answeredAt",
           c.staff_at AS "staffAt", c.first_response_at AS "firstResponseAt", c.breached_at AS "breachedAt", c.escalation_level AS "escalationLevel",
           c.escalated_at AS "escalatedAt", c.priority, c.priority_before AS "priorityBefore"`;

/** SQL: writes the service level that the row i brings. What sending writes (answered_at, staff_at) is not touched. */
export const SET_SERVICE_STATE = `
             awaiting_since = i.awaiting_since, due_soon_at = i.due_soon_at, answer_due_at = i.answer_due_at, first_response_at = i.first_response_at,
             breached_at = i.breached_at, escalation_level = i.escalation_level, escalated_at = i.escalated_at, priority = i.priority,
             priority_before = i.priority_before`;

/** SQL: the columns of i that SET_SERVICE_STATE reads, and their types from this parameter on. */
export const SERVICE_COLUMNS =
  'awaiting_since, due_soon_at, answer_due_at, first_response_at, breached_at, escalation_level, escalated_at, priority, priority_before';

const TYPES = ['timestamptz', 'timestamptz', 'timestamptz', 'timestamptz', 'timestamptz', 'smallint', 'timestamptz', 'text', 'text'];

/** SQL: the parameters of those columns, from this number on. */
export const serviceParameters = (from: number): string => TYPES.map((type, at) => `$${from + at}::${type}[]`).join(', ');

/** What `columns` takes for them. */
export const SERVICE_FIELDS: readonly ((state: ServiceState) => unknown)[] = [
  (s) => s.awaitingSince,
  (s) => s.dueSoonAt,
  (s) => s.answerDueAt,
  (s) => s.firstResponseAt,
  (s) => s.breachedAt,
  (s) => s.escalationLevel,
  (s) => s.escalatedAt,
  (s) => s.priority,
  (s) => s.priorityBefore,
];
