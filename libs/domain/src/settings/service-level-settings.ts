import type { FieldError } from '../domain-error.js';

/** How soon customers are answered, and what becomes of conversations in which nothing happens. */
export interface ServiceLevelSettings {
  /** Minutes of business within which every question of a customer is to be answered; null: no service level. */
  answerMinutes: number | null;
  /** The last part of those minutes, between 0 and 1, in which the end counts as near. */
  dueSoonShare: number;
  /** Hours without any message after which an open conversation is idle. */
  idleHours: number;
  /** Hours without any message after which a conversation is resolved by itself; null: never. */
  autoCloseHours: number | null;
  /** Days after which a resolved conversation is archived, at 01:00 of the tenant's clock. */
  archiveDays: number;
}

/** Whom an unanswered customer concerns is for people to say: nothing is resolved by itself unless the tenant wants it. */
export const DEFAULT_SERVICE_LEVEL: ServiceLevelSettings = { answerMinutes: 120, dueSoonShare: 0.25, idleHours: 24, autoCloseHours: null, archiveDays: 7 };

/** Nothing is closed that is not idle yet. */
export function checkServiceLevel({ idleHours, autoCloseHours }: ServiceLevelSettings): FieldError[] {
  if (autoCloseHours === null || autoCloseHours >= idleHours) return [];
  const detail = 'A conversation is idle before it is closed: autoCloseHours may not be less than idleHours.';
  return [{ pointer: '/autoCloseHours', code: 'field.invalid', detail }];
}
