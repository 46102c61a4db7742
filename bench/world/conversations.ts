import { generateApiKey } from '@parley/platform';
import type { BenchDatabase } from '../lib/database.js';

/** A tenant with conversations behind it. */
export interface TalkativeTenant {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly numberId: string;
  /** One conversation that is as long as all others of a day together. */
  readonly longConversationId: string;
}

export interface Talk {
  readonly conversations: number;
  readonly messages: number;
  /** Messages of the long conversation. */
  readonly longest: number;
}

const DAYS = 90;
const CHUNK = 10_000;
const WORDS = 50_000;
/** As many as the search keeps together. */
const SLICE = 4_096;

// The oldest first, over the last 90 days. Nearly all are put away; of the newest many are open, some wait, few are urgent.
const CONVERSATIONS = `
  WITH made AS MATERIALIZED (
    SELECT n, uuid_v7(at, n % 4096) AS id, uuid_v7(at, n % 4096) AS contact_id, at, n > $4::int * 0.97 AS fresh, n > $4::int * 0.995 AS waits
      FROM generate_series($2::int, $3::int) AS n, LATERAL (SELECT date_trunc('second', now() - interval '${DAYS} days' * (1 - n::float8 / $4::int)) AS at) t
  ), people AS (
    INSERT INTO contacts (tenant_id, id, name) SELECT $1, contact_id, 'Guest ' || n FROM made RETURNING id
  )
  INSERT INTO conversations (tenant_id, id, phone_number_id, contact_id, state, unread_count, message_count, first_inbound_at, last_inbound_at,
                             last_message_at, priority, tags, customer_id, awaiting_since, due_soon_at, answer_due_at)
  SELECT $1, id, $5, contact_id, CASE WHEN NOT fresh THEN 'ARCHIVED' WHEN n % 3 = 0 THEN 'RESOLVED' ELSE 'OPEN' END, (fresh AND n % 5 = 0)::int, 10, at, at, at,
         CASE WHEN n % 1000 = 0 THEN 'URGENT' ELSE 'NORMAL' END,
         CASE WHEN n % 100 = 0 THEN '{vip}'::text[] WHEN n % 30000 = 7 THEN '{rare}' ELSE '{}' END, CASE WHEN n % 10 = 0 THEN 'C-' || n END,
         CASE WHEN waits THEN at END, CASE WHEN waits THEN at + interval '90 minutes' END, CASE WHEN waits THEN at + interval '2 hours' END
    FROM made`;

// Words by a steep distribution: "comanda" in all of them, "pizza" and "pasta" in every other one, "aubergine" in one of a hundred thousand.
const TALK = `
  WITH made AS MATERIALIZED (
    SELECT n, at, uuid_v7(at, n % 4096) AS id, c.id AS conversation_id, c.contact_id,
           'Comanda ' || (SELECT string_agg('w' || floor(${WORDS} * power(random(), 3))::int, ' ') FROM generate_series(1, 8) WHERE n >= 0) || CASE n % 2 WHEN 0 THEN ' pizza' ELSE ' pasta' END
             || CASE WHEN n % 100000 = 77 THEN ' aubergine' ELSE '' END || ' o' || n AS line
      FROM unnest($2::int[], $3::uuid[], $4::uuid[], $5::timestamptz[]) AS c (n, id, contact_id, at)
  ), said AS (
    INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, display_content, state, wamid, created_at, automated_at)
    SELECT $1, id, $6, contact_id, conversation_id, 'INBOUND', 'customer', 'text', json_build_object('body', line), line, 'RECEIVED', 'wamid.' || id, at, at FROM made
  ), placed AS MATERIALIZED (
    SELECT m.*, message_text_month(at) + ($7::int + row_number() OVER (ORDER BY at, id) - 1) / ${SLICE} AS slice FROM made m
  ), texts AS (
    INSERT INTO message_texts (tenant_id, message_id, phone_number_id, contact_id, at, slice, words)
    SELECT $1, id, $6, contact_id, at, slice, quote_literal(message_text_label($1, slice))::tsvector || to_tsvector('simple', line) FROM placed
  ), words AS (
    INSERT INTO message_words (tenant_id, word) SELECT DISTINCT $1::uuid, w FROM made, unnest(string_to_array(lower(line), ' ')) AS w ON CONFLICT DO NOTHING
  )
  INSERT INTO message_text_slices AS s (tenant_id, slice, texts, oldest_at) SELECT $1, slice, count(*), min(at) FROM placed GROUP BY slice
  ON CONFLICT (tenant_id, slice) DO UPDATE SET texts = s.texts + excluded.texts`;

/** Makes a tenant that has been talking for 90 days. */
export async function letTalk(database: BenchDatabase, at: number, { conversations, messages, longest }: Talk): Promise<TalkativeTenant> {
  const tenant = await openTenant(database, at);
  for (let from = 1; from <= conversations; from += CHUNK) {
    await database.run(CONVERSATIONS, [tenant.tenantId, from, Math.min(conversations, from + CHUNK - 1), conversations, tenant.numberId]);
  }
  const rows = await database.run<{ id: string; contact: string; at: Date }>(
    'SELECT id, contact_id AS contact, last_inbound_at AS at FROM conversations WHERE tenant_id = $1 ORDER BY last_inbound_at, id',
    [tenant.tenantId],
  );
  const long = rows[Math.floor(rows.length / 2)]!;
  for (let from = 0; from < messages; from += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, messages - from) }, (_, place) => from + place);
    // Messages follow each other as the conversations do; the long one takes its share all the time.
    const every = Math.floor(messages / longest);
    const of = numbers.map((number) => (number % every === 0 ? long : rows[Math.floor((number * rows.length) / messages)]!));
    const times = numbers.map((number) => new Date(rows[Math.floor((number * rows.length) / messages)]!.at.getTime() + (number % 10) * 1_000));
    await database.run(TALK, [tenant.tenantId, numbers, of.map(({ id }) => id), of.map(({ contact }) => contact), times, tenant.numberId, from]);
  }
  return { ...tenant, longConversationId: long.id };
}

async function openTenant(database: BenchDatabase, at: number): Promise<Omit<TalkativeTenant, 'longConversationId'>> {
  const { id: tenantId } = await database.one<{ id: string }>('INSERT INTO tenants (name) VALUES ($1) RETURNING id', [`Talkative ${at}`]);
  const key = generateApiKey();
  await database.run(
    `INSERT INTO api_keys (tenant_id, name, key_id, secret_hash, checksum, scopes) VALUES ($1, 'bench', $2, $3, $4, '{messages:read,conversations:read}')`,
    [tenantId, key.id, key.secretHash, key.text.slice(-6)],
  );
  const { id: numberId } = await database.one<{ id: string }>(
    `WITH account AS (INSERT INTO accounts (tenant_id, waba_id, name, token_sealed) VALUES ($1, $2, 'bench', 'none') RETURNING id)
     SELECT uuid_v7() AS id FROM account`,
    [tenantId, String(800_000_000_000_000 + at)],
  );
  await database.run(
    `INSERT INTO phone_numbers (tenant_id, id, account_id, graph_id, display_phone_number, verified_name, status)
     SELECT tenant_id, $2, id, $3, '+40', 'Restaurant', 'CONNECTED' FROM accounts WHERE tenant_id = $1`,
    [tenantId, numberId, String(810_000_000_000_000 + at)],
  );
  return { tenantId, apiKey: key.text, numberId };
}
