import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEntry } from '../support/simulator-client.js';
import type { Load } from './load.js';
import type { Undone } from './settle.js';
import type { World } from './world.js';

export interface MessageRow {
  readonly id: string;
  readonly numberId: string;
  readonly contactId: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly state: string;
  readonly lane: number;
  readonly reason: string | null;
  readonly wamid: string | null;
  readonly errorCode: number | null;
  readonly content: string;
}

export interface AttemptRow {
  readonly id: string;
  readonly messageId: string;
  readonly errorCode: number | null;
}

export interface Transition {
  readonly messageId: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string | null;
  readonly at: Date;
}

/** One alert, with how often its opening went to a channel that heard it most often. */
export interface AlertRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly tellings: number;
}

/** An item of a webhook that did not apply at the first pass. */
export interface ItemRow {
  readonly path: string;
  readonly state: string;
  readonly attempts: number;
  readonly error: string | null;
}

/** Everything that the checker looks at: what clients were told, what Postgres keeps, what Meta took. Nothing that Parley says of itself. */
export interface Evidence {
  readonly world: World;
  readonly load: Load;
  readonly faults: readonly string[];
  readonly undone: Undone;
  readonly messages: readonly MessageRow[];
  readonly attempts: readonly AttemptRow[];
  readonly transitions: readonly Transition[];
  readonly thefts: readonly { readonly numberId: string }[];
  readonly alerts: readonly AlertRow[];
  readonly items: readonly ItemRow[];
  /** Whether Postgres refuses a second message of a pair on its way; null where no pair had two. */
  readonly refusesSecondInFlight: boolean | null;
  readonly ledger: readonly LedgerEntry[];
  /** Logs of api and workers, metrics, contents of Redis: name and text. */
  readonly papers: readonly { readonly name: string; readonly text: string }[];
}

const MESSAGES = `
  SELECT id, phone_number_id AS "numberId", contact_id AS "contactId", direction, state, lane, reason, wamid, error_code AS "errorCode",
         content::text AS content
    FROM messages ORDER BY id`;
const ATTEMPTS = 'SELECT id, message_id AS "messageId", error_code AS "errorCode" FROM message_attempts';
const TRANSITIONS = 'SELECT message_id AS "messageId", before, after, reason, at FROM chaos.transitions ORDER BY id';
const ALERTS = `
  SELECT a.id, a.fingerprint, a.opened_at AS "openedAt", a.resolved_at AS "resolvedAt",
         coalesce((SELECT max(n) FROM (SELECT count(*)::int AS n FROM alert_deliveries d WHERE d.alert_id = a.id AND d.tells = 'opened' GROUP BY d.channel_id) c), 0) AS tellings
    FROM alerts a ORDER BY a.fingerprint, a.opened_at`;
const ITEMS = 'SELECT path, state, attempts, error FROM webhook_items';
const THEFTS = 'SELECT number_id AS "numberId" FROM chaos.thefts';

export async function gather(world: World, load: Load, faults: readonly string[], undone: Undone, seen: readonly string[]): Promise<Evidence> {
  const { cluster } = world;
  const [messages, attempts] = [await cluster.rows<MessageRow & object>(MESSAGES), await cluster.rows<AttemptRow & object>(ATTEMPTS)];
  const [transitions, thefts] = [await cluster.rows<Transition & object>(TRANSITIONS), await cluster.rows<{ numberId: string }>(THEFTS)];
  const [alerts, items] = [await cluster.rows<AlertRow & object>(ALERTS), await cluster.rows<ItemRow & object>(ITEMS)];
  const refusesSecondInFlight = await triesSecondInFlight(world);
  const ledger = await wholeLedger(world);
  const papers = [...logsOf(cluster.logDir), ...(await metricsOf(world)), ...seen.map((text) => ({ name: 'Redis', text })), { name: 'Redis', text: await redisText(world) }];
  return { world, load, faults, undone, messages, attempts, transitions, thefts, alerts, items, refusesSecondInFlight, ledger, papers };
}

const TWO_OF_A_PAIR = `
  SELECT array_agg(id) AS ids FROM (SELECT id, phone_number_id, contact_id, row_number() OVER (PARTITION BY phone_number_id, contact_id) AS nth FROM messages
   WHERE direction = 'OUTBOUND') m WHERE nth <= 2 GROUP BY phone_number_id, contact_id HAVING count(*) = 2 LIMIT 1`;
const UNIQUE_VIOLATION = '23505';

/** Tries what claims never try: the last guard shows only when nothing stands before it. Leaves nothing behind. */
async function triesSecondInFlight({ cluster }: World): Promise<boolean | null> {
  const [pair] = await cluster.rows<{ ids: string[] }>(TWO_OF_A_PAIR);
  if (!pair) return null;
  const client = await cluster.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query("UPDATE messages SET state = 'DISPATCHED' WHERE id = ANY ($1::uuid[])", [pair.ids]);
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return true;
    throw error;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function wholeLedger(world: World): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: { entries: LedgerEntry[]; next: number | null } = await world.cluster.simulator.control('GET', `/ledger?limit=10000&after=${after}`);
    entries.push(...page.entries);
    after = page.next;
  }
  return entries;
}

function logsOf(folder: string): { name: string; text: string }[] {
  const ours = readdirSync(folder).filter((name) => !name.includes('simulator'));
  return ours.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

async function metricsOf(world: World): Promise<{ name: string; text: string }[]> {
  const read = async (url: string): Promise<string> => (await fetch(url)).text();
  return Promise.all(world.fleet.berths.map(async ({ name, metricsUrl }) => ({ name: `metrics of ${name}`, text: await read(metricsUrl) })));
}

/** Every key of Redis with its value, as text. Empty where Redis does not answer: what it holds then, nobody reads. */
export async function redisText(world: World): Promise<string> {
  return world
    .withRedis(async (redis) => {
      const texts: string[] = [];
      for await (const keys of redis.scanStream({ count: 500 }) as AsyncIterable<string[]>)
        for (const key of keys) texts.push(key, JSON.stringify(await valueOf(key, await redis.type(key), redis)));
      return texts.join('\n');
    })
    .catch(() => '');
}

type Reader = Parameters<Parameters<World['withRedis']>[0]>[0];

function valueOf(key: string, type: string, redis: Reader): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    default:
      return redis.xrange(key, '-', '+');
  }
}
