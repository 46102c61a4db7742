import { readKnownWamids, type SystemTx } from '@parley/data';
import type { ItemOf, RoutedWork } from './inbound-item.js';

/** A work about a message that Meta's id names. */
type MessageWork = RoutedWork<ItemOf<'message' | 'echo' | 'history'>>;

/** One text for a message of a number. */
export const wamidKey = (numberId: string, wamid: string): string => `${numberId} ${wamid}`;

/** One text for a person at a number. */
export const pairKey = (numberId: string, contactId: string): string => `${numberId} ${contactId}`;

/** What is not stored yet, each message once: of several copies the first. */
export async function withoutKnown<Work extends MessageWork>(tx: SystemTx, works: readonly Work[]): Promise<Work[]> {
  const known = await readKnownWamids(tx, works.map(({ number, item }) => ({ numberId: number.id, wamid: item.content.wamid })));
  const seen = new Set(known.map(({ numberId, wamid }) => wamidKey(numberId, wamid)));
  return works.filter(({ number, item }) => {
    const key = wamidKey(number.id, item.content.wamid);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
