import type { ConsentPurpose } from './consent.js';
import type { FieldError } from './domain-error.js';

/** When a message is to leave, and how long it may wait to. Nothing given: now, for as long as is usual. */
export interface Schedule {
  /** `best`: when this person reads and answers most, within a day. */
  sendAt?: Date | 'best' | null;
  validUntil?: Date | null;
  /** Counts from the time of leaving. */
  validForSeconds?: number | null;
}

/** How often somebody read or wrote in each hour of the day, in UTC: 24 counts. */
export type ActiveHours = readonly number[];

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;
const DAY_HOURS = 24;

/** How far ahead a message may be scheduled, and how long it may be valid. */
export const LONGEST_AHEAD_SECONDS = 30 * DAY_SECONDS;
/** A shorter validity would end before a busy number comes to the message. */
export const LEAST_VALID_SECONDS = 30;
/** A code is soon of no use. */
export const AUTHENTICATION_VALID_SECONDS = 600;
/** A caller's clock may be so far behind ours. */
const TOLERATED_PAST_MS = 60_000;
/** Fewer than so many say nothing of a person's habits. */
const LEAST_OBSERVATIONS = 3;

/** A time or `best`, as it comes from outside; what is no time is an invalid Date, which the check refuses. */
export function readSendAt(text: string): Date | 'best' {
  return text === 'best' ? text : new Date(text);
}

/** What is wrong with a schedule. Pointers begin at the request. */
export function checkSchedule({ sendAt, validUntil, validForSeconds }: Schedule, now: Date): FieldError[] {
  const faults: FieldError[] = [];
  const invalid = (pointer: string, detail: string): void => void faults.push({ pointer, code: 'field.invalid', detail });
  const latest = now.getTime() + LONGEST_AHEAD_SECONDS * SECOND_MS;
  const start = sendAt instanceof Date ? sendAt.getTime() : now.getTime();
  if (!(start >= now.getTime() - TOLERATED_PAST_MS && start <= latest)) invalid('/sendAt', 'This must be "best", or a time within the next 30 days.');
  if (validUntil && (validForSeconds ?? null) !== null) invalid('/validForSeconds', 'Give this or validUntil, not both.');
  if (validUntil && !(secondsBetween(start, validUntil) >= LEAST_VALID_SECONDS && secondsBetween(start, validUntil) <= LONGEST_AHEAD_SECONDS))
    invalid('/validUntil', 'This must be a time from half a minute to 30 days after the message is to leave.');
  if ((validForSeconds ?? null) !== null && !(Number.isInteger(validForSeconds) && validForSeconds! >= LEAST_VALID_SECONDS && validForSeconds! <= LONGEST_AHEAD_SECONDS))
    invalid('/validForSeconds', `This must be a whole number from ${LEAST_VALID_SECONDS} to ${LONGEST_AHEAD_SECONDS}.`);
  return faults;
}

/** What a schedule that passed its check comes to. */
export interface Departing {
  /** Null: at once. */
  sendAt: Date | null;
  /** From then on; null: as long as is usual. */
  validSeconds: number | null;
}

/** @param hours of the recipient; asked only with `best` */
export function departing({ sendAt, validUntil, validForSeconds }: Schedule, purpose: ConsentPurpose, hours: ActiveHours | null, now: Date): Departing {
  const wanted = sendAt === 'best' ? bestSendAt(hours, now) : (sendAt ?? null);
  const at = wanted !== null && wanted > now ? wanted : null;
  const given = validUntil ? secondsBetween((at ?? now).getTime(), validUntil) : (validForSeconds ?? null);
  const seconds = given === null ? null : Math.max(LEAST_VALID_SECONDS, given);
  if (purpose !== 'authentication') return { sendAt: at, validSeconds: seconds };
  return { sendAt: at, validSeconds: Math.min(AUTHENTICATION_VALID_SECONDS, seconds ?? AUTHENTICATION_VALID_SECONDS) };
}

/**
 * The hour of the next day in which the person is most active; each hour counts with half of its neighbours, so that one
 * chance reading at night does not outweigh a habit, and of equal hours the next one wins. Null: at once, because this is
 * that hour, or because too little is known.
 */
export function bestSendAt(hours: ActiveHours | null, now: Date): Date | null {
  if (!hours || hours.reduce((sum, count) => sum + count, 0) < LEAST_OBSERVATIONS) return null;
  const of = (hour: number): number => hours[(hour + DAY_HOURS) % DAY_HOURS] ?? 0;
  const current = now.getUTCHours();
  let best = 0;
  let most = -1;
  for (let ahead = 0; ahead < DAY_HOURS; ahead += 1) {
    const hour = current + ahead;
    const activity = of(hour) + (of(hour - 1) + of(hour + 1)) / 2;
    if (activity > most) [best, most] = [ahead, activity];
  }
  return best === 0 ? null : new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS + best * HOUR_MS);
}

function secondsBetween(fromMs: number, until: Date): number {
  return Math.floor((until.getTime() - fromMs) / SECOND_MS);
}
