import { countMessages, writeDurationStats, writeMessageStats, type CountedMessages, type DueHour, type MessageStatsRow, type SystemTx } from '@parley/data';
import { pricedCategory, ratedMicros, type RateCard } from '@parley/domain';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** One statement looks at so much of an hour: a long one would hold back everybody's view of what is dead. */
const SLICE_MS = 5 * MINUTE_MS;

/** Counts an hour of a tenant anew, from its rows, in place of what was counted before. */
export async function countHour(tx: SystemTx, { tenantId, hour }: DueHour, card: RateCard): Promise<void> {
  const end = new Date(hour.getTime() + HOUR_MS);
  const rows = new Map<string, MessageStatsRow>();
  for (let from = hour; from < end; from = new Date(from.getTime() + SLICE_MS)) {
    const to = new Date(from.getTime() + SLICE_MS);
    for (const counted of await countMessages(tx, tenantId, from, to)) add(rows, counted, card);
  }
  await writeMessageStats(tx, tenantId, hour, [...rows.values()]);
  await writeDurationStats(tx, tenantId, hour, end);
}

function add(rows: Map<string, MessageStatsRow>, { billed, prefix, ...counted }: CountedMessages, card: RateCard): void {
  const key = `${counted.numberId} ${counted.templateId} ${counted.category}`;
  const priced = { ...counted, ...costOf(counted.accepted, billed, prefix, card) };
  const before = rows.get(key);
  if (!before) return void rows.set(key, priced);
  for (const [name, value] of Object.entries(priced)) {
    if (typeof value === 'number') (before as unknown as Record<string, number>)[name]! += value;
  }
}

/** What Meta says that it charges for, at the prices of the card: an estimate, as every bill is until it comes. */
function costOf(count: number, billed: string | null, prefix: string | null, card: RateCard): Pick<MessageStatsRow, 'charged' | 'unpriced' | 'costMicros'> {
  if (billed === null) return { charged: 0, unpriced: 0, costMicros: 0 };
  const category = pricedCategory(billed);
  if (category === null || prefix === null) return { charged: count, unpriced: count, costMicros: 0 };
  return { charged: count, unpriced: 0, costMicros: count * ratedMicros(card, category, prefix) };
}
