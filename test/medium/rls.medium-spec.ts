import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { TenantDb, type TenantTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import {
  insertContact,
  insertConversation,
  insertMessage,
  insertRow,
  makeTenant,
  openPool,
  pairOf,
  uniqueDigits,
  type Columns,
  type TestTenant,
} from '../support/fixtures.js';

/** Of the platform alone: no tenant has a policy or a grant there. */
const PLATFORM_TABLES = ['alert_checks', 'webhook_events', 'event_cursors', 'ledger_replays', 'tier_budgets'];

const TABLES = `
  SELECT c.oid::int AS oid, c.relname::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
   ORDER BY c.relname`;

const POLICIES = `
  SELECT p.polrelid::int AS oid, pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check,
         (SELECT array_agg(r.rolname::text) FROM pg_roles r WHERE r.oid = ANY (p.polroles)) AS roles, p.polpermissive AS permissive
    FROM pg_policy p`;

interface Table {
  oid: number;
  name: string;
  enabled: boolean;
  forced: boolean;
}

interface Policy {
  oid: number;
  using: string | null;
  check: string | null;
  roles: string[] | null;
  permissive: boolean;
}

/** A row in every table that has a tenant, so that "sees nothing" proves something. */
async function fillTables(system: pg.Pool, tenant: TestTenant): Promise<void> {
  const { tenantId } = tenant;
  const pair = pairOf(tenant);
  const conversationId = await insertConversation(system, pair);
  const messageId = await insertMessage(system, pair, { columns: { conversation_id: conversationId } });
  const other = await insertContact(system, tenantId);
  const campaign = { tenant_id: tenantId, name: 'Spring', phone_number_id: pair.numberId, variants: '[]', schedule: '{}' };
  const { id: campaignId } = await insertRow<{ id: string }>(system, 'campaigns', campaign);
  const rows: [string, Columns][] = [
    ['campaign_recipients', { campaign_id: campaignId, position: 0, contact_id: pair.contactId }],
    ['campaign_tallies', { campaign_id: campaignId, variant: 0, state: 'FED', count: 1 }],
    ['campaign_uploads', { campaign_id: campaignId, source: 'file', first_position: 0 }],
    ['tenant_settings', { section: 'business-hours', value: '{}', updated_by: 'key:1' }],
    ['lookup_secrets', { sealed: 'sealed', updated_by: 'key:1' }],
    ['stats_hours', { hour: new Date() }],
    ['message_stats', { hour: new Date(), phone_number_id: pair.numberId, received: 1, accepted: 0, sent: 0, delivered: 0, read: 0, failed: 0, expired: 0, cancelled: 0, charged: 0, unpriced: 0, cost_micros: 0 }],
    ['duration_stats', { hour: new Date(), phone_number_id: pair.numberId, kind: 'response', histogram: [0, 1], count: 1, seconds: 7, judged: 1, in_time: 1 }],
    ['contact_tags', { contact_id: pair.contactId, tag: 'vip' }],
    ['automation_runs', { message_id: messageId, step: 'echo', type: 'echo', position: 0, conversation_id: conversationId, state: 'ANSWERED' }],
    ['automation_usage', { day: '2026-11-24', tokens: 10 }],
    ['automation_secrets', { step: 'bot', origin: 'https://bot.example.com', sealed: 'sealed', updated_by: 'key:1' }],
    ['contact_events', { contact_id: pair.contactId, type: 'named', actor: 'spec' }],
    ['retired_identities', { contact_id: pair.contactId, kind: 'phone', value: uniqueDigits(), retired_at: new Date() }],
    ['contact_merges', { id: messageId, from_id: pair.contactId, into_id: other.id, state: 'DONE', actor: 'spec' }],
    ['contact_merge_messages', { merge_id: messageId, message_id: messageId }],
    ['conversation_events', { conversation_id: conversationId, type: 'idle', actor: 'system' }],
    ['conversation_notes', { conversation_id: conversationId, author: 'user:1', text: 'Wants the table at the window' }],
    ['conversation_responses', { conversation_id: conversationId, phone_number_id: pair.numberId, contact_id: pair.contactId, asked_at: new Date(0), answered_at: new Date(9_000), seconds: 9, business_seconds: 9, is_first: true, by_staff: true }],
    ['users', { subject: uniqueDigits(), email: `${uniqueDigits()}@example.com`, name: 'Ion', role: 'agent' }],
    ['api_keys', { name: 'key', key_id: uniqueDigits(), secret_hash: Buffer.alloc(32), checksum: 'x', scopes: [] }],
    ['apps', { meta_app_id: uniqueDigits(), name: 'app', secrets_sealed: 'sealed' }],
    ['message_attempts', { id: messageId, message_id: messageId, number: 1, lease_epoch: 1, credential_version: 1 }],
    ['message_events', { message_id: messageId, type: 'accepted' }],
    ['idempotency_keys', { source: 'api', key: uniqueDigits(), request_hash: Buffer.alloc(32), message_id: messageId }],
    ['events', { type: 'whatsapp.message_accepted', resource_type: 'message', resource_id: messageId, data: '{}' }],
    ['onboardings', { method: 'token', step: 'check-token', waba_id: uniqueDigits(), verification: '{}' }],
    ['canaries', { phone_number_id: pair.numberId, kind: 'message', message_id: messageId }],
    ['holds', { scope: 'tenant', scope_id: tenantId, cause: 'pause', reason: 'spec', actor: 'spec' }],
    ['webhook_items', { event_id: messageId, path: '/0', kind: 'message', state: 'DEAD' }],
    ['media', { id: messageId, direction: 'INBOUND', kind: 'image', state: 'PENDING' }],
    ['media_uploads', { media_id: messageId, phone_number_id: pair.numberId, graph_media_id: '1', expires_at: new Date() }],
    ['redrives', { actor: 'spec', filter: '{}' }],
    ['outbound_figures', { due: 0, queued: 1, sending: 0, dead_letters: 0, is_capped: false, measured_at: new Date() }],
    ['outbound_tallies', { channel: 'WHATSAPP', at: new Date(), accepted: 1, throttled: 0, failed: 0, failed_accepted: 0 }],
    ['alerts', { id: messageId, kind: 'limits', fingerprint: uniqueDigits(), object_type: 'tenant', object_id: tenantId, severity: 'info', facts: '{}', told: 'opened' }],
    ['alert_channels', { id: messageId, type: 'slack', name: 'Kitchen' }],
    ['alert_deliveries', { alert_id: messageId, channel_id: messageId, tells: 'opened' }],
    ['template_versions', { template_id: tenant.template.id, version: 1, category: 'UTILITY', components: '[]', origin: 'meta' }],
    ['rate_limits', { reserved: 10 }],
    ['tier_contacts', { portfolio_id: uniqueDigits(), contact_id: pair.contactId }],
    ['message_texts', { message_id: messageId, phone_number_id: pair.numberId, contact_id: pair.contactId, at: new Date(), slice: 1, words: "'table':1" }],
    ['message_text_slices', { slice: 1, texts: 1, oldest_at: new Date() }],
    ['message_words', { word: 'table' }],
    ['message_text_changes', { message_id: messageId }],
    ['audit_log', { actor: 'platform', action: 'quota.changed', target: 'tenant' }],
  ];
  for (const [table, columns] of rows) await insertRow(system, table, { tenant_id: tenantId, ...columns });
  await insertRow(system, 'webhook_events', { meta_app_id: '1', app_tenant_id: tenantId, body: Buffer.from('{}') });
}

describe('row level security', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let owner: pg.Pool;
  let system: pg.Pool;
  let app: pg.Pool;
  let tables: Table[];
  let one: TestTenant;
  let other: TestTenant;
  let roles: { app: string; system: string; owner: string };

  beforeAll(async () => {
    database = await freshDatabase();
    [owner, system, app] = [openPool(database.owner, 2), openPool(database.system, 4), openPool(database.app, 3)];
    tables = (await owner.query<Table>(TABLES)).rows;
    [one, other] = [await makeTenant(system), await makeTenant(system)];
    for (const tenant of [one, other]) await fillTables(system, tenant);
    const userOf = (url: string) => decodeURIComponent(new URL(url).username);
    roles = { app: userOf(database.app), system: userOf(database.system), owner: userOf(database.owner) };
  });
  afterAll(async () => {
    await Promise.all([owner.end(), system.end(), app.end()]);
    await database.drop();
  });

  const tenantColumn = (table: string): string => (table === 'tenants' ? 'id' : 'tenant_id');

  /** A transaction as parley_app, for this tenant where one is given. It is rolled back. */
  async function asApp<T>(tenantId: TenantId | null, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await app.connect();
    try {
      await client.query('BEGIN');
      if (tenantId !== null) await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId]);
      return await work(client);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  async function grantedTo(role: string, privilege: string): Promise<string[]> {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT c.relname::text AS name FROM pg_class c WHERE c.oid = ANY ($2::oid[]) AND has_any_column_privilege($1, c.oid, $3)`,
      [role, tables.map(({ oid }) => oid), privilege],
    );
    return rows.map(({ name }) => name);
  }

  const errorOf = (work: Promise<unknown>): Promise<{ code?: string; message?: string }> =>
    work.then(
      () => ({}),
      (error: unknown) => error as { code?: string; message?: string },
    );

  describe('in the catalogue', () => {
    it('is enabled and forced on every table with a tenant, with a policy for parley_app that reads an empty tenant as none', async () => {
      const policies = (await owner.query<Policy>(POLICIES)).rows;
      const safe = /nullif\(current_setting\('app\.tenant_id'::text, true\), ''::text\)/i;
      expect(tables.length).toBeGreaterThanOrEqual(17);
      for (const { oid, name, enabled, forced } of tables) {
        const own = policies.filter((policy) => policy.oid === oid && policy.roles?.includes(roles.app));
        expect({ name, enabled, forced, policies: own.length }).toEqual({ name, enabled: true, forced: true, policies: 1 });
        expect([name, own[0]?.using, own[0]?.check]).toEqual([name, expect.stringMatching(safe), expect.stringMatching(safe)]);
        expect([name, own[0]?.using]).toEqual([name, expect.stringContaining(`(${tenantColumn(name)} = (`)]);
      }
    });

    it('has no policy for everybody, and none of a runtime role but those two', async () => {
      const policies = (await owner.query<Policy>(POLICIES)).rows;
      for (const policy of policies) expect([[roles.app], [roles.system]]).toContainEqual(policy.roles);
    });

    it('protects the platform\'s ledger as well: forced, and no policy for parley_app', async () => {
      const { rows } = await owner.query(
        `SELECT relrowsecurity AND relforcerowsecurity AS forced,
                EXISTS (SELECT FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles) WHERE p.polrelid = c.oid AND r.rolname = $2) AS open
           FROM pg_class c WHERE c.relname = ANY ($1)`,
        [PLATFORM_TABLES, roles.app],
      );
      expect(rows).toEqual(PLATFORM_TABLES.map(() => ({ forced: true, open: false })));
    });

    it('leaves no table of the schema out', async () => {
      const { rows } = await owner.query<{ name: string }>(
        `SELECT relname::text AS name FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition AND relname NOT LIKE '%migration%'`,
      );
      expect(rows.map(({ name }) => name).sort()).toEqual([...tables.map(({ name }) => name), ...PLATFORM_TABLES].sort());
    });

    it('grants nobody a partition: read directly, a child knows no policy', async () => {
      const { rows } = await owner.query<{ name: string; grantees: number }>(
        `SELECT c.relname::text AS name,
                (SELECT count(*)::int FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS grantees
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relispartition`,
      );
      expect(rows.length).toBeGreaterThanOrEqual(3 * 16);
      expect(rows.filter(({ grantees }) => grantees > 0)).toEqual([]);
      for (const pool of [app, system]) {
        expect(await errorOf(pool.query('SELECT FROM message_events_default'))).toMatchObject({ code: '42501' });
      }
    });

    it('is passed by no runtime role: neither owner, nor superuser, nor BYPASSRLS, nor member of the owner', async () => {
      const { rows } = await owner.query(
        `SELECT rolname::text AS role, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty, pg_has_role(oid, $2, 'MEMBER') AS member,
                EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')) AS owns
           FROM pg_roles r WHERE rolname = ANY ($1) ORDER BY 1`,
        [[roles.app, roles.system], roles.owner],
      );
      expect(rows).toEqual([roles.app, roles.system].sort().map((role) => ({ role, mighty: false, member: false, owns: false })));
    });
  });

  describe('for parley_app', () => {
    const countsOf = async (client: pg.ClientBase, names: readonly string[]): Promise<Record<string, number>> => {
      const counts: Record<string, number> = {};
      for (const name of names) counts[name] = (await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${name}`)).rows[0]!.n;
      return counts;
    };

    it('shows nothing without a tenant, though every table has rows', async () => {
      const readable = await grantedTo(roles.app, 'SELECT');
      expect(readable.length).toBeGreaterThanOrEqual(15);
      const { rows } = await system.query<{ n: number }>(readable.map((name) => `SELECT count(*)::int AS n FROM ${name}`).join(' UNION ALL '));
      expect(rows.every(({ n }) => n >= 2)).toBe(true);
      const counts = await asApp(null, (client) => countsOf(client, readable));
      expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    });

    it('shows nothing after the transaction that set the tenant: the setting comes back as an empty string', async () => {
      const readable = await grantedTo(roles.app, 'SELECT');
      const client = await app.connect();
      await client.query('BEGIN');
      await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [one.tenantId]);
      await client.query('COMMIT');
      expect((await client.query(`SELECT current_setting('app.tenant_id', true) AS tenant`)).rows).toEqual([{ tenant: '' }]);
      const counts = await countsOf(client, readable);
      client.release();
      expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    });

    it('shows a tenant its own rows, and only those, in every table', async () => {
      for (const name of await grantedTo(roles.app, 'SELECT')) {
        const column = tenantColumn(name);
        const { rows } = await asApp(one.tenantId, (client) => client.query(`SELECT DISTINCT ${column} AS tenant FROM ${name}`));
        expect([name, rows]).toEqual([name, [{ tenant: one.tenantId }]]);
        const foreign = await asApp(one.tenantId, (client) => client.query(`SELECT FROM ${name} WHERE ${column} = $1`, [other.tenantId]));
        expect([name, foreign.rowCount]).toEqual([name, 0]);
      }
    });

    it('refuses to insert a row of another tenant, in every table into which it may insert', async () => {
      const insertable = await grantedTo(roles.app, 'INSERT');
      expect(insertable.length).toBeGreaterThanOrEqual(8);
      for (const name of insertable) {
        // A real row of the other tenant, so that nothing but the policy can be what refuses it.
        const { rows } = await system.query<Columns & pg.QueryResultRow>(`SELECT * FROM ${name} WHERE tenant_id = $1 LIMIT 1`, [other.tenantId]);
        const error = await errorOf(asApp(one.tenantId, (client) => insertRow(client as unknown as pg.Pool, name, asInput(rows[0]!))));
        expect([name, error]).toMatchObject([name, { code: '42501', message: expect.stringContaining('row-level security') as unknown }]);
      }
    });

    it('cannot change a row of another tenant, nor give one of its own away, in every table that it may update', async () => {
      const updatable = await grantedTo(roles.app, 'UPDATE');
      expect(updatable.length).toBeGreaterThanOrEqual(8);
      for (const name of updatable) {
        const column = (await columnsGranted(name)).find((candidate) => candidate !== tenantColumn(name))!;
        const stolen = await asApp(one.tenantId, (client) =>
          client.query(`UPDATE ${name} SET ${column} = ${column} WHERE ${tenantColumn(name)} = $1`, [other.tenantId]),
        );
        expect([name, stolen.rowCount]).toEqual([name, 0]);
        const own = await asApp(one.tenantId, (client) => client.query(`UPDATE ${name} SET ${column} = ${column}`));
        expect([name, own.rowCount]).not.toEqual([name, 0]);
        const gift = await errorOf(asApp(one.tenantId, (client) => client.query(`UPDATE ${name} SET ${tenantColumn(name)} = $1`, [other.tenantId])));
        expect([name, gift.code]).toEqual([name, '42501']);
      }
    });

    async function columnsGranted(table: string): Promise<string[]> {
      const { rows } = await owner.query<{ name: string }>(
        `SELECT attname::text AS name FROM pg_attribute
          WHERE attrelid = $2::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege($1, attrelid, attnum, 'UPDATE')`,
        [roles.app, table],
      );
      return rows.map(({ name }) => name);
    }

    it('may delete nothing', async () => {
      for (const { name } of tables) {
        expect([name, await errorOf(asApp(one.tenantId, (client) => client.query(`DELETE FROM ${name}`)))]).toMatchObject([name, { code: '42501' }]);
      }
    });

    it('may not read the ledger of webhooks', async () => {
      expect(await errorOf(asApp(one.tenantId, (client) => client.query('SELECT FROM webhook_events')))).toMatchObject({ code: '42501' });
    });

    it('may not make partitions', async () => {
      expect(await errorOf(app.query('SELECT ensure_partitions()'))).toMatchObject({ code: '42501' });
    });
  });

  it('lets nobody change or delete a proof of consent, the owner included', async () => {
    for (const sql of [`UPDATE consent_events SET status = 'GRANTED'`, 'DELETE FROM consent_events', 'TRUNCATE consent_events CASCADE']) {
      expect(await errorOf(owner.query(sql))).toMatchObject({ message: expect.stringContaining('append-only') as unknown });
      expect(await errorOf(system.query(sql))).toMatchObject({ code: '42501' });
      expect(await errorOf(asApp(one.tenantId, (client) => client.query(sql)))).toMatchObject({ code: '42501' });
    }
  });

  it('never shows a foreign row to 1,000 interleaved units of work of 20 tenants over three connections, some of which fail', async () => {
    const tenants: TestTenant[] = [];
    for (let count = 0; count < 20; count += 1) tenants.push(await makeTenant(system));
    const db = new TenantDb(app);
    class Thrown extends Error {}
    let failures = 0;
    const unit = async (tenant: TestTenant): Promise<void> => {
      const fate = randomInt(4);
      const work = async (tx: TenantTx): Promise<void> => {
        const contacts = await tx.contact.findMany();
        expect(contacts.map(({ tenantId, id }) => [tenantId, id])).toEqual([[tenant.tenantId, tenant.contact.id]]);
        if (fate === 0) throw new Thrown();
        if (fate === 1) await tx.$executeRaw`SELECT 1 / 0`;
        const numbers = await tx.phoneNumber.findMany({ select: { tenantId: true } });
        expect(numbers).toEqual([{ tenantId: tenant.tenantId }]);
      };
      const error = await errorOf(db.run(tenant.tenantId, work));
      if (fate > 1) expect(error).toEqual({});
      else failures += 1;
      if (fate === 0) expect(error).toBeInstanceOf(Thrown);
      if (fate === 1) expect(error.message).toMatch(/division by zero/);
    };
    const left = Array.from({ length: 1_000 }, () => tenants[randomInt(tenants.length)]!);
    const workers = Array.from({ length: 12 }, async () => {
      for (let next = left.pop(); next; next = left.pop()) await unit(next);
    });
    await Promise.all(workers);
    expect(failures).toBeGreaterThan(100);
    // And nothing of them stays on the connections.
    for (let count = 0; count < 6; count += 1) expect((await app.query('SELECT FROM contacts')).rowCount).toBe(0);
    await db.close();
  }, 60_000);
});

/** A row as `pg` read it, such that it can be written again. */
function asInput(row: Columns): Columns {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const isJson = typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value) && !isTextArray(value);
      return [name, isJson ? JSON.stringify(value) : value];
    }),
  );
}

const isTextArray = (value: object): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');
