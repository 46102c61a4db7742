import { limiterBreaker } from './limiter-breaker.js';
import { QUIET_MS } from './pacing.js';
import type { PermitBackend, PermitStore, Reservation, ReserveRequest } from './permit-store.js';
import { SendPermits, type TakePermits } from './send-permits.js';

/** Answers what it is told, after a time on the clock of the spec. */
class ToldStore implements PermitStore {
  readonly asked: ReserveRequest[] = [];
  fails = false;
  inbound = 0;
  delayMs = 0;

  constructor(private readonly clock: { nowMs: number }) {}

  reserve(request: ReserveRequest): Promise<Reservation> {
    this.asked.push(request);
    if (this.fails) return Promise.reject(new Error('away'));
    const nowUs = this.clock.nowMs * 1_000;
    this.clock.nowMs += this.delayMs;
    const granted = request.quiet === 'always' ? 0 : request.count;
    const aheadUs = request.quiet === 'always' ? request.quietUs : request.leadUs;
    const pairWaitsUs = request.pairs?.contactIds.map(() => 0) ?? [];
    return Promise.resolve({ nowUs, firstAtUs: nowUs + aheadUs, granted, intervalUs: request.intervalUs, pairWaitsUs });
  }

  countInbound(_numberId: string, count: number): Promise<void> {
    if (this.fails) return Promise.reject(new Error('away'));
    this.inbound += count;
    return Promise.resolve();
  }

  refundPairs(): Promise<void> {
    return Promise.resolve();
  }
}

describe('SendPermits', () => {
  const clock = { nowMs: 1_000 };
  let redis: ToldStore;
  let database: ToldStore;
  let modes: PermitBackend[];
  let permits: SendPermits;
  const take = (changes: Partial<TakePermits> = {}): ReturnType<SendPermits['take']> =>
    permits.take({ numberId: 'n', perSecond: 80, count: 3, previousBackend: 'redis', ...changes });

  beforeEach(() => {
    redis = new ToldStore(clock);
    database = new ToldStore(clock);
    modes = [];
    const observeMode = (mode: PermitBackend): void => void modes.push(mode);
    permits = new SendPermits({ redis, database, breaker: limiterBreaker(), observeMode, nowMs: () => clock.nowMs });
  });

  it('spreads the starts evenly from the first one on', async () => {
    await expect(take()).resolves.toMatchObject({ startsAtMs: [0, 12.75, 25.5], backend: 'redis', retryAfterMs: 0 });
  });

  it('asks for an empty window where the other backend counted before, for none where nothing was ever sent', async () => {
    await take();
    await take({ previousBackend: null });
    const changed = await take({ previousBackend: 'database' });
    expect(redis.asked.map(({ quiet }) => quiet)).toEqual(['unless-known', 'never', 'always']);
    expect(redis.asked[0]?.quietUs).toBe(QUIET_MS * 1_000);
    expect(changed).toMatchObject({ startsAtMs: [], backend: 'redis', retryAfterMs: QUIET_MS - 1_000 });
  });

  it('gives up starts that passed while the answer was under way, and plans the next ones ahead of it', async () => {
    redis.delayMs = 60;
    // The answer is taken to have been given half way: the starts lay 30, 17.25 and 4.5 ms back.
    expect((await take()).startsAtMs).toEqual([-17.25, -4.5]);
    expect((await take()).startsAtMs).toEqual([30, 42.75, 55.5]);
    expect(redis.asked[1]?.leadUs).toBe(60_000);
  });

  it('stays with Redis after one failure, and goes to the database when it fails again and again', async () => {
    redis.fails = true;
    await expect(take()).resolves.toMatchObject({ startsAtMs: [], backend: 'redis', retryAfterMs: 20 });
    await take();
    expect(modes).toEqual([]);
    await expect(take()).resolves.toMatchObject({ backend: 'database', startsAtMs: [] });
    expect(modes).toEqual(['database']);
    await expect(take({ previousBackend: 'database' })).resolves.toMatchObject({
      backend: 'database',
      startsAtMs: [0, 12.75, 25.5],
    });
    expect(redis.asked).toHaveLength(3);
    expect(database.asked.map(({ quiet }) => quiet)).toEqual(['always', 'unless-known']);
  });

  it('counts what came in where the starts are counted', async () => {
    await permits.countInbound('n', 3);
    redis.fails = true;
    for (let call = 0; call < 3; call += 1) await take();
    await permits.countInbound('n', 5);
    expect([redis.inbound, database.inbound]).toEqual([3, 5]);
  });

  it('throws when neither answers', async () => {
    redis.fails = database.fails = true;
    await take();
    await take();
    await expect(take()).rejects.toThrow('away');
  });

  it.each([0, -1, 1.5])('refuses a count of %d', async (count) => {
    await take();
    await expect(permits.take({ numberId: 'n', perSecond: 80, count, previousBackend: 'redis' })).rejects.toThrow(
      RangeError,
    );
  });
});
