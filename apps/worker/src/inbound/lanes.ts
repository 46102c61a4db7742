import type { LedgerWork } from './inbound-item.js';

/** Lanes under way at a time, behind a backlog. */
const LANES = 3;
/** Fewer are not worth a lane: each costs some twenty statements, however few its items. */
const LEAST_ITEMS = 250;

/** Items that may be applied side by side, and those that belong to no number. */
export interface SharedOut {
  readonly lanes: readonly LedgerWork[][];
  readonly rest: readonly LedgerWork[];
}

/**
 * Shares items out to lanes, each in its own order. What concerns one number goes through one lane: two that hold statuses
 * of the same message would wait for each other. Few items have no lanes.
 */
export function shareOut(works: readonly LedgerWork[]): SharedOut {
  const count = Math.min(LANES, Math.floor(works.length / LEAST_ITEMS));
  if (count < 2) return { lanes: [], rest: works };
  const lanes: LedgerWork[][] = Array.from({ length: count }, () => []);
  const rest: LedgerWork[] = [];
  for (const work of works) {
    const { phoneNumberId } = work.item;
    if (phoneNumberId === null) rest.push(work);
    else lanes[hashOf(phoneNumberId) % count]!.push(work);
  }
  return { lanes: lanes.filter((lane) => lane.length > 0), rest };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) % 1_000_003;
  return hash;
}
