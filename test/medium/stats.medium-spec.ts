import type pg from 'pg';
import { EventReader, SystemDb } from '@parley/data';
import { LIST_RATE_CARD, type MessageState } from '@parley/domain';
import { Metrics } from '@parley/platform';
import { RollUp } from '../../apps/worker/src/stats/roll-up.js';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { EventStream } from '../support/event-stream.js';
import {
  insertAccount, insertContact, insertConversation, insertInbound, insertMessages, insertNumber, insertRow, insertTemplate, openPool, type Columns, type TestPair,
} from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';

interface Figures {
  received: number;
  accepted: number;
  delivered: number;
  cost: Record<string, unknown>;
}

const HOUR_MS = 3_600_000;
const HOURLY = ['received', 'accepted', 'sent', 'delivered', 'read', 'failed', 'expired', 'cancelled'] as const;

describe('statistics', () => {
  let api: TestApi;
  let pool: pg.Pool;
  let rollUp: RollUp;
  let own: TestTenant;
  let other: TestTenant;
  let pair: TestPair;
  let templateId: string;
  let conversationId: string;

  beforeAll(async () => {
    api = await TestApi.start({ STATS_LIVE_INTERVAL_MS: '100' });
    pool = openPool((await workerDatabase()).system, 2);
    rollUp = new RollUp(api.app.get(SystemDb, { strict: false }), api.app.get(Metrics, { strict: false }), LIST_RATE_CARD);
    [own, other] = [await api.tenant(), await api.tenant()];
    ({ pair, templateId } = await furnish(own));
    conversationId = await insertConversation(pool, pair);
    await fill(pair);
    const { pair: theirs } = await furnish(other);
    await send(theirs, 7, 'DELIVERED', { delivered_at: new Date() });
    await count();
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
  });

  async function furnish({ id }: TestTenant): Promise<{ pair: TestPair; templateId: string }> {
    const tenantId = id as TestPair['tenantId'];
    const accountId = await insertAccount(pool, tenantId);
    const number = await insertNumber(pool, tenantId, accountId, { created_at: new Date(Date.now() - 200 * 24 * HOUR_MS) });
    const contact = await insertContact(pool, tenantId);
    const template = await insertTemplate(pool, tenantId, accountId);
    return { pair: { tenantId, numberId: number.id, contactId: contact.id }, templateId: template.id };
  }

  /** What acceptance and statuses would have told. */
  const tell = (tenantId: string, ids: readonly string[]) =>
    pool.query(
      `INSERT INTO events (tenant_id, type, resource_type, resource_id, data) SELECT $1, 'whatsapp.message_sent', 'message', id, '{}' FROM unnest($2::uuid[]) AS id`,
      [tenantId, ids],
    );

  async function send(of: TestPair, howMany: number, state: MessageState, columns: Columns = {}, options: { purpose?: 'utility' | 'marketing'; templateId?: string } = {}) {
    const ids = await insertMessages(pool, of, howMany, { state, ...options, columns });
    await tell(of.tenantId, ids);
    return ids;
  }

  const now = new Date();
  const PAID = JSON.stringify({ billable: true, model: 'PMP', type: 'regular', category: 'marketing' });

  async function fill(of: TestPair): Promise<void> {
    await send(of, 2, 'QUEUED');
    await send(of, 5, 'SENT', { sent_at: now }, { templateId });
    await send(of, 4, 'DELIVERED', { sent_at: now, delivered_at: now }, { templateId });
    await send(of, 3, 'READ', { read_at: now }, { purpose: 'marketing', templateId });
    await send(of, 2, 'FAILED', { failed_at: now });
    await send(of, 1, 'EXPIRED', { failed_at: now });
    await send(of, 1, 'CANCELLED');
    const paid = await send(of, 10, 'DELIVERED', { sent_at: now, delivered_at: now }, { purpose: 'marketing' });
    await pool.query('UPDATE messages SET pricing = $2 WHERE id = ANY ($1::uuid[])', [paid, PAID]);
    for (let at = 0; at < 6; at += 1) await tell(of.tenantId, [await insertInbound(pool, of, conversationId)]);
    // Said before the number was connected: it came with the number.
    await tell(of.tenantId, [await insertInbound(pool, of, conversationId, { created_at: new Date(Date.now() - 300 * 24 * HOUR_MS) })]);
  }

  /** Marks and counts whatever is due, without waiting for statuses to settle. Events wait for transactions of other specs. */
  async function count(): Promise<void> {
    const events = new EventReader(api.app.get(SystemDb, { strict: false }));
    await waitFor(async () => {
      await rollUp.run(new AbortController().signal);
      return (await events.lagSeconds({ name: 'statistics', from: 'beginning' })) === 0;
    });
    await pool.query('UPDATE stats_hours SET due_at = now()');
    await rollUp.run(new AbortController().signal);
  }

  const read = async (query = '', bearer = own.apiKey) => (await api.call('GET', `/v1/stats${query}`, { bearer })).body;
  const total = async (query = '', bearer = own.apiKey) => ((await read(query, bearer))['total'] as { messages: Figures }).messages;

  it('are what a count over the rows themselves gives, for the own tenant and for the other', async () => {
    for (const { id, apiKey } of [own, other]) {
      const { rows } = await pool.query(
        `SELECT count(*) FILTER (WHERE direction = 'INBOUND')::int AS received, count(*) FILTER (WHERE direction = 'OUTBOUND')::int AS accepted,
                count(coalesce(sent_at, delivered_at, read_at))::int AS sent, count(coalesce(delivered_at, read_at))::int AS delivered, count(read_at)::int AS read,
                count(*) FILTER (WHERE state = 'FAILED')::int AS failed, count(*) FILTER (WHERE state = 'EXPIRED')::int AS expired,
                count(*) FILTER (WHERE state = 'CANCELLED')::int AS cancelled
           FROM messages m JOIN phone_numbers n ON n.id = m.phone_number_id WHERE m.tenant_id = $1 AND m.created_at > n.created_at`,
        [id],
      );
      expect(await total('', apiKey)).toMatchObject(rows[0] as object);
    }
    expect(await total()).toMatchObject({ received: 6, accepted: 28, sent: 22, delivered: 17, read: 3, deliveryRate: 0.7727, readRate: 0.1765, failureRate: 0.1071 });
    expect(await total('', other.apiKey)).toMatchObject({ accepted: 7, received: 0 });
  });

  it('say what it costs, by what Meta charges for and the rate card', async () => {
    expect((await total()).cost).toMatchObject({ amount: '0.8600', currency: 'USD', chargedMessages: 10, unpricedMessages: 0 });
  });

  it('are counted again, and right, when statuses come later or twice', async () => {
    const before = await total();
    const [id] = await send(pair, 1, 'SENT', { sent_at: now });
    await count();
    await pool.query(`UPDATE messages SET state = 'DELIVERED', delivered_at = now() WHERE id = $1`, [id]);
    await tell(own.id, [id!, id!]);
    await count();
    expect(await total()).toMatchObject({ accepted: before.accepted + 1, delivered: before.delivered + 1 });
    expect((await read())['waitingSince']).toBeNull();
  });

  it.each(['hour', 'day', 'number', 'template', 'category', 'day,template'])('taken apart by %s they add up to the total', async (groupBy) => {
    const { groups, total: all } = (await read(`?groupBy=${groupBy}`)) as { groups: { messages: Figures & Record<string, number> }[]; total: { messages: Figures & Record<string, number> } };
    for (const name of HOURLY) expect(groups.reduce((sum, { messages }) => sum + messages[name]!, 0)).toBe(all.messages[name]);
    expect(await read(`?groupBy=${groupBy}`, other.apiKey)).toMatchObject({ total: { messages: { accepted: 7 } } });
  });

  it('can be asked for by number, template and category, which no other tenant has', async () => {
    expect(await total(`?templateId=${templateId}`)).toMatchObject({ accepted: 12, received: 0 });
    expect(await total(`?category=marketing&templateId=${templateId}`)).toMatchObject({ accepted: 3 });
    expect(await total(`?numberId=${pair.numberId}`)).toMatchObject({ received: 6 });
    expect(await total(`?numberId=${pair.numberId}`, other.apiKey)).toMatchObject({ accepted: 0, received: 0 });
  });

  it('know how fast customers were answered, and how often in time', async () => {
    const responses = [30, 60, 60, 100_000].map((seconds, at) => ({ seconds, at }));
    for (const { seconds, at } of responses) {
      await insertRow(pool, 'conversation_responses', {
        tenant_id: own.id, conversation_id: conversationId, asked_at: new Date(now.getTime() - 1_000 * (seconds + at)), phone_number_id: pair.numberId,
        contact_id: pair.contactId, answered_at: now, seconds, business_seconds: seconds, is_first: at === 0, in_time: seconds < 7_200, by_staff: true,
      });
    }
    await insertRow(pool, 'conversation_events', { tenant_id: own.id, conversation_id: conversationId, type: 'resolved', actor: 'user:ana' });
    await insertRow(pool, 'events', { tenant_id: own.id, type: 'whatsapp.conversation_resolved', resource_type: 'conversation', resource_id: conversationId, data: '{}' });
    await count();
    const { durations } = (await read('?groupBy=number'))['total'] as { durations: Record<string, object> };
    expect(durations['response']).toMatchObject({ count: 4, withinServiceLevel: 0.75, averageSeconds: 25_038 });
    expect(durations['firstResponse']).toMatchObject({ count: 1, withinServiceLevel: 1 });
    expect(durations['resolution']).toMatchObject({ count: 1, withinServiceLevel: null });
    expect(((await read('', other.apiKey))['total'] as { durations: unknown }).durations).toMatchObject({ response: { count: 0, medianSeconds: null } });
  });

  it('refuse times that make no sense, and strangers', async () => {
    expect(await api.call('GET', '/v1/stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', { bearer: own.apiKey })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/from' }] } });
    expect(await api.call('GET', '/v1/stats?groupBy=hour&from=2026-01-01T00:00:00Z', { bearer: own.apiKey })).toMatchObject({ status: 422 });
    expect((await api.call('GET', '/v1/stats?groupBy=moon', { bearer: own.apiKey })).status).toBe(422);
    expect((await api.call('GET', '/v1/stats')).status).toBe(401);
  });

  it('of the moment are streamed to those who look on, each their own', async () => {
    await api.app.listen(0, '127.0.0.1');
    const url = `${await api.app.getUrl()}/v1/stats/live`;
    const [mine, theirs] = [await EventStream.open(url, own.apiKey), await EventStream.open(url, other.apiKey)];
    const before = (await mine.until('figures', 1))[0] as unknown as { today: Figures };
    await send(pair, 3, 'QUEUED');
    await count();
    await mine.until('figures', mine.of('figures').length + 2);
    expect(mine.of('figures').at(-1)).toMatchObject({ today: { accepted: before.today.accepted + 3 } });
    expect((await theirs.until('figures', 1))[0]).toMatchObject({ today: { accepted: 7 }, unansweredConversations: 0 });
    mine.close();
    theirs.close();
    await expect(EventStream.open(url)).rejects.toThrow('401');
  });
});
