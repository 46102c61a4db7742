import type { ServerResponse } from 'node:http';
import { JobProducer } from '@parley/queue';
import { FakeGraph, type SeenRequest } from '../support/fake-graph.js';
import { insertContact, insertMessage, insertNumber, pairOf, type TestTenant } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker, uniqueWamid } from '../support/worker.js';

/** More than a worker has turns. */
const BUSY_NUMBERS = 100;
const EACH = 40;

describe('a worker that many want', () => {
  let graph: FakeGraph;
  let worker: TestWorker;

  beforeAll(async () => {
    graph = await FakeGraph.start((request: SeenRequest, response: ServerResponse) => {
      const { to } = JSON.parse(request.body) as { to: string };
      const body = { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to.slice(1) }], messages: [{ id: uniqueWamid() }] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    worker = await TestWorker.start({ GRAPH_URL: graph.url });
  });
  afterAll(async () => {
    await worker.stop();
    await graph.stop();
  });

  const wake = (numberId: string): void => worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId });
  const leftOf = async (tenant: TestTenant): Promise<number> =>
    (await worker.rows<{ left: number }>(`SELECT count(*)::int AS left FROM messages WHERE tenant_id = $1 AND state = 'QUEUED'`, [tenant.tenantId]))[0]!.left;

  it('sends for a quiet tenant at once, beside one with a hundred busy numbers', async () => {
    const [busy, quiet] = [await worker.tenant(), await worker.tenant()];
    const numbers = [];
    for (let at = 0; at < BUSY_NUMBERS; at += 1) numbers.push((await insertNumber(worker.pool, busy.tenantId, busy.accountId)).id);
    await worker.pool.query(
      `WITH c AS (INSERT INTO contacts (tenant_id) SELECT $1 FROM generate_series(1, $3::int) RETURNING tenant_id, id),
            e AS (INSERT INTO consent_events (tenant_id, contact_id, purpose, status, source, actor)
                  SELECT tenant_id, id, 'utility', 'GRANTED', 'spec', 'spec' FROM c RETURNING tenant_id, contact_id, id),
            g AS (INSERT INTO consents (tenant_id, contact_id, purpose, status, event_id) SELECT tenant_id, contact_id, 'utility', 'GRANTED', id FROM e)
       INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, recipient, lane, purpose,
                             template_id, state, valid_until)
       SELECT tenant_id, uuid_v7(statement_timestamp(), n::int), ($2::uuid[])[1 + n % cardinality($2::uuid[])], id, 'OUTBOUND', 'app', 'template', '{}',
              '{"type":"text","text":{"body":"Hello"}}', 'x', '+40722000000', 2, 'utility', $4, 'QUEUED', now() + interval '1 hour'
         FROM (SELECT c.*, row_number() OVER () AS n FROM c) c`,
      [busy.tenantId, numbers, BUSY_NUMBERS * EACH, busy.template.id],
    );
    for (const numberId of numbers) wake(numberId);
    await waitFor(async () => (await leftOf(busy)) < BUSY_NUMBERS * EACH);
    const contact = await insertContact(worker.pool, quiet.tenantId, { consents: ['utility'] });
    const id = await insertMessage(worker.pool, pairOf(quiet, contact), { templateId: quiet.template.id, columns: { recipient: contact.phone } });
    wake(quiet.number.id);
    await waitFor(async () => (await worker.rows('SELECT FROM messages WHERE id = $1 AND sending_at IS NOT NULL', [id])).length > 0);
    // It did not stand behind the turns of the other: most of those are still to come.
    expect(await leftOf(busy)).toBeGreaterThan((BUSY_NUMBERS * EACH) / 4);
  }, 30_000);

  it('lets a message wait that is over the quota, with its reason and until the reset, and sends no more of that organisation', async () => {
    const tenant = await worker.tenant();
    await worker.pool.query('INSERT INTO rate_limits (tenant_id, quota) VALUES ($1, 1)', [tenant.tenantId]);
    const ids: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['utility'] });
      ids.push(await insertMessage(worker.pool, pairOf(tenant, contact), { templateId: tenant.template.id, columns: { recipient: contact.phone } }));
    }
    wake(tenant.number.id);
    const states = () => worker.rows<{ state: string; wait_cause: string | null; in_time: boolean | null }>(
      `SELECT state, wait_cause, wait_until > now() + interval '1 minute' AS in_time FROM messages WHERE id = ANY ($1) ORDER BY id`, [ids]);
    await waitFor(async () => (await states()).every(({ state }) => state === 'ACCEPTED' || state === 'WAITING'));
    expect(await states()).toEqual([
      { state: 'ACCEPTED', wait_cause: null, in_time: null },
      { state: 'WAITING', wait_cause: 'quota', in_time: true },
      { state: 'WAITING', wait_cause: 'quota', in_time: true },
    ]);
    const steps = await worker.rows<{ detail: { reason: string } }>(`SELECT detail FROM message_events WHERE message_id = $1 AND type = 'waiting'`, [ids[1]]);
    expect(steps.map(({ detail }) => detail.reason)).toEqual(['quota']);
  });

  it('sends a code at once to a customer whose marketing message is retrying', async () => {
    const tenant = await worker.tenant();
    const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['authentication', 'marketing'] });
    const pair = pairOf(tenant, contact);
    const recipient = { recipient: contact.phone };
    const retry = { ...recipient, wait_cause: 'retry', wait_until: new Date(Date.now() + 600_000), attempts: 1 };
    await insertMessage(worker.pool, pair, { state: 'WAITING', lane: 3, purpose: 'marketing', templateId: tenant.template.id, columns: retry });
    const code = await insertMessage(worker.pool, pair, { lane: 0, purpose: 'authentication', templateId: tenant.template.id, columns: recipient });
    wake(tenant.number.id);
    await waitFor(async () => (await worker.rows(`SELECT FROM messages WHERE id = $1 AND state = 'ACCEPTED'`, [code])).length > 0);
  });
});
