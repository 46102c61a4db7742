import { generateApiKey, Sealer, type Config } from '@parley/platform';
import type { BenchDatabase } from '../lib/database.js';
import { TEMPLATES } from './templates.js';

/** The tenants of a bench; each has one account, its numbers, and an API key. */
export interface Restaurant {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly numberIds: readonly string[];
  /** In the order of TEMPLATES. */
  readonly templateIds: readonly string[];
}

const RESTAURANTS = 5;
const NUMBERS_EACH = 10;
/** Meta's highest throughput, so that the limiter runs and does not bind. */
const PER_SECOND = 1_000;

/** Makes 5 restaurants with 10 numbers each, as if connected, and the templates of TEMPLATES, approved. */
export async function openRestaurants(database: BenchDatabase, config: Config): Promise<Restaurant[]> {
  const sealer = new Sealer(config.SEALING_KEYS);
  const restaurants: Restaurant[] = [];
  for (let at = 0; at < RESTAURANTS; at += 1) restaurants.push(await openRestaurant(database, sealer, at));
  return restaurants;
}

async function openRestaurant(database: BenchDatabase, sealer: Sealer, at: number): Promise<Restaurant> {
  const { tenantId, accountId } = await database.one<{ tenantId: string; accountId: string }>(
    'SELECT uuid_v7() AS "tenantId", uuid_v7() AS "accountId"',
  );
  await database.run('INSERT INTO tenants (id, name) VALUES ($1, $2)', [tenantId, `Restaurant ${at}`]);
  const key = generateApiKey();
  await database.run(
    `INSERT INTO api_keys (tenant_id, name, key_id, secret_hash, checksum, scopes)
     VALUES ($1, 'bench', $2, $3, $4, '{messages:read,messages:write}')`,
    [tenantId, key.id, key.secretHash, key.text.slice(-6)],
  );
  const place = { tenantId, table: 'accounts', column: 'token_sealed', rowId: accountId, version: 1 };
  await database.run('INSERT INTO accounts (tenant_id, id, waba_id, name, token_sealed) VALUES ($1, $2, $3, $4, $5)', [
    tenantId,
    accountId,
    String(200_000_000_000_000 + at),
    `Restaurant ${at}`,
    sealer.seal('EAABenchToken', place),
  ]);
  const numberIds = await connectNumbers(database, tenantId, accountId, at);
  return { tenantId, apiKey: key.text, numberIds, templateIds: await approveTemplates(database, tenantId, accountId) };
}

async function connectNumbers(
  database: BenchDatabase,
  tenantId: string,
  accountId: string,
  at: number,
): Promise<string[]> {
  const rows = await database.run<{ id: string }>(
    `INSERT INTO phone_numbers (tenant_id, account_id, graph_id, display_phone_number, verified_name, status, throughput_level, per_second)
     SELECT $1, $2, (300000000000000 + $3::int * 1000 + n)::text, '+40 21 555 ' || lpad(($3::int * 100 + n)::text, 4, '0'), 'Restaurant', 'CONNECTED', 'HIGH', $4
       FROM generate_series(1, $5::int) AS n
     RETURNING id`,
    [tenantId, accountId, at, PER_SECOND, NUMBERS_EACH],
  );
  return rows.map(({ id }) => id);
}

async function approveTemplates(database: BenchDatabase, tenantId: string, accountId: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [place, { name, language, parameterFormat, components }] of TEMPLATES.entries()) {
    const { id } = await database.one<{ id: string }>(
      `INSERT INTO templates (tenant_id, account_id, meta_id, name, language, category, status, parameter_format, components)
       VALUES ($1, $2, $3, $4, $5, 'UTILITY', 'APPROVED', $6, $7) RETURNING id`,
      [
        tenantId,
        accountId,
        String(400_000_000_000_000 + place),
        name,
        language,
        parameterFormat,
        JSON.stringify(components),
      ],
    );
    ids.push(id);
  }
  return ids;
}

/** Phone numbers of one restaurant's guests; `from` keeps those of two calls apart. */
export const guestPhone = (at: number): string => `+407${String(at).padStart(8, '0')}`;

/** So many at a time, after which the planner is told: look-ups of foreign keys keep the plan of the size that they began with. */
const INVITED_AT_ONCE = 5_000;

/** Adds guests whose consent to utility messages is on record, under guestPhone(from), guestPhone(from + 1), ... */
export async function inviteGuests(
  database: BenchDatabase,
  { tenantId }: Restaurant,
  from: number,
  count: number,
): Promise<void> {
  for (let done = 0; done < count; done += INVITED_AT_ONCE) {
    await database.run(INVITE, [tenantId, from + done, Math.min(INVITED_AT_ONCE, count - done)]);
    await database.run('ANALYZE contacts, consent_events, consents');
  }
}

const INVITE = `
  WITH guests AS MATERIALIZED (
    SELECT $1::uuid AS tenant_id, uuid_v7(statement_timestamp(), n) AS id, uuid_v7(statement_timestamp(), n) AS consent_id,
           '+407' || lpad(($2::int + n)::text, 8, '0') AS phone
      FROM generate_series(0, $3::int - 1) AS n
  ), people AS (
    INSERT INTO contacts (tenant_id, id, name) SELECT tenant_id, id, 'Guest ' || phone FROM guests
  ), identities AS (
    INSERT INTO contact_identities (tenant_id, kind, value, contact_id) SELECT tenant_id, 'phone', phone, id FROM guests
  ), proofs AS (
    INSERT INTO consent_events (tenant_id, id, contact_id, purpose, status, source, actor)
    SELECT tenant_id, consent_id, id, 'utility', 'GRANTED', 'import', 'bench' FROM guests
  )
  INSERT INTO consents (tenant_id, contact_id, purpose, status, event_id)
  SELECT tenant_id, id, 'utility', 'GRANTED', consent_id FROM guests`;
