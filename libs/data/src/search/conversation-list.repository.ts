import type { ConversationPriority, ConversationState, SlaStatus } from '@parley/domain';
import { Prisma } from '../generated/client.js';
import type { TenantTx } from '../tenant-db.js';

/** `recent`: who wrote last stands first. `urgency`: whose answer is due first; only those who wait for one. */
export type ConversationOrder = 'recent' | 'urgency';

/** What waits for an answer, and how it stands to the service level. */
export type WaitingStatus = Extract<SlaStatus, 'ok' | 'due-soon' | 'breached'>;

/** Which conversations; what is left out does not matter. */
export interface ConversationFilter {
  readonly states?: readonly ConversationState[] | undefined;
  readonly numberId?: string | undefined;
  readonly contactId?: string | undefined;
  /** A user; null: nobody. */
  readonly assignedTo?: string | null | undefined;
  readonly priorities?: readonly ConversationPriority[] | undefined;
  readonly tag?: string | undefined;
  readonly customerId?: string | undefined;
  readonly isUnread?: boolean | undefined;
  readonly isAwaiting?: boolean | undefined;
  readonly waiting?: WaitingStatus | undefined;
  /** When the customer last wrote: since then, before then. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A place in a list: the time that it is ordered by, and the id. */
export interface ConversationPlace {
  readonly at: Date;
  readonly id: string;
}

export interface ConversationPlaces {
  readonly places: readonly ConversationPlace[];
  /** Where to go on; null: there are no more. */
  readonly next: ConversationPlace | null;
}

/** Conversations that one page looks at, at most: a filter that fits nearly none of them must not read them all. */
const MOST_LOOKED_AT = 20_000;

const and = (conditions: readonly Prisma.Sql[]): Prisma.Sql => Prisma.join([Prisma.sql`true`, ...conditions], ' AND ');

/** A question that waits, and no answer of ours after it. */
const AWAITING = Prisma.sql`c.awaiting_since IS NOT NULL AND (c.answered_at IS NULL OR c.answered_at <= c.awaiting_since)`;
const OF_TENANT = Prisma.sql`c.tenant_id = current_setting('app.tenant_id')::uuid AND c.first_inbound_at IS NOT NULL`;

interface Order {
  readonly column: Prisma.Sql;
  readonly way: Prisma.Sql;
  readonly behind: Prisma.Sql;
  readonly condition: Prisma.Sql;
}

const ORDERS: Readonly<Record<ConversationOrder, Order>> = {
  recent: {
    column: Prisma.sql`c.last_inbound_at`,
    way: Prisma.sql`DESC`,
    behind: Prisma.sql`<`,
    condition: Prisma.sql`c.last_inbound_at IS NOT NULL`,
  },
  urgency: {
    column: Prisma.sql`c.answer_due_at`,
    way: Prisma.sql`ASC`,
    behind: Prisma.sql`>`,
    condition: Prisma.sql`${AWAITING} AND c.answer_due_at IS NOT NULL`,
  },
};

/**
 * One page of places. Filters with an index of their own begin there; the others are held against the list from the place on,
 * over so many conversations that the page is in time: then there may be fewer than `limit`, and still a `next`.
 */
export async function listConversations(
  tx: TenantTx,
  filter: ConversationFilter,
  { order, after, limit }: { order: ConversationOrder; after?: ConversationPlace | undefined; limit: number },
): Promise<ConversationPlaces> {
  const { column, way, behind, condition } = ORDERS[order];
  const begins = [OF_TENANT, condition, ...indexed(filter), ...(after ? [Prisma.sql`(${column}, c.id) ${behind} (${after.at}::timestamptz, ${after.id}::uuid)`] : [])];
  const list = Prisma.sql`SELECT c.* FROM conversations c WHERE ${and(begins)} ORDER BY ${column} ${way}, c.id ${way}`;
  const places = await tx.$queryRaw<ConversationPlace[]>`
    SELECT ${column} AS at, c.id FROM (${list} LIMIT ${MOST_LOOKED_AT}) c WHERE ${and(held(filter))} LIMIT ${limit + 1}`;
  if (places.length > limit) return { places: places.slice(0, limit), next: places[limit - 1]! };
  const [end] = await tx.$queryRaw<ConversationPlace[]>`SELECT ${column} AS at, c.id FROM (${list} OFFSET ${MOST_LOOKED_AT - 1} LIMIT 1) c`;
  return { places, next: end ?? null };
}

/** The filters that an index answers, or that bound the list itself. */
function indexed(filter: ConversationFilter): Prisma.Sql[] {
  const { contactId, customerId, isUnread, priorities, isAwaiting, waiting, assignedTo, states, since, until } = filter;
  const isUrgent = priorities?.every((priority) => priority === 'HIGH' || priority === 'URGENT') === true;
  return [
    contactId !== undefined && Prisma.sql`c.contact_id = ${contactId}::uuid`,
    customerId !== undefined && Prisma.sql`c.customer_id = ${customerId}`,
    isUnread === true && Prisma.sql`c.unread_count > 0`,
    isUrgent && Prisma.sql`c.priority IN ('HIGH', 'URGENT')`,
    (isAwaiting === true || waiting !== undefined) && Prisma.sql`c.awaiting_since IS NOT NULL`,
    typeof assignedTo === 'string' && states?.length === 1 && states[0] === 'ASSIGNED' && Prisma.sql`c.state = 'ASSIGNED' AND c.assigned_to = ${assignedTo}::uuid`,
    since !== undefined && Prisma.sql`c.last_inbound_at >= ${since}::timestamptz`,
    until !== undefined && Prisma.sql`c.last_inbound_at < ${until}::timestamptz`,
  ].filter((condition) => condition !== false);
}

/** All that a conversation of the page must be. */
function held(filter: ConversationFilter): Prisma.Sql[] {
  const { states, numberId, assignedTo, priorities, tag, isUnread, isAwaiting, waiting } = filter;
  return [
    states !== undefined && Prisma.sql`c.state = ANY (${[...states]}::text[])`,
    numberId !== undefined && Prisma.sql`c.phone_number_id = ${numberId}::uuid`,
    assignedTo !== undefined && (assignedTo === null ? Prisma.sql`c.assigned_to IS NULL` : Prisma.sql`c.assigned_to = ${assignedTo}::uuid`),
    priorities !== undefined && Prisma.sql`c.priority = ANY (${[...priorities]}::text[])`,
    tag !== undefined && Prisma.sql`${tag} = ANY (c.tags)`,
    isUnread === false && Prisma.sql`c.unread_count = 0`,
    isAwaiting === true && AWAITING,
    isAwaiting === false && Prisma.sql`NOT (${AWAITING})`,
    waiting !== undefined && Prisma.sql`${AWAITING} AND ${WAITING[waiting]}`,
  ].filter((condition) => condition !== false);
}

/** As `slaStatus` of libs/domain has it. */
const WAITING: Readonly<Record<WaitingStatus, Prisma.Sql>> = {
  ok: Prisma.sql`now() <= c.answer_due_at AND (c.due_soon_at IS NULL OR now() < c.due_soon_at)`,
  'due-soon': Prisma.sql`now() <= c.answer_due_at AND now() >= c.due_soon_at`,
  breached: Prisma.sql`now() > c.answer_due_at`,
};

/** Those among these conversations that fit, in no order. */
export async function filterConversations(tx: TenantTx, filter: ConversationFilter, ids: readonly string[]): Promise<string[]> {
  const among = Prisma.sql`c.id = ANY (${[...ids]}::uuid[])`;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM conversations c WHERE ${and([OF_TENANT, among, ...indexed(filter), ...held(filter)])}`;
  return rows.map(({ id }) => id);
}
