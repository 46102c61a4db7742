import type { PermitStore, Reservation, ReserveRequest } from '@parley/limits';

/** A store under test, and what only a test may do with it. */
export interface PermitStoreUnderTest {
  readonly store: PermitStore;
  /** A number of its own for each test. */
  newNumber(): Promise<string>;
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
