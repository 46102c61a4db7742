import type { Child } from './child.js';
import type { Round } from './contest.js';
import type { LoadOrder, LoadReport } from './orders.js';

/** Sends a set of requests and insists that each of them got the answer that promises durability. */
export async function load(generator: Child, order: LoadOrder, wantedStatus: number): Promise<Round> {
  const { elapsedMs, statuses, p50Ms, p99Ms } = await generator.ask<LoadReport>(order);
  const items = order.requests.length;
  if (statuses[wantedStatus] !== items) {
    throw new Error(
      `${order.origin}${order.path} answered ${JSON.stringify(statuses)} to ${items} requests, ${wantedStatus} was due`,
    );
  }
  return { items, elapsedMs, p50Ms, p99Ms };
}

/** What was promised must be there: an answer before COMMIT would show here. */
export function assertStored(what: string, stored: number, promised: number): void {
  if (stored !== promised) throw new Error(`${promised} ${what} were promised, ${stored} are there`);
}
