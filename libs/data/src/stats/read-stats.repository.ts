import { DURATION_BOUNDS, type DurationKind, type Histogram, type MessageCounts } from '@parley/domain';
import { Prisma } from '../generated/client.js';
import type { TenantTx } from '../tenant-db.js';

/** What statistics are taken apart by. */
export const STATS_GROUPS = ['hour', 'day', 'number', 'template', 'category'] as const;

export type StatsGroup = (typeof STATS_GROUPS)[number];

export interface StatsFilter {
  tenantId: string;
  from: Date;
  to: Date;
  timeZone: string;
  numberId?: string | undefined;
  templateId?: string | undefined;
  category?: string | undefined;
}

/** What the rows of one group have in common: a text for each group that was asked for, null where there is none. */
export type StatsKey = Partial<Record<StatsGroup, string | null>>;

export interface MessageFigures extends MessageCounts {
  key: StatsKey;
}

export interface DurationFigures {
  key: StatsKey;
  kind: DurationKind;
  histogram: Histogram;
  count: number;
  seconds: number;
  judged: number;
  inTime: number;
}

/** The longest that a change may wait to be counted, as it stands. */
export interface StatsFreshness {
  /** Since when something waits to be counted; null: nothing does. */
  waitingSince: Date | null;
}

const COLUMNS: Readonly<Record<StatsGroup, (timeZone: string) => Prisma.Sql>> = {
  hour: () => Prisma.sql`s.hour`,
  day: (timeZone) => Prisma.sql`(s.hour AT TIME ZONE ${timeZone})::date`,
  number: () => Prisma.sql`s.phone_number_id`,
  template: () => Prisma.sql`s.template_id`,
  category: () => Prisma.sql`s.category`,
};

// Texts are made of the groups, not of the rows.
const TEXTS: Readonly<Record<StatsGroup, (value: string) => string>> = {
  hour: (value) => new Date(value).toISOString().replace('.000Z', 'Z'),
  day: String,
  number: String,
  template: String,
  category: String,
};

// Columns before the sums, and their places for GROUP BY: the same parameter twice would be two expressions.
const keysOf = (groups: readonly StatsGroup[], timeZone: string): Prisma.Sql =>
  groups.length === 0 ? Prisma.empty : Prisma.sql`${Prisma.join(groups.map((group) => Prisma.sql`${COLUMNS[group](timeZone)} AS ${Prisma.raw(`"key.${group}"`)}`))},`;

const places = (count: number): Prisma.Sql =>
  count === 0 ? Prisma.sql`HAVING count(*) > 0` : Prisma.raw(`GROUP BY ${Array.from({ length: count }, (_, at) => at + 1).join(', ')}`);

type Keyed<Figures> = Omit<Figures, 'key'> & Record<`key.${StatsGroup}`, string | null>;

/** Rows with their key beside the columns that it is made of. */
function withKey<Figures extends { key: StatsKey }>(rows: readonly Keyed<Figures>[], groups: readonly StatsGroup[]): Figures[] {
  return rows.map((row) => {
    const key: StatsKey = {};
    for (const group of groups) {
      const value = row[`key.${group}`];
      key[group] = value === null ? null : TEXTS[group](value);
    }
    return Object.assign(row, { key }) as unknown as Figures;
  });
}

/** All rows as one value: a thousand groups of thirty columns are read five times as fast as column by column. */
const asOneValue = (rows: Prisma.Sql): Prisma.Sql => Prisma.sql`SELECT coalesce(json_agg(r), '[]') AS rows FROM (${rows}) r`;

const and = (condition: Prisma.Sql | null): Prisma.Sql => (condition ? Prisma.sql`AND ${condition}` : Prisma.empty);

/** What groups may take of PostgreSQL's memory, in this transaction: with its default they are sorted on disk. */
async function allowMemory(tx: TenantTx): Promise<void> {
  await tx.$queryRaw`SELECT set_config('work_mem', '32MB', true)`;
}

/** Messages of the time and the filter, by group; ordered by the groups. */
export async function readMessageStats(tx: TenantTx, filter: StatsFilter, groups: readonly StatsGroup[]): Promise<MessageFigures[]> {
  const { tenantId, from, to, timeZone, numberId, templateId, category } = filter;
  await allowMemory(tx);
  const [answer] = await tx.$queryRaw<[{ rows: Keyed<MessageFigures>[] }]>(asOneValue(Prisma.sql`
    SELECT ${keysOf(groups, timeZone)}
           sum(s.received)::int AS received, sum(s.accepted)::int AS accepted, sum(s.sent)::int AS sent, sum(s.delivered)::int AS delivered,
           sum(s.read)::int AS read, sum(s.failed)::int AS failed, sum(s.expired)::int AS expired, sum(s.cancelled)::int AS cancelled,
           sum(s.charged)::int AS charged, sum(s.unpriced)::int AS unpriced, sum(s.cost_micros)::float8 AS "costMicros"
      FROM message_stats s
     WHERE s.tenant_id = ${tenantId}::uuid AND s.hour >= ${from} AND s.hour < ${to}
       ${and(numberId === undefined ? null : Prisma.sql`s.phone_number_id = ${numberId}::uuid`)}
       ${and(templateId === undefined ? null : Prisma.sql`s.template_id = ${templateId}::uuid`)}
       ${and(category === undefined ? null : Prisma.sql`s.category = ${category}`)}
     ${places(groups.length)}`));
  return withKey<MessageFigures>(answer.rows, groups);
}

// Arrays have no sum of their own.
const HISTOGRAM = Prisma.raw(`ARRAY[${Array.from({ length: DURATION_BOUNDS.length + 1 }, (_, step) => `sum(s.histogram[${step + 1}])::int`).join(', ')}]`);

/** The same of how long things took: templates and categories have no say in it. */
export async function readDurationStats(
  tx: TenantTx,
  { tenantId, from, to, timeZone, numberId }: StatsFilter,
  groups: readonly StatsGroup[],
): Promise<DurationFigures[]> {
  await allowMemory(tx);
  const [answer] = await tx.$queryRaw<[{ rows: Keyed<DurationFigures>[] }]>(asOneValue(Prisma.sql`
    SELECT ${keysOf(groups, timeZone)} s.kind, ${HISTOGRAM} AS histogram, sum(s.count)::int AS count, sum(s.seconds)::float8 AS seconds,
           sum(s.judged)::int AS judged, sum(s.in_time)::int AS "inTime"
      FROM duration_stats s
     WHERE s.tenant_id = ${tenantId}::uuid AND s.hour >= ${from} AND s.hour < ${to}
       ${and(numberId === undefined ? null : Prisma.sql`s.phone_number_id = ${numberId}::uuid`)}
     ${places(groups.length + 1)}`));
  return withKey<DurationFigures>(answer.rows, groups);
}

/** Since when hours of this time wait to be counted. */
export async function readStatsFreshness(tx: TenantTx, { tenantId, from, to }: Pick<StatsFilter, 'tenantId' | 'from' | 'to'>): Promise<StatsFreshness> {
  const rows = await tx.$queryRaw<StatsFreshness[]>`
    SELECT min(marked_at) AS "waitingSince" FROM stats_hours WHERE tenant_id = ${tenantId}::uuid AND hour >= ${from} AND hour < ${to}`;
  return rows[0]!;
}

/** What stands open for a tenant at this moment. Counts stop at a cap, so that a look costs the same with any backlog. */
export interface LiveRow {
  queued: number;
  sending: number;
  deadLetters: number;
  measuredAt: Date | null;
  unanswered: number;
  overdue: number;
}

/** Unanswered conversations that are counted at most. */
export const LIVE_CAP = 10_000;

/** The figures of the moment: the queue as it was measured last, and the conversations that wait for an answer. */
export async function readLive(tx: TenantTx, tenantId: string): Promise<LiveRow> {
  const rows = await tx.$queryRaw<LiveRow[]>`
    SELECT coalesce(f.queued, 0) AS queued, coalesce(f.sending, 0) AS sending, coalesce(f.dead_letters, 0) AS "deadLetters", f.measured_at AS "measuredAt",
           (SELECT count(*)::int FROM (SELECT FROM conversations c WHERE c.tenant_id = t.id AND c.awaiting_since IS NOT NULL
              AND (c.answered_at IS NULL OR c.answered_at < c.awaiting_since) LIMIT ${LIVE_CAP}::int) o) AS unanswered,
           (SELECT count(*)::int FROM (SELECT FROM conversations c WHERE c.tenant_id = t.id AND c.awaiting_since IS NOT NULL AND c.answer_due_at < now()
              AND (c.answered_at IS NULL OR c.answered_at < c.awaiting_since) LIMIT ${LIVE_CAP}::int) o) AS overdue
      FROM tenants t LEFT JOIN outbound_figures f ON f.tenant_id = t.id
     WHERE t.id = ${tenantId}::uuid`;
  return rows[0]!;
}
