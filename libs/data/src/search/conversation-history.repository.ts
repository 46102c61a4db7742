import { Prisma } from '../generated/client.js';
import type { TenantTx } from '../tenant-db.js';

/** Where a message stands in the history of a conversation. */
export interface HistoryPlace {
  /** Microseconds since 1970. */
  readonly at: number;
  readonly id: string;
}

export interface HistoryWindow {
  readonly direction: 'older' | 'newer';
  /** Left out: from the newest on, or from the oldest. */
  readonly from?: HistoryPlace | undefined;
  readonly take: number;
}

const SECOND = 1_000_000;
const WEEK = 7 * 24 * 3_600 * SECOND;
/** Meta delivers a webhook for 7 days; places are whole seconds, and ids tell their time to the millisecond. */
const LATEST = WEEK + 2 * SECOND;
/** Clocks of Meta and of the database agree to a minute. */
const EARLIEST = 61 * SECOND;
const BEGINNING: HistoryPlace = { at: 0, id: '00000000-0000-0000-0000-000000000000' };
const END: HistoryPlace = { at: 9e15, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

const PLACE = Prisma.sql`message_place(m.created_at, m.id)`;
/** SQL: the smallest id of a moment in microseconds. */
const floorOf = (at: number) => Prisma.sql`uuid_v7_floor(to_timestamp(${Math.max(0, at) / SECOND}::float8))`;

/**
 * The messages next to a place in these conversations, the nearest first. They stand in Meta's order: by its time of the
 * message in whole seconds, then by id. The index goes by id, the order of arrival; as a message stands at most a minute behind and a week
 * before its arrival (what came later than that stands where it came), the page lies within a known stretch of the index. That
 * is read twice: once for as many messages as the page needs, which tells how far it reaches, and once up to there.
 */
export async function readHistory(tx: TenantTx, conversationIds: readonly string[], window: HistoryWindow): Promise<HistoryPlace[]> {
  const { direction, take } = window;
  const isOlder = direction === 'older';
  const from = window.from ?? (isOlder ? END : BEGINNING);
  const sample = await read(tx, conversationIds, {
    isOlder,
    take,
    beyond: from,
    ids: isOlder ? [0, from.at + LATEST] : [from.at - EARLIEST, END.at],
    order: 'id',
  });
  if (sample.length < take) return sorted(sample, isOlder);
  const reach = sorted(sample, isOlder).at(-1)!.at;
  return read(tx, conversationIds, {
    isOlder,
    take,
    beyond: from,
    ids: isOlder ? [reach - EARLIEST, from.at + LATEST] : [from.at - EARLIEST, reach + LATEST],
    order: 'place',
  });
}

interface Stretch {
  isOlder: boolean;
  take: number;
  beyond: HistoryPlace;
  /** In microseconds. */
  ids: readonly [number, number];
  order: 'id' | 'place';
}

async function read(tx: TenantTx, conversationIds: readonly string[], { isOlder, take, beyond, ids, order }: Stretch): Promise<HistoryPlace[]> {
  const way = Prisma.raw(isOlder ? 'DESC' : 'ASC');
  const isBeyond = Prisma.sql`(${PLACE}, m.id) ${Prisma.raw(isOlder ? '<' : '>')} (${beyond.at}::bigint, ${beyond.id}::uuid)`;
  const by = order === 'id' ? Prisma.sql`m.id ${way}` : Prisma.sql`${PLACE} ${way}, m.id ${way}`;
  return tx.$queryRaw<HistoryPlace[]>`
    SELECT p.at::float8 AS at, p.id
      FROM unnest(${[...conversationIds]}::uuid[]) AS c (id)
     CROSS JOIN LATERAL (
       SELECT ${PLACE} AS at, m.id FROM messages m
        WHERE m.tenant_id = current_setting('app.tenant_id')::uuid AND m.conversation_id = c.id
          AND m.id >= ${floorOf(ids[0])} AND m.id < ${floorOf(Math.min(ids[1], END.at))} AND ${isBeyond}
        ORDER BY ${by} LIMIT ${take}) p
     ORDER BY ${Prisma.raw(order === 'id' ? `p.id` : `p.at`)} ${way}, p.id ${way} LIMIT ${take}`;
}

function sorted(places: readonly HistoryPlace[], isOlder: boolean): HistoryPlace[] {
  const ascending = [...places].sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
  return isOlder ? ascending.reverse() : ascending;
}

/** Where a message of these conversations stands; undefined where it is none of theirs. */
export async function placeOfMessage(tx: TenantTx, conversationIds: readonly string[], messageId: string): Promise<HistoryPlace | undefined> {
  const [row] = await tx.$queryRaw<HistoryPlace[]>`
    SELECT ${PLACE}::float8 AS at, m.id FROM messages m
     WHERE m.tenant_id = current_setting('app.tenant_id')::uuid AND m.id = ${messageId}::uuid AND m.conversation_id = ANY (${[...conversationIds]}::uuid[])`;
  return row;
}
