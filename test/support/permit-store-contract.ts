import type { PermitStore, Reservation, ReserveRequest } from '@parley/limits';

/** A store under test, and what only a test may do with it. */
export interface PermitStoreUnderTest {
  readonly store: PermitStore;
  /** A number of its own for each test. */
  newNumber(): Promise<string>;
  /** A tenant and one of its contacts, for the number. */
  newPair(numberId: string): Promise<{ tenantId: string; contactId: string }>;
  /** What was granted to the pair left: the store may read of it in the messages. */
  leave(numberId: string, pair: { tenantId: string; contactId: string }, count: number): Promise<void>;
  /** Slows the number down to this share of its rate, so long ago. */
  slow(numberId: string, share: number, agoMs: number): Promise<void>;
  /** Sets the next free start to so much after the store's now. */
  forceNext(numberId: string, aheadUs: number): Promise<void>;
}

const SECOND_US = 1_000_000;
const QUIET_US = 2 * SECOND_US;
/** Ten a second: long enough for calls to meet within one interval. */
const INTERVAL_US = 100_000;

/** What every PermitStore owes to SendPermits. */
export function permitStoreContract(name: string, open: () => Promise<PermitStoreUnderTest>): void {
  describe(`the permit store ${name}`, () => {
    let tested: PermitStoreUnderTest;
    let numberId: string;
    beforeAll(async () => {
      tested = await open();
    });
    beforeEach(async () => {
      numberId = await tested.newNumber();
    });

    const reserve = (changes: Partial<ReserveRequest> = {}): Promise<Reservation> =>
      tested.store.reserve({
        numberId,
        count: 1,
        intervalUs: INTERVAL_US,
        leadUs: 0,
        horizonUs: SECOND_US,
        quietUs: QUIET_US,
        quiet: 'never',
        ...changes,
      });

    it('gives no two callers starts closer than the interval, and wastes none', async () => {
      const counts = [1, 3, 2, 1, 4, 1];
      const reservations = await Promise.all(counts.map((count) => reserve({ count })));
      const starts = reservations.flatMap(startsOf).sort((one, other) => one - other);
      const gaps = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(INTERVAL_US - 1);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(INTERVAL_US + 1);
      expect(starts.length).toBeGreaterThanOrEqual(11);
    });

    it('gives out no start beyond the horizon', async () => {
      const full = await reserve({ count: 50 });
      expect(full.granted).toBe(11);
      expect(startsOf(full).every((start) => start <= full.nowUs + SECOND_US)).toBe(true);
      const next = await reserve({ count: 1, horizonUs: SECOND_US / 2 });
      expect(next.granted).toBe(0);
      expect(next.firstAtUs).toBeGreaterThan(next.nowUs + SECOND_US / 2);
    });

    it('starts at once where nothing was sent for a while, and saves nothing up', async () => {
      await tested.forceNext(numberId, -60 * SECOND_US);
      const { nowUs, firstAtUs, granted } = await reserve({ count: 2 });
      expect(granted).toBe(2);
      expect(Math.abs(firstAtUs - nowUs)).toBeLessThanOrEqual(1);
    });

    it('keeps the lead', async () => {
      const { nowUs, firstAtUs } = await reserve({ leadUs: 30_000 });
      expect(Math.abs(firstAtUs - nowUs - 30_000)).toBeLessThanOrEqual(1);
    });

    it('starts with an empty window for a number that it does not know, unless that is new', async () => {
      const first = await reserve({ quiet: 'unless-known' });
      expect(first.granted).toBe(0);
      expect(first.firstAtUs).toBeGreaterThanOrEqual(first.nowUs + QUIET_US - 1);
      const again = await reserve({ quiet: 'unless-known' });
      // The window empties while one waits, and is not prolonged by asking.
      expect(Math.abs(again.firstAtUs - first.firstAtUs)).toBeLessThanOrEqual(1);

      numberId = await tested.newNumber();
      await expect(reserve({ quiet: 'never' })).resolves.toMatchObject({ granted: 1 });
    });

    it('starts with an empty window where the other backend counted before', async () => {
      await reserve();
      const changed = await reserve({ quiet: 'always' });
      expect(changed.granted).toBe(0);
      expect(changed.firstAtUs).toBeGreaterThanOrEqual(changed.nowUs + QUIET_US - 1);
      const next = await reserve({ quiet: 'unless-known' });
      expect(Math.abs(next.firstAtUs - changed.firstAtUs)).toBeLessThanOrEqual(1);
    });

    it('lets a pair borrow 45 messages, then one each 6 seconds, and nobody else waits for it', async () => {
      const pair = await tested.newPair(numberId);
      const { tenantId } = pair;
      let granted = 0;
      // Longer than the burst, and each set with a neighbour: 5 ms apart, so that the window never binds.
      for (let set = 0; set < 50; set += 1) {
        const neighbour = await tested.newPair(numberId);
        const pairs = { tenantId, contactIds: [pair.contactId, neighbour.contactId] };
        const { pairWaitsUs, granted: starts } = await reserve({ count: 2, intervalUs: 1_000, pairs });
        expect(pairWaitsUs[1]).toBe(0);
        expect(starts).toBe(pairWaitsUs[0] === 0 ? 2 : 1);
        if (pairWaitsUs[0] === 0) granted += 1;
        else expect(pairWaitsUs[0]).toBeGreaterThan(0);
        if (pairWaitsUs[0] === 0) await tested.leave(numberId, pair, 1);
      }
      expect(granted).toBe(45);
      const { pairWaitsUs } = await reserve({ intervalUs: 1_000, pairs: { tenantId, contactIds: [pair.contactId] } });
      expect(pairWaitsUs[0]).toBeGreaterThan(1 * SECOND_US);
      expect(pairWaitsUs[0]).toBeLessThanOrEqual(6 * SECOND_US);
    });

    it('gives starts in the order of those pairs that may send', async () => {
      const [spent, free] = [await tested.newPair(numberId), await tested.newPair(numberId)];
      const { tenantId } = spent;
      for (let sent = 0; sent < 45; sent += 1) {
        await reserve({ intervalUs: 1_000, pairs: { tenantId, contactIds: [spent.contactId] } });
      }
      await tested.leave(numberId, spent, 45);
      const pairs = { tenantId, contactIds: [spent.contactId, free.contactId] };
      const { granted, pairWaitsUs } = await reserve({ count: 2, intervalUs: 1_000, pairs });
      expect(granted).toBe(1);
      expect(pairWaitsUs.map((waitUs) => waitUs > 0)).toEqual([true, false]);
    });

    it.each([
      [1 / 2, 0, 2],
      [1 / 2, 10_500, 8 / 5],
      [1 / 16, 0, 16],
      [1 / 2, 60_000, 1],
    ])('sends at %d of the rate after a slow-down %d ms ago, and comes back by an eighth each ten seconds', async (share, agoMs, factor) => {
      await reserve();
      await tested.slow(numberId, share, agoMs);
      const { intervalUs } = await reserve();
      expect(Math.abs(intervalUs - INTERVAL_US * factor)).toBeLessThanOrEqual(1);
      const first = await reserve({ count: 3 });
      const next = await reserve();
      expect(Math.abs(next.firstAtUs - first.firstAtUs - first.granted * first.intervalUs)).toBeLessThanOrEqual(2);
    });

    it('counts what came in as it counts what goes out, up to a furthest start', async () => {
      // Both stores know the number's own rate: ten a second.
      const before = await reserve();
      await tested.store.countInbound(numberId, 3, QUIET_US);
      const after = await reserve();
      expect(Math.abs(after.firstAtUs - before.firstAtUs - 4 * INTERVAL_US)).toBeLessThan(INTERVAL_US);
      await tested.store.countInbound(numberId, 1_000, QUIET_US);
      const flooded = await reserve();
      expect(flooded.granted).toBe(0);
      expect(flooded.firstAtUs - flooded.nowUs).toBeLessThanOrEqual(QUIET_US + 1);
    });

    it('keeps the window of business-initiated messages apart from that of the number', async () => {
      await reserve({ count: 5 });
      const business = await reserve({ window: 'business', count: 3 });
      expect(Math.abs(business.firstAtUs - business.nowUs)).toBeLessThanOrEqual(1);
      expect(business.granted).toBe(3);
      const next = await reserve({ window: 'business' });
      expect(Math.abs(next.firstAtUs - business.firstAtUs - 3 * INTERVAL_US)).toBeLessThanOrEqual(1);
    });

    it('is not stopped by a clock that was set back', async () => {
      await tested.forceNext(numberId, 3_600 * SECOND_US);
      const { nowUs, firstAtUs } = await reserve({ quiet: 'unless-known' });
      expect(Math.abs(firstAtUs - nowUs - QUIET_US)).toBeLessThanOrEqual(1);
    });
  });
}

function startsOf({ firstAtUs, granted }: Reservation): number[] {
  return Array.from({ length: granted }, (_, index) => firstAtUs + index * INTERVAL_US);
}
