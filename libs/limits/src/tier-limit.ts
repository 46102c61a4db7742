const THOUSAND = 1_000;

/**
 * How many people a portfolio may write to in 24 hours outside the service window, by Meta's name of its limit: `TIER_50`,
 * `TIER_2K`, `TIER_UNLIMITED`. null: no limit, or none that we know of; Meta then says when it is reached.
 */
export function tierLimit(tier: string | null): number | null {
  const [, digits, thousands] = /^TIER_(\d{1,7})(K?)$/.exec(tier ?? '') ?? [];
  return digits === undefined ? null : Number(digits) * (thousands ? THOUSAND : 1);
}
