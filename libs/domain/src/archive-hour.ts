import { tzOffset } from '@date-fns/tz';
import { instantOfLocal } from './campaign-schedule.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Whether it struck 01:00 within the last hour by the clock of this zone: once a day, also on the days on which clocks jump over
 * that hour or show it twice.
 */
export function isArchiveHour(timeZone: string, now: Date): boolean {
  const local = new Date(now.getTime() + tzOffset(timeZone, now) * MINUTE_MS);
  const struckMs = now.getTime() - instantOfLocal(`${local.toISOString().slice(0, 10)}T01:00`, timeZone).getTime();
  return struckMs >= 0 && struckMs < HOUR_MS;
}
