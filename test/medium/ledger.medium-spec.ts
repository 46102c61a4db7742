import { randomUUID } from 'node:crypto';
import { dropOldDay, dropSettledItems, ModuleFlag, SystemDb } from '@parley/data';
import type pg from 'pg';
import { KeepModuleFlag } from '../../apps/worker/src/sweeper/keep-module-flag.js';
import { Retention } from '../../apps/worker/src/sweeper/retention.js';
import { TestApi, type Answer } from '../support/api.js';
import { freshDatabase } from '../support/database.js';
import { insertMessage, insertRow, makeTenant, openPool, pairOf, type TestTenant } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

type Row = Record<string, unknown>;

let worker: TestWorker;
let api: TestApi;
let tenant: TestTenant;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
  const { DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX } = worker.config;
  api = await TestApi.start({ DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX });
});
afterAll(async () => {
  await api.stop();
  await worker.stop();
});
beforeEach(async () => {
  tenant = await worker.tenant({ echo_enabled: false });
});

const list = async (query: string): Promise<Row & { data: Row[] }> => {
  const answer = await api.operator('GET', `/v1/ingest/events?${query}`);
  expect([query, answer.status]).toEqual([query, 200]);
  return answer.body as Row & { data: Row[] };
};
const now = (): string => String(Math.floor(Date.now() / 1_000));
const statusOf = (wamid: string, status = 'delivered', extra: object = {}) => ({ id: wamid, status, timestamp: now(), recipient_id: '40722000000', ...extra });
const statuses = (graphId: string, ...all: object[]) => envelope(graphId, { statuses: all });
const sent = (wamid: string) => insertMessage(worker.pool, pairOf(tenant), { state: 'ACCEPTED', columns: { wamid, attempt_id: randomUUID() } });
const eventOf = async (wamid: string): Promise<string> =>
  (await worker.rows<{ id: string }>(`SELECT id FROM webhook_events WHERE convert_from(body, 'UTF8') LIKE '%' || $1 || '%' ORDER BY id DESC LIMIT 1`, [wamid]))[0]!.id;

describe('the ledger', () => {
  it('shows operators each webhook with its items and what became of them, and nobody else', async () => {
    const [known, unknown] = [uniqueWamid(), uniqueWamid()];
    await sent(known);
    await worker.receive(statuses(tenant.number.graphId, statusOf(known), statusOf(unknown)));
    const id = await eventOf(known);
    const { data } = await list(`state=PARTIAL&number=${tenant.number.graphId}`);
    const failed = { path: '/entry/0/changes/0/value/statuses/1', kind: 'status', state: 'RETRY', tenantId: tenant.tenantId, attempts: 1, error: 'status.message-unknown' };
    expect(data).toEqual([expect.objectContaining({ id, state: 'PARTIAL', kinds: ['status'], itemCount: 2, noted: [expect.objectContaining(failed)] as unknown })]);
    const { body } = await api.operator('GET', `/v1/ingest/events/${id}`);
    expect(body['items']).toEqual([expect.objectContaining({ state: 'DONE', error: null }), expect.objectContaining(failed)]);
    expect(body).toMatchObject({ body: { entry: [{ changes: [{ value: { statuses: [{ id: known }, { id: unknown }] } }] }] }, bodyBase64: null });
    expect((await api.operator('GET', '/v1/ingest/lag')).body).toMatchObject({ new: 0, oldestSeconds: null, retry: 1, deadEvents: 0, replaysRunning: 0 });

    const { apiKey: bearer } = await api.tenant();
    for (const path of ['events', `events/${id}`, 'lag', `replays/${id}`]) {
      expect([path, (await api.call('GET', `/v1/ingest/${path}`, { bearer })).status]).toEqual([path, 403]);
    }
    expect((await api.call('POST', '/v1/ingest/replays', { bearer, body: { filter: { eventIds: [id] } } })).status).toBe(403);
    expect((await api.operator('GET', `/v1/ingest/events/${randomUUID()}`)).body['code']).toBe('resource.not-found');
  });

  it('is searched by kind, number, time and place in the payload, of this number only', async () => {
    const wamid = uniqueWamid();
    const stranger = await worker.tenant({ echo_enabled: false });
    const errors = [{ code: 131026, title: 'No' }];
    await worker.receive(
      statuses(tenant.number.graphId, statusOf(wamid, 'failed', { errors })),
      statuses(stranger.number.graphId, statusOf(uniqueWamid(), 'failed', { errors })),
      customerText(tenant.number.graphId, tenant.contact.phone, 'Hello', wamid),
      '{"broken',
    );
    const own = `number=${tenant.number.id}`;
    const [text, failed] = (await list(own)).data;
    expect([text!['kinds'], failed!['kinds']]).toEqual([['message'], ['status']]);
    const found: [string, Row[]][] = [
      [`${own}&kind=status`, [failed!]],
      [`${own}&path=entry.changes.value.statuses.errors.code&value=131026`, [failed!]],
      [`${own}&path=entry.changes.value.statuses.errors.code&value=1`, []],
      [`${own}&path=/entry/0/changes/0/value/messages/0/text/body&value=Hello`, [text!]],
      [`${own}&to=${new Date(Date.now() - 60_000).toISOString()}`, []],
      [`${own}&from=${new Date(Date.now() - 60_000).toISOString()}&kind=message`, [text!]],
    ];
    for (const [query, wanted] of found) expect([query, (await list(query)).data.map(({ id }) => id)]).toEqual([query, wanted.map(({ id }) => id)]);
    const [dead] = (await list('state=DEAD')).data;
    expect(await api.operator('GET', `/v1/ingest/events/${String(dead!['id'])}`)).toMatchObject({ body: { body: null, bodyBase64: Buffer.from('{"broken').toString('base64'), error: 'json.malformed' } });
    for (const query of ['value=1', 'path=a..b', `number=${randomUUID()}`, 'number=x', 'state=OPEN']) {
      expect([query, (await api.operator('GET', `/v1/ingest/events?${query}`)).status]).toEqual([query, 422]);
    }
  });

  it('is gone through page by page to its end, however few match', async () => {
    const wamids = Array.from({ length: 5 }, () => uniqueWamid());
    await worker.receive(...wamids.map((wamid) => customerText(tenant.number.graphId, tenant.contact.phone, 'Soup', wamid)));
    const seen: unknown[] = [];
    for (let cursor = '', pages = 0; pages < 20; pages += 1) {
      const page = await list(`number=${tenant.number.graphId}&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.data.map(({ id }) => id));
      if (page['hasMore'] === false) break;
      cursor = String(page['nextCursor']);
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });
});

/** What Meta's dashboard, its documents and its older releases send, and what becomes of it; the number is one that we have, but for the first. */
const ODDITIES: readonly [string, (graphId: string) => unknown, { state: string; kinds: string[]; error?: string }][] = [
  ['the test button of the dashboard', () => ({ object: 'whatsapp_business_account', entry: [{ id: '0', changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '16505551111', phone_number_id: '123456123' }, contacts: [{ profile: { name: 'test user name' }, wa_id: '16315551181' }], messages: [{ from: '16315551181', id: 'ABGGFlA5Fpa', timestamp: '1504902988', type: 'text', text: { body: 'this is a text message' } }] } }] }] }), { state: 'PARTIAL', kinds: ['message'] }],
  ['a sample without an envelope', (id) => ({ field: 'messages', value: { metadata: { phone_number_id: id }, statuses: [] } }), { state: 'DONE', kinds: ['unknown'] }],
  ['an empty body', () => '', { state: 'DEAD', kinds: [], error: 'body.empty' }],
  ['an empty object', () => ({}), { state: 'DONE', kinds: ['unknown'] }],
  ['an entry without changes', () => ({ object: 'whatsapp_business_account', entry: [{ id: '1' }] }), { state: 'DONE', kinds: ['unknown'] }],
  ['the field beside the entry, and the object within it', () => ({ entry: [{ id: '1', time: 1, field: 'account_update', object: 'whatsapp_business_account', value: { event: 'PARTNER_APP_INSTALLED', waba_info: { waba_id: '2', partner_app_id: '3' } } }] }), { state: 'DONE', kinds: ['account-update'] }],
  ['errors without a message', (id) => envelope(id, { errors: [{ code: 131000, title: 'Something went wrong' }] } as object), { state: 'DONE', kinds: ['errors'] }],
  ['a quality update under the name of another field', () => ({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'message_template_status_update', value: { previous_quality_score: 'GREEN', new_quality_score: 'RED', message_template_id: 1, message_template_name: 'a', message_template_language: 'en' } }] }] }), { state: 'DONE', kinds: ['template-quality'] }],
  ['a page of another product', () => ({ object: 'page', entry: [{ id: '1', messaging: [] }] }), { state: 'DONE', kinds: ['unknown'] }],
];

it.each(ODDITIES)('%s is taken, kept and told apart', async (_, body, { state, kinds, error = null }) => {
  await worker.receive(body(tenant.number.graphId));
  const [newest] = (await list('limit=1')).data;
  expect(newest).toMatchObject({ state, kinds, error });
});

const TABLES = ['messages', 'message_events', 'conversations', 'contacts', 'contact_identities', 'consents', 'consent_events', 'templates', 'phone_numbers', 'events'];

/** Every row of the tenant, as text. */
async function everything(): Promise<Row> {
  const entries = TABLES.map(async (table) => {
    const rows = await worker.rows<{ row: string }>(`SELECT (to_jsonb(t) - 'last_webhook_at')::text AS row FROM ${table} t WHERE tenant_id = $1 ORDER BY 1`, [tenant.tenantId]);
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const replay = (body: object): Promise<Answer> => api.operator('POST', '/v1/ingest/replays', body);

async function replayed(body: object): Promise<Row> {
  const begun = await replay(body);
  expect(begun).toMatchObject({ status: 202, body: { state: 'RUNNING' } });
  await worker.process();
  const { body: done } = await api.operator('GET', `/v1/ingest/replays/${String(begun.body['id'])}`);
  expect(done).toMatchObject({ state: 'DONE', finishedAt: expect.any(String) as unknown });
  return done;
}

describe('a replay', () => {
  it('changes no row: messages, statuses, preferences and templates that were applied', async () => {
    const { graphId } = tenant.number;
    const [inbound, outbound] = [uniqueWamid(), uniqueWamid()];
    await sent(outbound);
    const preference = { wa_id: tenant.contact.phone.slice(1), detail: 'No', category: 'marketing_messages', value: 'stop', timestamp: Number(now()) };
    const metadata = { display_phone_number: '40722000000', phone_number_id: graphId };
    const [{ waba, digits }] = (await worker.rows<{ waba: string; digits: string }>(
      `SELECT a.waba_id AS waba, regexp_replace(n.display_phone_number, '\\D', '', 'g') AS digits FROM accounts a JOIN phone_numbers n ON n.account_id = a.id WHERE a.id = $1`,
      [tenant.accountId],
    )) as [{ waba: string; digits: string }];
    const [template] = await worker.rows<{ meta_id: string; name: string; language: string }>('SELECT meta_id, name, language FROM templates WHERE id = $1', [tenant.template.id]);
    const field = (name: string, value: object, wabaId = waba) => ({ object: 'whatsapp_business_account', entry: [{ id: wabaId, time: Number(now()), changes: [{ field: name, value }] }] });
    await worker.receive(
      customerText(graphId, tenant.contact.phone, 'A table for two', inbound),
      customerText(graphId, '+40722999111', 'From somebody new'),
      statuses(graphId, statusOf(outbound, 'sent'), statusOf(outbound, 'read'), statusOf(outbound, 'delivered')),
      field('user_preferences', { messaging_product: 'whatsapp', metadata, user_preferences: [preference] }),
      field('message_template_status_update', { event: 'PAUSED', message_template_id: template!.meta_id, message_template_name: template!.name, message_template_language: template!.language, reason: 'NONE' }),
      field('phone_number_quality_update', { display_phone_number: digits, event: 'FLAGGED', current_limit: 'TIER_1K' }),
    );
    expect(await worker.rows('SELECT status FROM templates WHERE id = $1', [tenant.template.id])).toEqual([{ status: 'PAUSED' }]);
    // The automations look at each message once, soon after it came.
    await worker.answer();
    await waitFor(async () => (await worker.rows(`SELECT FROM messages WHERE tenant_id = $1 AND direction = 'INBOUND' AND automated_at IS NULL`, [tenant.tenantId])).length === 0);
    const before = await everything();
    const range = { from: new Date(Date.now() - 3_600_000).toISOString(), number: graphId };
    expect(await replayed({ filter: range })).toMatchObject({ dryRun: true, matched: 5, replayed: 7, changed: 0, filter: { number: graphId } });
    expect(await replayed({ filter: range, dryRun: false })).toMatchObject({ matched: 5, replayed: 7, changed: 0, failed: 0 });
    expect(await replayed({ filter: { from: range.from }, dryRun: false })).toMatchObject({ changed: 0 });
    expect(await replayed({ filter: { eventIds: [await eventOf(inbound)] }, dryRun: false })).toMatchObject({ looked: 1, replayed: 1, changed: 0 });
    expect(await everything()).toEqual(before);
  });

  it('applies what could not be applied before, of this number only, and closes what was noted of it', async () => {
    const stranger = await worker.tenant({ echo_enabled: false });
    const [own, foreign] = [uniqueWamid(), uniqueWamid()];
    await worker.receive(statuses(tenant.number.graphId, statusOf(own)), statuses(stranger.number.graphId, statusOf(foreign)));
    await worker.pool.query(`UPDATE webhook_items SET state = 'DEAD', attempts = 3 WHERE state = 'RETRY'`);
    const messageId = await sent(own);
    expect(await replayed({ filter: { number: tenant.number.id, kind: 'status' }, dryRun: false })).toMatchObject({ replayed: 1, changed: 1 });
    expect(await worker.rows('SELECT state FROM messages WHERE id = $1', [messageId])).toEqual([{ state: 'DELIVERED' }]);
    const items = (graphId: string) => worker.rows('SELECT state FROM webhook_items WHERE graph_number_id = $1', [graphId]);
    expect([await items(tenant.number.graphId), await items(stranger.number.graphId)]).toEqual([[{ state: 'DONE' }], [{ state: 'DEAD' }]]);
  });

  it('of everything, or of a number that is none, is refused', async () => {
    for (const filter of [{}, { kind: 'message' }, { to: new Date().toISOString() }, { number: randomUUID() }, { eventIds: [] }]) {
      expect([filter, (await replay({ filter })).status]).toEqual([filter, 422]);
    }
  });
});

describe("a tenant's module", () => {
  const choose = (id: string, moduleChoice: unknown) => api.operator('PATCH', `/v1/tenants/${id}`, { moduleChoice });
  const inboundOf = (wamid: string) => worker.rows('SELECT 1 FROM messages WHERE wamid = $1', [wamid]);
  const itemsOf = (one: TestTenant) => worker.rows('SELECT state, error FROM webhook_items WHERE tenant_id = $1', [one.tenantId]);

  it('that is off lets webhooks wait, and has them applied when it is on again; the neighbour never notices', async () => {
    const stranger = await worker.tenant({ echo_enabled: false });
    expect((await choose(tenant.tenantId, 'off')).body).toMatchObject({ whatsappEnabled: false, moduleChoice: 'off' });
    const [own, foreign] = [uniqueWamid(), uniqueWamid()];
    await worker.receive(customerText(tenant.number.graphId, tenant.contact.phone, 'Hi', own), customerText(stranger.number.graphId, stranger.contact.phone, 'Hi', foreign));
    expect([(await inboundOf(own)).length, (await inboundOf(foreign)).length]).toEqual([0, 1]);
    expect(await itemsOf(tenant)).toEqual([{ state: 'UNROUTED', error: 'tenant.disabled' }]);

    expect((await choose(tenant.tenantId, 'on')).body).toMatchObject({ whatsappEnabled: true, moduleChoice: 'on' });
    await worker.process();
    expect(await inboundOf(own)).toHaveLength(1);
    expect(await itemsOf(tenant)).toEqual([{ state: 'DONE', error: null }]);
    const audit = await worker.rows(`SELECT before, after FROM audit_log WHERE tenant_id = $1 AND action = 'module.changed' ORDER BY id`, [tenant.tenantId]);
    expect(audit).toEqual([
      { before: { choice: null, isOn: true }, after: { choice: 'off', isOn: false } },
      { before: { choice: 'off', isOn: false }, after: { choice: 'on', isOn: true } },
    ]);
    expect((await api.operator('GET', `/v1/tenants/${stranger.tenantId}`)).body).toMatchObject({ whatsappEnabled: true, moduleChoice: null });
  });

  it('that was switched on while an item was being noted gets it after all; one that is off does not', async () => {
    const off = await worker.tenant({ whatsapp_enabled: false });
    for (const { tenantId, number } of [tenant, off]) {
      await insertRow(worker.pool, 'webhook_items', { tenant_id: tenantId, event_id: number.id, path: '/0', kind: 'message', state: 'UNROUTED', error: 'tenant.disabled' });
    }
    await worker.app.get(KeepModuleFlag, { strict: false }).replay();
    expect([await itemsOf(tenant), await itemsOf(off)]).toMatchObject([[{ state: 'RETRY' }], [{ state: 'UNROUTED' }]]);
  });

  it('is chosen by operators only, with one of three words', async () => {
    const own = await api.tenant();
    expect((await api.call('PATCH', `/v1/tenants/${own.id}`, { bearer: own.apiKey, body: { moduleChoice: 'off' } })).status).toBe(403);
    expect((await api.call('PATCH', '/v1/tenant', { bearer: own.apiKey, body: { moduleChoice: 'off' } })).status).toBe(422);
    for (const word of [undefined, 'maybe', true]) expect([word, (await choose(own.id, word)).status]).toEqual([word, 422]);
    expect((await choose(randomUUID(), 'on')).status).toBe(404);
    expect((await choose(own.id, null)).body).toMatchObject({ whatsappEnabled: true, moduleChoice: null });
  });

  it('follows the default and its share at the start of a process: by choice first, and who had it keeps it when the share grows', async () => {
    const many = await Promise.all(Array.from({ length: 30 }, () => makeTenant(worker.pool)));
    const [chosenOn, chosenOff] = [many[0]!, many[1]!];
    await choose(chosenOn.tenantId, 'on');
    await choose(chosenOff.tenantId, 'off');
    const { DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX } = worker.config;
    const other = await TestApi.start({ DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX, ENABLE_WHATSAPP_MODULE: 'false' });
    const made = await other.tenant();
    await other.stop();
    const ids = many.map(({ tenantId }) => tenantId);
    const on = async (): Promise<Set<string>> =>
      new Set((await worker.rows<{ id: string }>('SELECT id FROM tenants WHERE whatsapp_enabled AND id = ANY ($1::uuid[])', [[...ids, made.id]])).map(({ id }) => id));
    const apply = async (share: number): Promise<Set<string>> => {
      await new ModuleFlag(new SystemDb(worker.pool), { isOn: true, share }).apply();
      return on();
    };
    const [none, some, all] = [await on(), await apply(60), await apply(100)];
    expect([...none]).toEqual([chosenOn.tenantId]);
    expect(some.size).toBeGreaterThan(5);
    expect(some.size).toBeLessThan(29);
    expect(all).toEqual(new Set([...ids, made.id].filter((id) => id !== chosenOff.tenantId)));
    expect(await apply(60)).toEqual(some);
    await apply(100);
  });
});

describe('days that are kept for so long only', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let owner: pg.Pool;
  let system: pg.Pool;

  beforeAll(async () => {
    database = await freshDatabase();
    [owner, system] = [openPool(database.owner, 1), openPool(database.system, 2)];
  });
  afterAll(async () => {
    await Promise.all([owner.end(), system.end()]);
    await database.drop();
  });

  const oldDay = (table: string, daysAgo: number) =>
    owner.query(`DO $$ DECLARE d date := (now() AT TIME ZONE 'UTC')::date - ${daysAgo}; BEGIN
      EXECUTE format('CREATE TABLE %I PARTITION OF ${table} FOR VALUES FROM (%L) TO (%L)', '${table}_' || to_char(d, 'YYYYMMDD'),
        uuid_v7_floor(d::timestamp AT TIME ZONE 'UTC'), uuid_v7_floor((d + 1)::timestamp AT TIME ZONE 'UTC')); END $$`);
  const event = async (daysAgo: number, state: string): Promise<string> => {
    const { rows } = await system.query<{ id: string }>(
      `INSERT INTO webhook_events (id, meta_app_id, body, state) VALUES (uuid_v7(now() - make_interval(days => $1)), '1', '{}', $2) RETURNING id`, [daysAgo, state]);
    return rows[0]!.id;
  };
  const item = (eventId: string, state: string) => insertRow(system, 'webhook_items', { event_id: eventId, path: '/0', kind: 'message', state });
  const ids = async () => (await system.query<{ id: string }>('SELECT id FROM webhook_events ORDER BY id')).rows.map(({ id }) => id);

  it('go, oldest first; what is not applied yet is found where it was, for as long as it is not', async () => {
    const db = new SystemDb(system);
    for (const days of [41, 40, 31]) await oldDay('webhook_events', days);
    await oldDay('events', 40);
    const kept: string[] = [];
    for (const state of ['RETRY', 'UNROUTED', 'DEAD']) kept.push(await event(41, 'PARTIAL').then(async (id) => (await item(id, state), id)));
    kept.push(await event(41, 'NEW'), await event(40, 'DEAD'));
    const refused = await event(40, 'PARTIAL');
    await item(refused, 'REFUSED');
    const gone = [refused, await event(41, 'DONE'), await event(40, 'DONE')];
    const young = [await event(31, 'DONE'), await event(0, 'DONE')];

    expect(await dropOldDay(db, 'webhook_events', 35)).toMatchObject({ kept: 4 });
    expect(await ids()).toEqual([...kept, ...gone.filter((id) => id !== gone[1]), ...young].sort());
    expect(await dropOldDay(db, 'webhook_events', 35)).toMatchObject({ kept: 5 });
    expect(await dropOldDay(db, 'webhook_events', 35)).toBeNull();
    expect(await ids()).toEqual([...kept, ...young].sort());
    await system.query(`UPDATE webhook_events SET state = 'DONE' WHERE state = 'NEW'`);
    expect(await dropOldDay(db, 'webhook_events', 30)).toMatchObject({ kept: 4 });
    expect(await ids()).toEqual([...kept.filter((id) => id !== kept[3]), young[1]].sort());
    const strays = await system.query(`SELECT pg_relation_size('webhook_events_default') AS bytes`);
    expect(strays.rows).toEqual([{ bytes: '0' }]);

    expect(await dropSettledItems(db, 30)).toBe(1);
    expect((await system.query('SELECT state FROM webhook_items ORDER BY id')).rows.map(({ state }: { state: string }) => state)).toEqual(['RETRY', 'UNROUTED', 'DEAD']);
    expect(await dropOldDay(db, 'events', 30)).not.toBeNull();
  });

  it('are looked for by the worker, which leaves what is young', async () => {
    await worker.receive(customerText(tenant.number.graphId, tenant.contact.phone, 'Young'));
    const before = await worker.rows('SELECT count(*)::int FROM webhook_events');
    await worker.app.get(Retention, { strict: false }).run();
    expect(await worker.rows('SELECT count(*)::int FROM webhook_events')).toEqual(before);
  });

  it('wait while somebody reads for long, so that no webhook waits behind them', async () => {
    const db = new SystemDb(system);
    await oldDay('webhook_events', 20);
    const reader = await owner.connect();
    await reader.query('BEGIN');
    await reader.query('LOCK TABLE webhook_events IN ACCESS SHARE MODE');
    expect(await dropOldDay(db, 'webhook_events', 15)).toBeNull();
    await reader.query('ROLLBACK');
    reader.release();
    expect(await dropOldDay(db, 'webhook_events', 15)).not.toBeNull();
  });

  it('are dropped by nobody who does not say how old, and never when they are young', async () => {
    for (const [table, days] of [['messages', 30], ['webhook_events', 0]]) await expect(system.query('SELECT * FROM lock_old_partition($1, $2)', [table, days])).rejects.toThrow(/lock_old_partition/);
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    await expect(system.query(`SELECT drop_old_partition('webhook_events', $1, uuid_v7_floor(now()), '{}')`, [`webhook_events_${today}`])).rejects.toThrow(/drop_old_partition/);
  });
});
