import type { LedgerWork } from './inbound-item.js';
import { shareOut } from './lanes.js';

const workOf = (nth: number, phoneNumberId: string | null) => ({ eventId: String(nth), item: { phoneNumberId } }) as LedgerWork;
const placeOf = ({ eventId }: LedgerWork): number => Number(eventId);

describe('shareOut', () => {
  it('keeps what concerns one number in one lane, in its order, and loses nothing', () => {
    const works = Array.from({ length: 1_000 }, (_, nth) => workOf(nth, nth % 10 === 9 ? null : `10000${nth % 7}`));
    const { lanes, rest } = shareOut(works);
    expect(lanes).toHaveLength(3);
    expect([...lanes.flat(), ...rest].map(placeOf).sort((a, b) => a - b)).toEqual(works.map(placeOf));
    expect(rest.every(({ item }) => item.phoneNumberId === null)).toBe(true);
    for (const lane of lanes) expect(lane.map(placeOf)).toEqual(lane.map(placeOf).sort((a, b) => a - b));
    for (let number = 0; number < 7; number += 1) {
      expect(lanes.filter((lane) => lane.some(({ item }) => item.phoneNumberId === `10000${number}`))).toHaveLength(1);
    }
  });

  it('gives few items no lane', () => {
    expect(shareOut(Array.from({ length: 499 }, (_, nth) => workOf(nth, `${nth}`))).lanes).toEqual([]);
  });
});
