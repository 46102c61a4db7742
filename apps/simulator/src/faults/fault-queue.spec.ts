import { SeededRandom } from '../random/seeded-random.js';
import { Clock } from '../state/clock.js';
import { NO_FAULT, type Fault } from './fault.js';
import { FaultQueue } from './fault-queue.js';

describe('FaultQueue', () => {
  let clock: Clock;
  let queue: FaultQueue;

  beforeEach(() => {
    clock = new Clock();
    queue = new FaultQueue(clock, new SeededRandom(3));
  });

  const add = (fault: Partial<Fault> = {}): Fault =>
    queue.add({ ...NO_FAULT, kind: 'error', match: {}, share: 1, endsAtMs: null, remaining: 1, ...fault });

  it('gives each send the first fault that matches it, until that is used up', () => {
    add({ match: { to: '5511' }, code: 1 });
    add({ code: 2, remaining: 2 });
    const codes = ['5512', '5511', '5511', '5511'].map((to) => queue.take('1', to)?.code);
    expect(codes).toEqual([2, 1, 2, undefined]);
  });

  it('ends a fault by the clock, used up or not', () => {
    add({ endsAtMs: clock.nowMs() + 60_000, remaining: 100 });
    expect(queue.take('1', '5511')).toBeDefined();
    clock.advance(60_000);
    expect(queue.take('1', '5511')).toBeUndefined();
    expect(queue.list()).toEqual([]);
  });

  it('keeps faults of paths and of sends apart, and lets no accepting one strike a path', () => {
    add({ match: { path: '/media' }, code: 1 });
    add({ match: { path: '/media' }, kind: 'slow' });
    expect(queue.take('1', '5511')).toBeUndefined();
    expect(queue.takeForPath('/123/messages')).toBeUndefined();
    expect([queue.takeForPath('/123/media')?.code, queue.takeForPath('/123/media')]).toEqual([1, undefined]);
  });

  it('strikes about as often as its share says', () => {
    add({ share: 0.25, remaining: 10_000 });
    const struck = Array.from({ length: 4000 }, () => queue.take('1', '5511')).filter(Boolean).length;
    expect(struck).toBeGreaterThan(800);
    expect(struck).toBeLessThan(1200);
  });
});
