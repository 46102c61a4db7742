import { lowClaimAfter } from './low-lanes.js';

const lanes = (lane: number, count = 16) => new Array<number>(count).fill(lane);

describe('lowClaimAfter', () => {
  it('gives nothing where no lane was left out: the set was not full, or reached the last lane', () => {
    expect(lowClaimAfter({ lanes: lanes(0, 15), limit: 16, departed: 15 }, () => 0)).toBeNull();
    expect(lowClaimAfter({ lanes: [...lanes(0, 15), 3], limit: 16, departed: 16 }, () => 0)).toBeNull();
    expect(lowClaimAfter({ lanes: lanes(1), limit: 16, departed: 0 }, () => 0)).toBeNull();
    expect(lowClaimAfter({ lanes: lanes(1), limit: 16, departed: 16, emptyFrom: 2 }, () => 0)).toBeNull();
    expect(lowClaimAfter({ lanes: lanes(1), limit: 16, departed: 16, emptyFrom: 3 }, () => 0)).toMatchObject({ fromLane: 2 });
  });

  it.each([1, 2, 7, 16, 64])('gives one start in eight, in expectation, where %d leave at a time', (departed) => {
    const draws = 8_000;
    let given = 0;
    for (let at = 0; at < draws; at += 1) given += lowClaimAfter({ lanes: lanes(0, 64), limit: 64, departed }, Math.random)?.limit ?? 0;
    expect(given / (draws * departed)).toBeGreaterThan(0.11);
    expect(given / (draws * departed)).toBeLessThan(0.14);
  });

  it('asks each lane below the flood first as often as the others', () => {
    const asked = [0, 0.4, 0.9].map((second) => {
      const draws = [0, second];
      return lowClaimAfter({ lanes: lanes(0), limit: 16, departed: 16 }, () => draws.shift()!)?.fromLane;
    });
    expect(asked).toEqual([1, 2, 3]);
  });
});
