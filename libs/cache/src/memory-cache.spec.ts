import { MemoryCache } from './memory-cache.js';

function setUp(maxEntries = 10) {
  const clock = { ms: 0 };
  return { clock, cache: new MemoryCache<number | null>({ ttlMs: 100, maxEntries, nowMs: () => clock.ms }) };
}

describe('MemoryCache', () => {
  it('loads once within the time to live, for all who ask at once, and null is a value', async () => {
    const { cache, clock } = setUp();
    let loads = 0;
    const load = async () => {
      loads += 1;
      return null;
    };
    expect(await Promise.all([cache.get('a', load), cache.get('a', load)])).toEqual([null, null]);
    await cache.get('a', load);
    expect(loads).toBe(1);
    clock.ms = 100;
    await cache.get('a', load);
    expect(loads).toBe(2);
  });

  it('keeps the old value when a load fails', async () => {
    const { cache, clock } = setUp();
    cache.set('a', 1);
    clock.ms = 100;
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(cache.fresh('a')).toBeUndefined();
    expect(cache.last('a')).toBe(1);
    expect(await cache.get('a', async () => 2)).toBe(2);
  });

  it('does not take a load that began before the value was forgotten', async () => {
    const { cache } = setUp();
    let finish: (value: number) => void = () => {};
    const slow = cache.get('a', () => new Promise<number>((resolve) => (finish = resolve)));
    cache.forget('a');
    finish(1);
    expect(await slow).toBe(1);
    expect(cache.last('a')).toBeUndefined();
  });

  it('pushes out what was loaded longest ago', () => {
    const { cache } = setUp(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('a', 3);
    cache.set('c', 4);
    expect([cache.last('a'), cache.last('b'), cache.last('c')]).toEqual([3, undefined, 4]);
  });
});
