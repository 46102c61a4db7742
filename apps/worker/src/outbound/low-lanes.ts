import { LANES } from '@parley/domain';

/** Of so many starts one belongs to the lanes that would not have had any. */
const SHARE = 8;

/** A claim for the lanes below a flood. */
export interface LowClaim {
  fromLane: number;
  limit: number;
}

/** What the last claim in the order of lanes came to. */
export interface LastClaim {
  lanes: readonly number[];
  limit: number;
  departed: number;
  emptyFrom?: number;
}

/**
 * What the lanes below have a right to after a claim in the order of lanes; null for nothing. Only a claim that was full
 * before the last lane leaves any without: then one start in eight is theirs, in expectation, and each of them is the
 * first to be asked as often as the others, so that none starves.
 * @param last lanes of the claimed rows, and how many of them left; from `emptyFrom` on nothing is due
 * @param random numbers in [0, 1)
 */
export function lowClaimAfter({ lanes, limit, departed, emptyFrom = Infinity }: LastClaim, random: () => number): LowClaim | null {
  const below = Math.max(...lanes) + 1;
  const last = Math.min(LANES.marketing, emptyFrom - 1);
  if (lanes.length < limit || below > last || departed === 0) return null;
  const most = Math.max(1, Math.floor(departed / SHARE));
  if (random() * most >= departed / SHARE) return null;
  return { fromLane: below + Math.floor(random() * (last - below + 1)), limit: most };
}
