import type { FieldError } from '../domain-error.js';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** From and to as `HH:MM` of the tenant's clock; `24:00` is the end of the day. Open past midnight: one to 24:00, the next day's from 00:00. */
export interface OpenInterval {
  from: string;
  to: string;
}

/** A day with hours of its own. */
export interface Holiday {
  /** `YYYY-MM-DD` of the tenant's clock. */
  date: string;
  name?: string;
  /** Empty or missing: closed all day. */
  open?: OpenInterval[];
}

/** When somebody answers. Without any hours the tenant is always open. */
export interface BusinessHoursSettings {
  weekly: Partial<Record<Weekday, OpenInterval[]>>;
  holidays: Holiday[];
}

export const DEFAULT_BUSINESS_HOURS: BusinessHoursSettings = { weekly: {}, holidays: [] };

/** Intervals must run forwards, in order, and apart; a day has hours of its own once. */
export function checkBusinessHours({ weekly, holidays }: BusinessHoursSettings): FieldError[] {
  const seen = new Set<string>();
  return [
    ...WEEKDAYS.flatMap((day) => checkIntervals(`/weekly/${day}`, weekly[day] ?? [])),
    ...holidays.flatMap(({ date, open = [] }, at) => {
      const faults = checkIntervals(`/holidays/${at}/open`, open);
      if (seen.has(date)) faults.push(invalid(`/holidays/${at}/date`, `${date} is there twice.`));
      seen.add(date);
      return faults;
    }),
  ];
}

// HH:MM compares as text.
function checkIntervals(pointer: string, intervals: readonly OpenInterval[]): FieldError[] {
  return intervals.flatMap(({ from, to }, at) => {
    const before = intervals[at - 1];
    if (to <= from) return [invalid(`${pointer}/${at}/to`, 'This must be later than from; hours past midnight belong to the next day.')];
    return before && from < before.to ? [invalid(`${pointer}/${at}/from`, 'Intervals must be in order and may not overlap.')] : [];
  });
}

const invalid = (pointer: string, detail: string): FieldError => ({ pointer, code: 'field.invalid', detail });
