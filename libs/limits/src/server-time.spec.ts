import fc from 'fast-check';
import { ServerTime } from './server-time.js';

const OFFSET_US = 1_700_000_000_000_000;

describe('ServerTime', () => {
  it('is never wrong by more than half the fastest round trip of the last seconds', () => {
    const anyTrips = fc.array(fc.record({ outMs: fc.nat(40), backMs: fc.nat(40), pauseMs: fc.nat(300) }), {
      minLength: 1,
      maxLength: 10,
    });
    const property = fc.property(anyTrips, (trips) => {
      const time = new ServerTime();
      let nowMs = 0;
      let fastest = Infinity;
      for (const { outMs, backMs, pauseMs } of trips) {
        const sentMs = (nowMs += pauseMs);
        nowMs += outMs + backMs;
        time.observe({ sentMs, receivedMs: nowMs, serverUs: OFFSET_US + (sentMs + outMs) * 1_000 });
        fastest = Math.min(fastest, outMs + backMs);
      }
      expect(Math.abs(time.toLocalMs(OFFSET_US + nowMs * 1_000) - nowMs)).toBeLessThanOrEqual(fastest / 2 + 0.001);
    });
    fc.assert(property);
  });

  it('forgets a fast sample that is old, since clocks drift and are set', () => {
    const time = new ServerTime();
    time.observe({ sentMs: 0, receivedMs: 1, serverUs: OFFSET_US });
    time.observe({ sentMs: 6_000, receivedMs: 6_010, serverUs: OFFSET_US + 7_000_000 });
    expect(time.toLocalMs(OFFSET_US + 7_000_000)).toBe(6_005);
  });

  it('leads by what the last answer took, and knows nothing before one', () => {
    const time = new ServerTime();
    expect(time.leadMs).toBe(0);
    expect(() => time.toLocalMs(OFFSET_US)).toThrow('has not been heard of');
    time.observe({ sentMs: 0, receivedMs: 3, serverUs: OFFSET_US });
    time.observe({ sentMs: 10, receivedMs: 35, serverUs: OFFSET_US });
    expect(time.leadMs).toBe(25);
  });
});
