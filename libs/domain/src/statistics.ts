/** What is counted of messages. `delivered` includes what was read; `failed` is what stands as failed now. */
export interface MessageCounts {
  received: number;
  accepted: number;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  expired: number;
  cancelled: number;
  /** Messages that Meta charges for. */
  charged: number;
  /** Of these, those whose price is not known: no country, or a category that the card does not have. */
  unpriced: number;
  /** In millionths of the currency. */
  costMicros: number;
}

export const NO_MESSAGES: MessageCounts = {
  received: 0, accepted: 0, sent: 0, delivered: 0, read: 0, failed: 0, expired: 0, cancelled: 0, charged: 0, unpriced: 0, costMicros: 0,
};

const COUNT_NAMES = Object.keys(NO_MESSAGES) as (keyof MessageCounts)[];

/** Adds them member by member. */
export function addCounts(one: MessageCounts, other: MessageCounts): MessageCounts {
  const sum = { ...NO_MESSAGES };
  for (const name of COUNT_NAMES) sum[name] = one[name] + other[name];
  return sum;
}

/** What part of the whole; null where there is no whole. To a hundredth of a per cent. */
export function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

export const DURATION_KINDS = ['first-response', 'response', 'resolution'] as const;

export type DurationKind = (typeof DURATION_KINDS)[number];

/**
 * Upper bounds of the histogram's steps, in seconds; the last step has none. Each is at most twice the one before, so that a
 * quantile is never off by more.
 */
export const DURATION_BOUNDS: readonly number[] = [
  10, 20, 40, 60, 120, 240, 450, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800, 345_600, 604_800,
];

/** Durations by the steps of DURATION_BOUNDS: one count for each, and one for what is longer than all of them. */
export type Histogram = readonly number[];

/** The time within which this share of them ended, in seconds, read off between the bounds of its step; null without any. */
export function quantileOf(histogram: Histogram, share: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let passed = 0;
  for (const [step, count] of histogram.entries()) {
    if (passed + count >= share * total && count > 0) {
      const from = DURATION_BOUNDS[step - 1] ?? 0;
      const to = DURATION_BOUNDS[step] ?? from;
      return Math.round(from + ((to - from) * Math.max(0, share * total - passed)) / count);
    }
    passed += count;
  }
  return DURATION_BOUNDS.at(-1)!;
}

const CATEGORIES = ['marketing', 'utility', 'authentication'] as const;

/** The category of the rate card for one of Meta's billing categories (`marketing_lite`, `authentication-international`); null for what it has no price for. */
export function pricedCategory(billed: string): (typeof CATEGORIES)[number] | null {
  return CATEGORIES.find((category) => billed === category || billed.startsWith(`${category}_`) || billed.startsWith(`${category}-`)) ?? null;
}
