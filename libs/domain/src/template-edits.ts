import { DomainError } from './domain-error.js';
import type { TemplateStatus } from './template.js';

/** What decides whether Meta would take an edit. */
export interface EditFacts {
  readonly status: TemplateStatus;
  readonly category: string;
  /** When Meta took edits of it while it was approved. */
  readonly editedAt: readonly Date[];
}

const DAY_MS = 86_400_000;
const EDITS_A_DAY = 1;
const EDITS_A_MONTH = 10;
const MONTH_DAYS = 30;

/**
 * Meta's rules on edits, before it is asked: APPROVED, REJECTED and PAUSED ones only; an approved one keeps its category
 * and takes one edit in 24 hours and ten in 30 days.
 * @throws template.state-conflict, template.invalid
 */
export function assertEditable({ status, category, editedAt }: EditFacts, newCategory: string, now: Date): void {
  if (status === 'PENDING') throw conflict('Meta is reviewing the template; it can be edited once that is over.');
  if (status === 'DISABLED') throw conflict('Meta takes no edits of a disabled template; make one with another name.');
  if (status !== 'APPROVED') return;
  if (newCategory !== category) {
    const detail = `An approved template stays ${category}; make a template with another name for ${newCategory}.`;
    throw new DomainError('template.invalid', detail, { errors: [{ pointer: '/category', code: 'category.fixed', detail }] });
  }
  assertRoom(editedAt, EDITS_A_DAY, 1, now);
  assertRoom(editedAt, EDITS_A_MONTH, MONTH_DAYS, now);
}

/** The edits that still count, with one more. */
export function withEdit(editedAt: readonly Date[], now: Date): Date[] {
  return [...editedAt.filter((at) => now.getTime() - at.getTime() < MONTH_DAYS * DAY_MS), now];
}

function assertRoom(editedAt: readonly Date[], most: number, days: number, now: Date): void {
  const counted = editedAt.map((at) => at.getTime()).filter((at) => now.getTime() - at < days * DAY_MS).sort((one, other) => one - other);
  if (counted.length < most) return;
  const freeAt = new Date(counted[counted.length - most]! + days * DAY_MS);
  const times = most === 1 ? 'once' : `${most} times`;
  throw conflict(`Meta lets an approved template be edited ${times} in ${days === 1 ? '24 hours' : `${days} days`}; this becomes possible at ${freeAt.toISOString()}.`);
}

function conflict(detail: string): DomainError {
  return new DomainError('template.state-conflict', detail);
}
