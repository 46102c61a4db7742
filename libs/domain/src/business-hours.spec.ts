import fc from 'fast-check';
import { addBusinessMinutes, businessMinutesBetween, isOpen, type BusinessHours } from './business-hours.js';
import { WEEKDAYS, type OpenInterval } from './settings/business-hours-settings.js';

const lunchAndDinner: OpenInterval[] = [
  { from: '10:00', to: '14:00' },
  { from: '18:00', to: '22:00' },
];
const restaurant: BusinessHours = {
  timeZone: 'Europe/Bucharest',
  weekly: { tuesday: lunchAndDinner, wednesday: lunchAndDinner, thursday: lunchAndDinner, friday: lunchAndDinner },
  holidays: [{ date: '2026-12-25' }, { date: '2026-12-24', open: [{ from: '10:00', to: '12:00' }] }],
};
const allDay: BusinessHours = { timeZone: 'Europe/Bucharest', weekly: Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from: '00:00', to: '24:00' }]])), holidays: [] };

const at = (local: string): Date => new Date(local);
const added = (hours: BusinessHours, from: string, minutes: number) => addBusinessMinutes(hours, at(from), minutes)?.toISOString();

describe('business hours', () => {
  it('are open within their intervals, the end excepted', () => {
    const open = (local: string) => isOpen(restaurant, at(local));
    // A Tuesday; Bucharest is at UTC+2.
    expect(['09:59:59', '10:00:00', '13:59:59', '14:00:00', '18:00:00', '22:00:00'].map((time) => open(`2026-11-24T${time}+02:00`))).toEqual([
      false, true, true, false, true, false,
    ]);
    expect([open('2026-11-23T12:00:00+02:00'), open('2026-12-25T12:00:00+02:00')]).toEqual([false, false]);
    expect([open('2026-12-24T11:00:00+02:00'), open('2026-12-24T13:00:00+02:00')]).toEqual([true, false]);
  });

  it('go on in the next interval, the next day, and after a holiday', () => {
    expect(added(restaurant, '2026-11-24T13:30:00+02:00', 60)).toBe('2026-11-24T16:30:00.000Z');
    expect(added(restaurant, '2026-11-24T21:30:00+02:00', 60)).toBe('2026-11-25T08:30:00.000Z');
    // Friday night to Tuesday, and over Christmas to the Tuesday after.
    expect(added(restaurant, '2026-11-27T23:00:00+02:00', 1)).toBe('2026-12-01T08:01:00.000Z');
    expect(added(restaurant, '2026-12-24T11:30:00+02:00', 31)).toBe('2026-12-29T08:01:00.000Z');
  });

  it('without any hours are always open, but for holidays', () => {
    const always: BusinessHours = { timeZone: 'Europe/Bucharest', weekly: { monday: [] }, holidays: [] };
    expect(isOpen(always, at('2026-11-23T03:00:00Z'))).toBe(true);
    expect(added(always, '2026-12-24T23:00:00Z', 120)).toBe('2026-12-25T01:00:00.000Z');
    const christmas = { ...always, holidays: [{ date: '2026-12-25' }] };
    expect(isOpen(christmas, at('2026-12-25T12:00:00Z'))).toBe(false);
    expect(added(christmas, '2026-12-24T21:00:00Z', 120)).toBe('2026-12-25T23:00:00.000Z');
  });

  it('that never open again have no end', () => {
    const gone: BusinessHours = { timeZone: 'UTC', weekly: { monday: [{ from: '00:00', to: '00:01' }] }, holidays: [] };
    expect(addBusinessMinutes(gone, at('2026-11-24T00:00:00Z'), 1_000)).toBeNull();
  });

  it('count the hours that a day really has when clocks change', () => {
    const day = (hours: BusinessHours, date: string, next: string) => businessMinutesBetween(hours, at(date), at(next)) / 60;
    expect(day(allDay, '2026-03-29T00:00:00+02:00', '2026-03-30T00:00:00+03:00')).toBe(23);
    expect(day(allDay, '2026-10-25T00:00:00+03:00', '2026-10-26T00:00:00+02:00')).toBe(25);
    // 03:30 does not exist on the first of these days: what lies in the jump is no time at all. On the other it comes twice.
    const night = (from: string, to: string): BusinessHours => ({ timeZone: 'Europe/Bucharest', weekly: { sunday: [{ from, to }] }, holidays: [] });
    const spring = (from: string, to: string) => day(night(from, to), '2026-03-29T00:00:00+02:00', '2026-03-30T00:00:00+03:00');
    expect([spring('03:00', '03:30'), spring('03:30', '05:00'), spring('02:00', '05:00')]).toEqual([0, 1, 2]);
    const autumn = (from: string, to: string) => day(night(from, to), '2026-10-25T00:00:00+03:00', '2026-10-26T00:00:00+02:00');
    expect([autumn('03:00', '03:30'), autumn('02:00', '05:00')]).toEqual([0.5, 4]);
  });

  it('open at midnight where clocks jump over it', () => {
    const beirut: BusinessHours = { timeZone: 'Asia/Beirut', weekly: { sunday: [{ from: '00:00', to: '02:00' }] }, holidays: [] };
    expect(businessMinutesBetween(beirut, at('2026-03-28T20:00:00Z'), at('2026-03-29T05:00:00Z'))).toBe(60);
  });
});

describe('business hours of any kind', () => {
  const minuteOfDay = fc.integer({ min: 0, max: 1_440 });
  const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const intervals = fc.uniqueArray(minuteOfDay, { minLength: 2, maxLength: 6 }).map((bounds) => {
    const sorted = [...bounds].sort((one, other) => one - other);
    return Array.from({ length: Math.floor(sorted.length / 2) }, (_, pair) => ({ from: clock(sorted[2 * pair]!), to: clock(sorted[2 * pair + 1]!) }));
  });
  const hours: fc.Arbitrary<BusinessHours> = fc.record({
    timeZone: fc.constantFrom('Europe/Bucharest', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/St_Johns', 'UTC'),
    weekly: fc.dictionary(fc.constantFrom(...WEEKDAYS), intervals, { noNullPrototype: true }),
    holidays: fc.constantFrom([], [{ date: '2026-10-25' }], [{ date: '2026-03-30', open: [{ from: '00:00', to: '24:00' }] }]),
  });
  // Around the changes of clocks, where mistakes live.
  const moment = fc
    .tuple(fc.constantFrom('2026-03-27', '2026-04-04', '2026-04-23', '2026-10-03', '2026-10-23', '2026-10-30', '2026-06-01'), fc.integer({ min: 0, max: 5 * 1_440 }))
    .map(([date, minutes]) => new Date(Date.parse(`${date}T00:00:00Z`) + minutes * 60_000));

  it('what is added is what lies between', () => {
    fc.assert(
      fc.property(hours, moment, fc.integer({ min: 0, max: 2_000 }), (schedule, from, minutes) => {
        const until = addBusinessMinutes(schedule, from, minutes);
        if (until === null) return;
        expect(until.getTime()).toBeGreaterThanOrEqual(from.getTime());
        expect(businessMinutesBetween(schedule, from, until)).toBeCloseTo(minutes, 6);
      }),
    );
  });

  it('stretches add up, and a stretch is as long as it is open', () => {
    fc.assert(
      fc.property(hours, moment, fc.integer({ min: 0, max: 180 }), fc.integer({ min: 0, max: 180 }), (schedule, from, first, second) => {
        const minute = (count: number) => new Date(from.getTime() + count * 60_000);
        const whole = businessMinutesBetween(schedule, from, minute(first + second));
        const parts = businessMinutesBetween(schedule, from, minute(first)) + businessMinutesBetween(schedule, minute(first), minute(first + second));
        expect(whole).toBeCloseTo(parts, 6);
        const open = Array.from({ length: first }, (_, count) => isOpen(schedule, minute(count))).filter(Boolean).length;
        expect(businessMinutesBetween(schedule, from, minute(first))).toBeCloseTo(open, 6);
      }),
      { numRuns: 60 },
    );
  });
});
