import { randomUUID } from 'node:crypto';
import { Claims, type LeasedNumber, type SystemDb } from '@parley/data';

/** Takes a number as a worker does, without claiming any of its messages; null when it is not to be had. */
export async function takeNumber(db: SystemDb, numberId: string, holder: string = randomUUID()): Promise<LeasedNumber | null> {
  return (await new Claims(db, holder).open(numberId, 0))?.lease ?? null;
}
