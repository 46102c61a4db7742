import { tzOffset } from '@date-fns/tz';

/** When a campaign's recipients get their message. */
export type CampaignSchedule =
  | { kind: 'now' }
  /** ISO 8601 with an offset. */
  | { kind: 'at'; at: string }
  /** A wall clock's `2026-12-01T10:00`, in the time zone of each recipient; where that is over, at once. */
  | { kind: 'local'; localTime: string };

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Whether the text is `YYYY-MM-DDTHH:MM` and a day of the calendar. */
export function isLocalTime(text: string): boolean {
  const wall = wallClock(text);
  return wall !== null && new Date(wall).toISOString().startsWith(text);
}

/** Whether this machine's calendar knows the time zone, such as `Europe/Bucharest`. */
export function isTimeZone(name: string): boolean {
  return name.length <= 64 && /^[A-Za-z]/.test(name) && !Number.isNaN(tzOffset(name, new Date(0)));
}

/**
 * The instant of a wall clock's time in a zone. A time that the clocks skip is the same span later (03:30 becomes 04:30);
 * one that they show twice is the first of both.
 */
export function instantOfLocal(localTime: string, timeZone: string): Date {
  const wall = wallClock(localTime) ?? NaN;
  const [before, after] = [offsetMs(timeZone, wall - DAY_MS), offsetMs(timeZone, wall + DAY_MS)];
  const isShownAt = (offset: number): boolean => offsetMs(timeZone, wall - offset) === offset;
  return new Date(wall - (isShownAt(before) || !isShownAt(after) ? before : after));
}

/** When the recipients of a zone are due; null: at once. */
export function dueIn(schedule: CampaignSchedule, timeZone: string): Date | null {
  if (schedule.kind === 'now') return null;
  return schedule.kind === 'at' ? new Date(schedule.at) : instantOfLocal(schedule.localTime, timeZone);
}

/**
 * The zone of a country (ISO 3166), or null where none is known. A country with several clocks is taken for the tenant's
 * zone where that is one of them, else for the one in the middle: nobody's night is far off.
 */
export function timeZoneOfCountry(country: string, tenantZone: string, now: Date): string | null {
  const zones = zonesOfCountry(country);
  if (zones.length < 2 || zones.includes(tenantZone)) return zones.length < 2 ? (zones[0] ?? null) : tenantZone;
  const byClock = [...zones].sort((one, other) => tzOffset(one, now) - tzOffset(other, now));
  return byClock[Math.floor(byClock.length / 2)] ?? null;
}

const KNOWN = new Map<string, readonly string[]>();

/** ECMA-402's Locale Info, which TypeScript's library does not know yet. */
interface LocaleInfo {
  getTimeZones?(): readonly string[] | undefined;
}

function zonesOfCountry(country: string): readonly string[] {
  const known = KNOWN.get(country);
  if (known) return known;
  const zones = (new Intl.Locale(`und-${country}`) as LocaleInfo).getTimeZones?.() ?? [];
  KNOWN.set(country, zones);
  return zones;
}

function wallClock(text: string): number | null {
  const [, year, month, day, hour, minute] = LOCAL_TIME.exec(text)?.map(Number) ?? [];
  return year === undefined ? null : Date.UTC(year, (month ?? 1) - 1, day, hour, minute);
}

const offsetMs = (timeZone: string, at: number): number => tzOffset(timeZone, new Date(at)) * MINUTE_MS;
