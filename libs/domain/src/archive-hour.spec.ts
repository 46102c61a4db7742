import { isArchiveHour } from './archive-hour.js';

const QUARTERS = Array.from({ length: 96 }, (_, quarter) => quarter * 15 * 60_000);

/** The quarters of a day (UTC, from noon to noon) in which the archive is opened. */
const quartersOf = (timeZone: string, noonBefore: string): string[] =>
  QUARTERS.map((ms) => new Date(Date.parse(noonBefore) + ms)).filter((at) => isArchiveHour(timeZone, at)).map((at) => at.toISOString().slice(11, 16));

describe('the hour of the archive', () => {
  it('is the one after 01:00 by the clock of the zone', () => {
    expect(quartersOf('Europe/Bucharest', '2026-11-20T12:00:00Z')).toEqual(['23:00', '23:15', '23:30', '23:45']);
    expect(quartersOf('Asia/Kathmandu', '2026-11-20T12:00:00Z')).toEqual(['19:15', '19:30', '19:45', '20:00']);
  });

  it('comes once on days on which clocks jump over it, and on those that have it twice', () => {
    // London goes from 01:00 to 02:00 on the last Sunday of March, and back from 02:00 to 01:00 in October.
    expect(quartersOf('Europe/London', '2026-03-28T12:00:00Z')).toEqual(['01:00', '01:15', '01:30', '01:45']);
    expect(quartersOf('Europe/London', '2026-10-24T12:00:00Z')).toEqual(['00:00', '00:15', '00:30', '00:45']);
  });
});
