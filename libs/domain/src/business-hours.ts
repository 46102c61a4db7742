import { tzOffset } from '@date-fns/tz';
import { WEEKDAYS, type BusinessHoursSettings, type OpenInterval } from './settings/business-hours-settings.js';

/** When somebody answers, with the clock by which that is meant (an IANA zone). */
export interface BusinessHours extends BusinessHoursSettings {
  timeZone: string;
}

/** A stretch of open time in milliseconds since 1970; the end belongs to it no more. */
interface Span {
  from: number;
  to: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Hours that have not opened for so long do not open any more. */
const HORIZON_DAYS = 400;
const ALL_DAY: readonly OpenInterval[] = [{ from: '00:00', to: '24:00' }];
/** WEEKDAYS begins with Monday, getUTCDay with Sunday. */
const SUNDAY_FIRST = [WEEKDAYS[6], ...WEEKDAYS.slice(0, 6)] as const;

/** Whether somebody answers at this moment. Without any weekly hours it is always open, holidays excepted. */
export function isOpen(hours: BusinessHours, at: Date): boolean {
  if (isAlwaysOpen(hours)) return true;
  const ms = at.getTime();
  for (const span of spansFrom(hours, ms)) {
    if (span.from > ms) return false;
    if (span.to > ms) return true;
  }
  return false;
}

/** The moment at which so many minutes of business are over; null where it does not open that long within a year. */
export function addBusinessMinutes(hours: BusinessHours, at: Date, minutes: number): Date | null {
  let left = minutes * MINUTE_MS;
  if (isAlwaysOpen(hours)) return new Date(at.getTime() + left);
  for (const span of spansFrom(hours, at.getTime())) {
    if (left <= span.to - span.from) return new Date(span.from + left);
    left -= span.to - span.from;
  }
  return null;
}

/** How many minutes of business lie between two moments; 0 where the second is not the later one. */
export function businessMinutesBetween(hours: BusinessHours, from: Date, to: Date): number {
  const end = to.getTime();
  if (isAlwaysOpen(hours)) return Math.max(0, end - from.getTime()) / MINUTE_MS;
  let total = 0;
  for (const span of spansFrom(hours, from.getTime(), end)) total += Math.max(0, Math.min(span.to, end) - span.from);
  return total / MINUTE_MS;
}

const hasWeeklyHours = ({ weekly }: BusinessHours): boolean => WEEKDAYS.some((day) => (weekly[day]?.length ?? 0) > 0);

const isAlwaysOpen = (hours: BusinessHours): boolean => hours.holidays.length === 0 && !hasWeeklyHours(hours);

/** The open stretches from a moment on, in order and apart: days of the zone's calendar, so that a change of clocks counts as it is. */
function* spansFrom(hours: BusinessHours, from: number, until = from + HORIZON_DAYS * DAY_MS): Generator<Span> {
  const { timeZone } = hours;
  const local = from + offsetMs(timeZone, from);
  for (let day = local - mod(local, DAY_MS); instantOfWall(timeZone, day) < until; day += DAY_MS) {
    for (const { from: opens, to: closes } of intervalsOf(hours, day)) {
      const span = { from: Math.max(from, instantOfWall(timeZone, day + msOf(opens))), to: instantOfWall(timeZone, day + msOf(closes)) };
      if (span.from < span.to) yield span;
    }
  }
}

const mod = (value: number, by: number): number => ((value % by) + by) % by;

/** @param day midnight of the wall clock, as if it were UTC */
function intervalsOf(hours: BusinessHours, day: number): readonly OpenInterval[] {
  const date = new Date(day).toISOString().slice(0, 10);
  const holiday = hours.holidays.find((one) => one.date === date);
  if (holiday) return holiday.open ?? [];
  if (!hasWeeklyHours(hours)) return ALL_DAY;
  return hours.weekly[SUNDAY_FIRST[new Date(day).getUTCDay()]!] ?? [];
}

/** `HH:MM` in milliseconds since midnight. */
const msOf = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE_MS;

const offsetMs = (timeZone: string, at: number): number => tzOffset(timeZone, new Date(at)) * MINUTE_MS;

/**
 * The first moment at which the zone's clock shows this time or a later one: where clocks are put forward, the jump; where
 * they show a time twice, the first of both. So later times of the wall never come earlier, whatever the clocks do.
 * @param wall the wall clock's time, as if it were UTC
 */
function instantOfWall(timeZone: string, wall: number): number {
  const [before, after] = [offsetMs(timeZone, wall - DAY_MS), offsetMs(timeZone, wall + DAY_MS)];
  const [early, late] = [wall - before, wall - after];
  if (before === after || offsetMs(timeZone, early) === before) return early;
  if (offsetMs(timeZone, late) === after) return late;
  return jumpBetween(timeZone, late, early, before);
}

/** Where the offset stops being the one before, to the millisecond. */
function jumpBetween(timeZone: string, from: number, to: number, before: number): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
