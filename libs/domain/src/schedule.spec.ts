import { bestSendAt, checkSchedule, departing, readSendAt, type Schedule } from './schedule.js';

const NOW = new Date('2026-11-21T10:20:00Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const DAY = 86_400;

const at = (hours: Record<number, number>) => Array.from({ length: 24 }, (_, hour) => hours[hour] ?? 0);

describe('checkSchedule', () => {
  const pointers = (schedule: Schedule) => checkSchedule(schedule, NOW).map(({ pointer }) => pointer);

  it.each<[string, Schedule]>([
    ['nothing', {}],
    ['a time in 30 days', { sendAt: after(30 * DAY) }],
    ['the best time', { sendAt: 'best' }],
    ['now, by a clock that is a little behind', { sendAt: after(-59) }],
    ['a validity of half a minute', { validForSeconds: 30 }],
    ['an end after a later start', { sendAt: after(DAY), validUntil: after(DAY + 3_600) }],
  ])('takes %s', (_, schedule) => {
    expect(pointers(schedule)).toEqual([]);
  });

  it.each<[string, Schedule, string]>([
    ['the past', { sendAt: after(-61) }, '/sendAt'],
    ['more than 30 days', { sendAt: after(30 * DAY + 1) }, '/sendAt'],
    ['what is no time', { sendAt: readSendAt('tomorrow') }, '/sendAt'],
    ['an end before the start', { sendAt: after(DAY), validUntil: after(3_600) }, '/validUntil'],
    ['an end that is no time', { validUntil: new Date('soon') }, '/validUntil'],
    ['a second', { validForSeconds: 1 }, '/validForSeconds'],
    ['half a second', { validForSeconds: 30.5 }, '/validForSeconds'],
    ['two ends', { validForSeconds: 60, validUntil: after(60) }, '/validForSeconds'],
  ])('refuses %s', (_, schedule, pointer) => {
    expect(pointers(schedule)).toContain(pointer);
  });
});

describe('departing', () => {
  it('counts validity from the time of leaving', () => {
    expect(departing({ sendAt: after(DAY), validUntil: after(DAY + 90) }, 'marketing', null, NOW)).toEqual({ sendAt: after(DAY), validSeconds: 90 });
    expect(departing({ validForSeconds: 90 }, 'utility', null, NOW)).toEqual({ sendAt: null, validSeconds: 90 });
    expect(departing({}, 'utility', null, NOW)).toEqual({ sendAt: null, validSeconds: null });
  });

  it('lets a code live for ten minutes and no longer', () => {
    const seconds = (schedule: Schedule) => departing(schedule, 'authentication', null, NOW).validSeconds;
    expect([seconds({}), seconds({ validForSeconds: DAY }), seconds({ validForSeconds: 60 })]).toEqual([600, 600, 60]);
  });
});

describe('bestSendAt', () => {
  it('is the hour in which the person is most active, within a day', () => {
    expect(bestSendAt(at({ 18: 5, 8: 4 }), NOW)).toEqual(new Date('2026-11-21T18:00:00Z'));
    expect(bestSendAt(at({ 8: 5, 18: 4 }), NOW)).toEqual(new Date('2026-11-22T08:00:00Z'));
  });

  it('prefers a habit over one busy hour by chance, and of equal hours the next', () => {
    expect(bestSendAt(at({ 3: 4, 12: 3, 13: 3, 14: 3 }), NOW)).toEqual(new Date('2026-11-21T13:00:00Z'));
    expect(bestSendAt(at({ 11: 3, 20: 3 }), NOW)).toEqual(new Date('2026-11-21T11:00:00Z'));
  });

  it('is now when this is that hour, or when too little is known', () => {
    expect(bestSendAt(at({ 10: 9 }), NOW)).toBeNull();
    expect(bestSendAt(at({ 18: 2 }), NOW)).toBeNull();
    expect(bestSendAt(null, NOW)).toBeNull();
  });
});
