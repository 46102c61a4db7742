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

/** Adds them member by member. */
export function addCounts(one: MessageCounts, other: MessageCounts): MessageCounts {
  return Object.fromEntries(Object.entries(one).map(([name, count]) => [name, count + other[name as keyof MessageCounts]])) as unknown as MessageCounts;
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
  5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1_200, 1_800, 2_700, 3_600, 5_400, 7_200, 10_800, 14_400, 21_600, 28_800,
  43_200, 64_800, 86_400, 129_600, 172_800, 259_200, 432_000, 604_800,
];

/** A step of the histogram. */
export interface DurationStep {
  /** Place in DURATION_BOUNDS; its length for what is longer than all of them. */
  step: number;
  count: number;
}

/** The time within which this share of them ended, in seconds, read off between the bounds of its step; null without any. */
export function quantileOf(steps: readonly DurationStep[], share: number): number | null {
  const total = steps.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  let passed = 0;
  for (const { step, count } of steps.toSorted((a, b) => a.step - b.step)) {
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
