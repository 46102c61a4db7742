/** Runs work on every item, so many at a time; results by position. */
export async function inParallel<Item, Result>(items: readonly Item[], width: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array<Result>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

/** The smallest value that at least this share of the values does not exceed. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The most events that any window of one second holds. @param timesMs in any order @param windowMs another window than a second */
export function worstSecond(timesMs: readonly number[], windowMs = 1_000): number {
  const times = [...timesMs].sort((one, other) => one - other);
  let worst = 0;
  let first = 0;
  for (const [at, time] of times.entries()) {
    while (time - times[first]! >= windowMs) first += 1;
    worst = Math.max(worst, at - first + 1);
  }
  return worst;
}

/** Random whole numbers from a seed, so that a failing run can be run again: mulberry32. */
export function seededRandom(seed: number): (least: number, most: number) => number {
  let state = seed >>> 0;
  return (least, most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) % (most - least + 1));
  };
}
