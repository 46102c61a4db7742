import { randomUUID } from 'node:crypto';
import { TestApi, type Answer } from '../support/api.js';
import { insertDead } from '../support/dead-letters.js';
import { insertMessage, insertRow, pairOf, type TestTenant } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';
import { envelope, TestWorker, uniqueWamid } from '../support/worker.js';

type Row = Record<string, unknown>;

let worker: TestWorker;
let api: TestApi;
let tenant: TestTenant;

beforeAll(async () => {
  worker = await TestWorker.start();
  const { DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX } = worker.config;
  api = await TestApi.start({ DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX });
});
afterAll(async () => {
  await api.stop();
  await worker.stop();
});
beforeEach(async () => {
  tenant = await worker.tenant();
});

const list = async (query: string): Promise<Row[]> => (await api.operator('GET', `/v1/ingest/dead-letters?${query}`)).body['data'] as Row[];
const redrive = (body: unknown, id = ''): Promise<Answer> => api.operator('POST', `/v1/ingest/dead-letters${id}/redrive`, body);
const stateOf = async (table: string, id: unknown) => (await worker.rows<{ state: string }>(`SELECT state FROM ${table} WHERE id = $1`, [id]))[0]!.state;

const statusOf = (wamid: string) =>
  envelope(tenant.number.graphId, { statuses: [{ id: wamid, status: 'delivered', timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: '40722000000' }] });

/** A status that came before its message was written, and was tried for the last time. */
async function deadStatus(wamid: string): Promise<{ itemId: string; eventId: string }> {
  const event = await insertRow<{ id: string }>(worker.pool, 'webhook_events', { meta_app_id: '1', body: Buffer.from(JSON.stringify(statusOf(wamid))), state: 'PARTIAL' });
  const item = await insertRow<{ id: string }>(worker.pool, 'webhook_items', {
    tenant_id: tenant.tenantId, event_id: event.id, path: '/entry/0/changes/0/value/statuses/0', kind: 'status', graph_number_id: tenant.number.graphId,
    state: 'DEAD', attempts: 3, error: 'status.message-unknown',
  });
  return { itemId: item.id, eventId: event.id };
}

const sent = (wamid: string) => insertMessage(worker.pool, pairOf(tenant), { state: 'ACCEPTED', columns: { wamid, attempt_id: randomUUID() } });

describe("the ledger's dead letters", () => {
  it('are shown to operators with what mends them, without content, and to nobody else', async () => {
    const { itemId, eventId } = await deadStatus(uniqueWamid());
    const shown = await list(`tenantId=${tenant.tenantId}`);
    expect(shown).toEqual([
      {
        id: itemId, of: 'item', eventId, path: '/entry/0/changes/0/value/statuses/0', kind: 'status', tenantId: tenant.tenantId, graphNumberId: tenant.number.graphId,
        attempts: 3, error: 'status.message-unknown', whatToDo: expect.stringContaining('Redrive') as unknown, receivedAt: expect.any(String) as unknown, failedAt: expect.any(String) as unknown,
      },
    ]);
    for (const query of ['kind=message', 'of=event', `from=${new Date(Date.now() + 60_000).toISOString()}`]) {
      expect([query, await list(`graphNumberId=${tenant.number.graphId}&${query}`)]).toEqual([query, []]);
    }
    const { apiKey: bearer } = await api.tenant();
    for (const [method, path] of [['GET', ''], ['POST', '/redrive'], ['POST', `/${itemId}/redrive`]] as const) {
      const answer = await api.call(method, `/v1/ingest/dead-letters${path}`, { bearer, ...(method === 'POST' && { body: { filter: {} } }) });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect(await stateOf('webhook_items', itemId)).toBe('DEAD');
  });

  it('apply once they can, and doing it again has no second effect', async () => {
    const wamid = uniqueWamid();
    const { itemId } = await deadStatus(wamid);
    const messageId = await sent(wamid);
    expect((await redrive({}, `/${itemId}`)).body).toEqual({ dryRun: false, items: 1, events: 0 });
    await worker.process();
    await waitFor(async () => (await stateOf('webhook_items', itemId)) === 'DONE');
    expect(await stateOf('messages', messageId)).toBe('DELIVERED');
    expect((await redrive({}, `/${itemId}`)).status).toBe(404);
    await worker.pool.query(`UPDATE webhook_items SET state = 'DEAD' WHERE id = $1`, [itemId]);
    await redrive({}, `/${itemId}`);
    await worker.process();
    await waitFor(async () => (await stateOf('webhook_items', itemId)) === 'DONE');
    expect(await worker.rows('SELECT FROM message_events WHERE message_id = $1', [messageId])).toHaveLength(1);
  });

  it('are redriven many at once by a filter, counted before where that is asked', async () => {
    const wamids = [uniqueWamid(), uniqueWamid()];
    const dead = await Promise.all(wamids.map(deadStatus));
    const stranger = tenant;
    tenant = await worker.tenant();
    const foreign = await deadStatus(uniqueWamid());
    const filter = { tenantId: stranger.tenantId };
    expect((await redrive({ filter, dryRun: true })).body).toEqual({ dryRun: true, items: 2, events: 0 });
    expect(await Promise.all(dead.map(({ itemId }) => stateOf('webhook_items', itemId)))).toEqual(['DEAD', 'DEAD']);
    expect((await redrive({ filter })).body).toEqual({ dryRun: false, items: 2, events: 0 });
    expect(await stateOf('webhook_items', foreign.itemId)).toBe('DEAD');
    expect((await redrive({})).body).toMatchObject({ code: 'request.invalid', errors: [{ pointer: '/filter' }] });
  });

  it('may be whole webhooks: they are read from the start, and die again while nothing can read them', async () => {
    await worker.receive('{"object": "what');
    const [row] = await worker.rows<{ id: string }>(`SELECT id FROM webhook_events WHERE state = 'DEAD' ORDER BY id DESC LIMIT 1`);
    expect(await list('of=event')).toEqual([expect.objectContaining({ id: row!.id, of: 'event', path: null, whatToDo: expect.stringContaining('update') as unknown }) as unknown]);
    expect((await redrive({}, `/${row!.id}`)).body).toEqual({ dryRun: false, items: 0, events: 1 });
    await worker.process();
    await waitFor(async () => (await stateOf('webhook_events', row!.id)) === 'DEAD');
    const wamid = uniqueWamid();
    const messageId = await sent(wamid);
    await worker.pool.query('UPDATE webhook_events SET body = $2 WHERE id = $1', [row!.id, Buffer.from(JSON.stringify(statusOf(wamid)))]);
    expect((await redrive({ filter: { of: 'event' } })).body).toEqual({ dryRun: false, items: 0, events: 1 });
    await worker.process();
    await waitFor(async () => (await stateOf('messages', messageId)) === 'DELIVERED');
    expect(await stateOf('webhook_events', row!.id)).toBe('DONE');
  });
});

describe('the worker', () => {
  it('finds and finishes a redrive of many of which no wake-up told it', async () => {
    const ids = [await insertDead(worker.pool, { ...tenant, key: '', pair: pairOf(tenant) }), await insertDead(worker.pool, { ...tenant, key: '', pair: pairOf(tenant) })];
    const { id } = await insertRow<{ id: string }>(worker.pool, 'redrives', { tenant_id: tenant.tenantId, actor: 'spec', filter: '{}' });
    await waitFor(async () => (await stateOf('redrives', id)) === 'DONE');
    expect(await worker.rows(`SELECT redriven FROM redrives WHERE id = $1`, [id])).toEqual([{ redriven: 2 }]);
    expect(await worker.rows(`SELECT FROM message_events WHERE message_id = ANY ($1) AND type = 'redriven'`, [ids])).toHaveLength(2);
  });
});
