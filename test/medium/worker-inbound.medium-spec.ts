import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { insertMessage, insertRow, pairOf, type TestTenant } from '../support/fixtures.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

interface MessageRow {
  id: string;
  state: string;
  wamid: string | null;
  reason: string | null;
  sent_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
  error_code: number | null;
  conversation_id: string | null;
}

let worker: TestWorker;
let tenant: TestTenant;

// The poll would bring nothing wrong, only noise: everything here is asked for by hand.
beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
});
afterAll(() => worker.stop());
beforeEach(async () => {
  tenant = await worker.tenant({ echo_enabled: false });
});

/** A message whose POST is under way, as the sender leaves it. */
async function sending(owner = tenant): Promise<{ id: string; attemptId: string }> {
  const attemptId = randomUUID();
  const columns = { attempt_id: attemptId, attempts: 1, lease_until: new Date(Date.now() + 40_000) };
  const id = await insertMessage(worker.pool, pairOf(owner), { state: 'SENDING', columns });
  await insertRow(worker.pool, 'message_attempts', {
    tenant_id: owner.tenantId,
    id: attemptId,
    message_id: id,
    number: 1,
    lease_epoch: 1,
    credential_version: 1,
  });
  return { id, attemptId };
}

const messageRow = async (id: string): Promise<MessageRow> => (await worker.rows<MessageRow>('SELECT * FROM messages WHERE id = $1', [id]))[0]!;
const items = () => worker.rows<{ state: string; error: string; kind: string; attempts: number }>('SELECT * FROM webhook_items ORDER BY id');
const lastEvent = async () => (await worker.rows<{ state: string; error: string }>('SELECT state, error FROM webhook_events ORDER BY id DESC LIMIT 1'))[0]!;

const at = (status: string) => 1_760_000_000 + ['sent', 'delivered', 'read', 'failed'].indexOf(status);
const status = (wamid: string, name: string, opaque?: string) => ({
  id: wamid,
  status: name,
  timestamp: String(at(name)),
  recipient_id: '40722000000',
  ...(opaque !== undefined && { biz_opaque_callback_data: opaque }),
  ...(name === 'failed' && { errors: [{ code: 131026, title: 'Message undeliverable', error_data: { details: 'gone' } }] }),
});

describe('statuses', () => {
  it('come to one end in any order, number and batching, before the answer of the send too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(['sent', 'delivered', 'read', 'sent', 'delivered', 'read'], { minLength: 6 }),
        fc.boolean(),
        async (order, inOneEnvelope) => {
          // A pair has one POST in flight: each run takes a tenant of its own.
          const owner = await worker.tenant();
          const { id, attemptId } = await sending(owner);
          const wamid = uniqueWamid();
          const statuses = order.map((name) => status(wamid, name, attemptId));
          const bodies = inOneEnvelope ? [envelope(owner.number.graphId, { statuses })] : statuses.map((one) => envelope(owner.number.graphId, { statuses: [one] }));
          await worker.receive(...bodies);
          const row = await messageRow(id);
          expect(row).toMatchObject({ state: 'READ', wamid });
          expect([row.sent_at, row.delivered_at, row.read_at].map((time) => time!.getTime() / 1_000)).toEqual([at('sent'), at('delivered'), at('read')]);
          const timeline = await worker.rows<{ type: string }>('SELECT type FROM message_events WHERE message_id = $1', [id]);
          expect(timeline.map(({ type }) => type).sort()).toEqual(['delivered', 'read', 'sent']);
          const events = await worker.rows<{ type: string }>('SELECT type FROM events WHERE resource_id = $1', [id]);
          expect(events.map(({ type }) => type).sort()).toEqual(['whatsapp.message_delivered', 'whatsapp.message_read', 'whatsapp.message_sent']);
        },
      ),
      { numRuns: 15, seed: 11 },
    );
  });

  it('of a backlog are applied once each, by two workers whose lanes meet at the same messages, and new customers with them', async () => {
    const owners = await Promise.all(Array.from({ length: 20 }, () => worker.tenant({ echo_enabled: false })));
    const sent = await Promise.all(owners.map(async (owner) => ({ owner, wamid: uniqueWamid(), ...(await sending(owner)) })));
    // Each status 40 times, so that sets of different lanes hold the same messages, and a text of each tenant's customer between.
    const told = sent.flatMap(({ owner, wamid, attemptId }) =>
      ['read', 'sent', 'delivered'].flatMap((name) => Array.from({ length: 40 }, () => envelope(owner.number.graphId, { statuses: [status(wamid, name, attemptId)] }))),
    );
    const written = owners.map((owner, nth) => customerText(owner.number.graphId, `4073300${String(nth).padStart(4, '0')}`, 'Hello'));
    const [mixed] = fc.sample(fc.shuffledSubarray([...told, ...written], { minLength: told.length + written.length }), { numRuns: 1, seed: 5 });
    await worker.keep(...mixed!);
    // Each of the lanes locks what it takes up: the two share out every portion anew.
    const other = await worker.anotherLedger();
    await Promise.all([worker.process(), other.run(new AbortController().signal)]);
    const rows = await worker.rows<{ state: string }>('SELECT state FROM messages WHERE id = ANY ($1::uuid[])', [sent.map(({ id }) => id)]);
    expect(rows.map(({ state }) => state)).toEqual(sent.map(() => 'READ'));
    const timeline = await worker.rows<{ type: string; count: number }>(
      'SELECT type, count(*)::int FROM message_events WHERE message_id = ANY ($1::uuid[]) GROUP BY 1 ORDER BY 1',
      [sent.map(({ id }) => id)],
    );
    expect(timeline).toEqual(['delivered', 'read', 'sent'].map((type) => ({ type, count: 20 })));
    const texts = await worker.rows<{ count: number }>(
      `SELECT count(*)::int FROM messages WHERE direction = 'INBOUND' AND tenant_id = ANY ($1::uuid[])`,
      [owners.map(({ tenantId }) => tenantId)],
    );
    expect(texts).toEqual([{ count: 20 }]);
    expect(await worker.rows(`SELECT FROM webhook_events WHERE state = 'NEW'`)).toEqual([]);
  }, 60_000);

  it('resolve an unknown outcome by the attempt id, and give the message its conversation', async () => {
    const { id, attemptId } = await sending();
    await worker.pool.query(`UPDATE messages SET state = 'UNKNOWN', lease_until = NULL WHERE id = $1`, [id]);
    await worker.receive(envelope(tenant.number.graphId, { statuses: [status(uniqueWamid(), 'delivered', attemptId)] }));
    const row = await messageRow(id);
    expect(row.state).toBe('DELIVERED');
    expect(row.conversation_id).not.toBeNull();
  });

  it('failed carries code and text, and makes a dead letter with a reason', async () => {
    const { id, attemptId } = await sending();
    await worker.receive(envelope(tenant.number.graphId, { statuses: [status(uniqueWamid(), 'failed', attemptId)] }));
    const row = (await worker.rows<Record<string, unknown>>('SELECT * FROM messages WHERE id = $1', [id]))[0]!;
    expect(row).toMatchObject({ state: 'FAILED', reason: 'meta.131026', error_code: 131026, error_text: 'Message undeliverable: gone' });
    expect(row['dead_lettered_at']).not.toBeNull();
  });

  it('of an unknown message are tried again and become a dead letter, and their neighbours apply', async () => {
    const { id, attemptId } = await sending();
    const stranger = status(uniqueWamid(), 'sent', randomUUID());
    await worker.receive(envelope(tenant.number.graphId, { statuses: [stranger, status(uniqueWamid(), 'sent', attemptId)] }));
    expect((await messageRow(id)).state).toBe('SENT');
    expect((await lastEvent()).state).toBe('PARTIAL');
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      expect((await items()).at(-1)).toMatchObject({ state: 'RETRY', attempts: attempt - 1 });
      await worker.pool.query(`UPDATE webhook_items SET next_at = now() WHERE state = 'RETRY'`);
      await worker.process();
    }
    expect((await items()).at(-1)).toMatchObject({ state: 'DEAD', attempts: 3, error: 'status.message-unknown' });
  });

  it('an item that applies later closes its row', async () => {
    const { id, attemptId } = await sending();
    await worker.pool.query('DELETE FROM webhook_items').catch(() => undefined);
    const wamid = uniqueWamid();
    await worker.receive(envelope(tenant.number.graphId, { statuses: [status(wamid, 'delivered')] }));
    expect((await items()).at(-1)).toMatchObject({ state: 'RETRY' });
    await worker.pool.query('UPDATE messages SET wamid = $2 WHERE id = $1 AND attempt_id = $3', [id, wamid, attemptId]);
    await worker.pool.query(`UPDATE webhook_items SET next_at = now() WHERE state = 'RETRY'`);
    await worker.process();
    expect((await messageRow(id)).state).toBe('DELIVERED');
    expect((await items()).at(-1)).toMatchObject({ state: 'DONE' });
  });

  it("of another tenant's number or message change nothing when a tenant's own app signed them", async () => {
    const other = await worker.tenant();
    const victim = await sending(other);
    const statuses = [status(uniqueWamid(), 'read', victim.attemptId)];
    await worker.receiveFrom(tenant.tenantId, envelope(other.number.graphId, { statuses }));
    expect((await messageRow(victim.id)).state).toBe('SENDING');
    expect((await items()).at(-1)).toMatchObject({ state: 'REFUSED', error: 'app.not-of-tenant' });
    // Its own number, and the other's attempt id: number and attempt must fit together.
    await worker.receiveFrom(tenant.tenantId, envelope(tenant.number.graphId, { statuses }));
    expect((await messageRow(victim.id)).state).toBe('SENDING');
    // The same through the platform's app is Meta's own word.
    await worker.receive(envelope(other.number.graphId, { statuses }));
    expect((await messageRow(victim.id)).state).toBe('READ');
  });
});

describe('messages of customers', () => {
  it('twenty deliveries are one message, one conversation, one unread', async () => {
    const body = customerText(tenant.number.graphId, tenant.contact.phone, 'Are you open?');
    await worker.receive(...Array.from({ length: 20 }, () => body));
    const messages = await worker.rows('SELECT id FROM messages WHERE tenant_id = $1', [tenant.tenantId]);
    expect(messages).toHaveLength(1);
    const [conversation] = await worker.rows<Record<string, unknown>>('SELECT * FROM conversations WHERE tenant_id = $1', [tenant.tenantId]);
    expect(conversation).toMatchObject({ unread_count: 1, message_count: 1, last_message: 'Are you open?', state: 'OPEN' });
  });

  it('three pictures at once open one conversation', async () => {
    const { graphId } = tenant.number;
    const from = tenant.contact.phone.slice(1);
    const pictures = [1, 2, 3].map((n) => ({ from, id: uniqueWamid(), timestamp: String(1_760_000_000 + n), type: 'image', image: { id: `${n}`, mime_type: 'image/jpeg', sha256: 'x' } }));
    await Promise.all(pictures.map((picture) => worker.receive(envelope(graphId, { messages: [picture], contacts: [{ wa_id: from, profile: { name: 'Ana' } }] }))));
    const conversations = await worker.rows<Record<string, unknown>>('SELECT * FROM conversations WHERE tenant_id = $1', [tenant.tenantId]);
    expect(conversations).toHaveLength(1);
    expect(conversations[0]).toMatchObject({ unread_count: 3, message_count: 3 });
  });

  it('reopen a resolved conversation, and open a new one behind an archived one', async () => {
    const say = (text: string) => worker.receive(customerText(tenant.number.graphId, tenant.contact.phone, text));
    await say('one');
    await worker.pool.query(`UPDATE conversations SET state = 'RESOLVED' WHERE tenant_id = $1`, [tenant.tenantId]);
    await say('two');
    await worker.pool.query(`UPDATE conversations SET state = 'ARCHIVED' WHERE tenant_id = $1 AND state = 'OPEN'`, [tenant.tenantId]);
    await say('three');
    const rows = await worker.rows<{ state: string; message_count: number }>('SELECT state, message_count FROM conversations WHERE tenant_id = $1 ORDER BY id', [tenant.tenantId]);
    expect(rows).toEqual([{ state: 'ARCHIVED', message_count: 2 }, { state: 'OPEN', message_count: 1 }]);
    const events = await worker.rows<{ type: string }>(`SELECT type FROM events WHERE tenant_id = $1 AND resource_type = 'conversation' ORDER BY xid, id`, [tenant.tenantId]);
    expect(events.map(({ type }) => type)).toEqual(['whatsapp.conversation_opened', 'whatsapp.conversation_reopened', 'whatsapp.conversation_opened']);
  });

  it('make a contact without a phone when Meta names only a business-scoped id, and find it again', async () => {
    const message = (n: number) => ({ from_user_id: 'US.1349120', id: uniqueWamid(), timestamp: '1760000000', type: 'text', text: { body: `hi ${n}` } });
    const contacts = [{ profile: { name: 'Bo' }, user_id: 'US.1349120' }];
    await worker.receive(envelope(tenant.number.graphId, { messages: [message(1)], contacts }));
    await worker.receive(envelope(tenant.number.graphId, { messages: [message(2)], contacts }));
    const identities = await worker.rows<{ kind: string; value: string; contact_id: string }>(`SELECT * FROM contact_identities WHERE tenant_id = $1 AND kind = 'bsuid'`, [tenant.tenantId]);
    expect(identities).toEqual([expect.objectContaining({ value: 'US.1349120' })]);
    const messages = await worker.rows<{ contact_id: string }>(`SELECT contact_id FROM messages WHERE tenant_id = $1`, [tenant.tenantId]);
    expect(messages.map((row) => row.contact_id)).toEqual([identities[0]!.contact_id, identities[0]!.contact_id]);
  });

  it('grant "service" once, with the message as proof, and never against a refusal on record', async () => {
    const phone = '+40744555666';
    await worker.receive(customerText(tenant.number.graphId, phone, 'hello'), customerText(tenant.number.graphId, phone, 'again'));
    const proofs = await worker.rows<{ message_id: string }>(`SELECT message_id FROM consent_events WHERE tenant_id = $1 AND source = 'customer-message'`, [tenant.tenantId]);
    expect(proofs).toHaveLength(1);
    expect(proofs[0]!.message_id).not.toBeNull();
    await worker.pool.query(`UPDATE consents SET status = 'REVOKED' WHERE tenant_id = $1 AND event_id IN (SELECT id FROM consent_events WHERE source = 'customer-message')`, [tenant.tenantId]);
    await worker.receive(customerText(tenant.number.graphId, phone, 'third'));
    const [standing] = await worker.rows<{ status: string }>(
      `SELECT c.status FROM consents c JOIN contact_identities i ON i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id WHERE c.tenant_id = $1 AND i.value = $2 AND c.purpose = 'service'`,
      [tenant.tenantId, phone],
    );
    expect(standing!.status).toBe('REVOKED');
  });

  it('with U+0000 and half a surrogate pair are stored, and their neighbours with them', async () => {
    const poison = Buffer.from(JSON.stringify(customerText(tenant.number.graphId, tenant.contact.phone, 'PLACE')).replace('PLACE', 'a\\u0000b\\ud800c'));
    await worker.receive(poison, customerText(tenant.number.graphId, tenant.contact.phone, 'fine'));
    const rows = await worker.rows<{ display_content: string }>('SELECT display_content FROM messages WHERE tenant_id = $1 ORDER BY id', [tenant.tenantId]);
    expect(rows.map((row) => row.display_content)).toEqual(['abc', 'fine']);
    expect(await lastEvent()).toMatchObject({ state: 'DONE' });
  });

  it('a bad item fails alone, is tried three times, and its neighbours never notice', async () => {
    const { graphId } = tenant.number;
    const nobody = { id: uniqueWamid(), timestamp: '1760000000', type: 'text', text: { body: 'from nobody' } };
    const from = tenant.contact.phone.slice(1);
    const good = [1, 2, 3].map((n) => ({ from, id: uniqueWamid(), timestamp: '1760000000', type: 'text', text: { body: `good ${n}` } }));
    await worker.receive(envelope(graphId, { messages: [good[0], nobody, good[1], good[2]] }));
    expect(await worker.rows('SELECT id FROM messages WHERE tenant_id = $1', [tenant.tenantId])).toHaveLength(3);
    expect((await items()).at(-1)).toMatchObject({ state: 'RETRY', kind: 'message', error: 'The message names no sender' });
  });
});

describe('the ledger', () => {
  it('keeps a body that is no envelope as a dead letter', async () => {
    await worker.receive('{"broken": ');
    expect(await lastEvent()).toEqual({ state: 'DEAD', error: 'json.malformed' });
  });

  it('keeps what belongs to no known number, and replays it once the number is there', async () => {
    const unknown = `9${Date.now()}`;
    await worker.receive(customerText(unknown, tenant.contact.phone, 'early bird'));
    expect((await items()).at(-1)).toMatchObject({ state: 'UNROUTED' });
    await worker.pool.query('UPDATE phone_numbers SET graph_id = $2 WHERE tenant_id = $1', [tenant.tenantId, unknown]);
    await worker.pool.query(`UPDATE webhook_items SET state = 'RETRY', attempts = 0, next_at = now() WHERE graph_number_id = $1`, [unknown]);
    await worker.process();
    const [message] = await worker.rows<{ display_content: string }>('SELECT display_content FROM messages WHERE tenant_id = $1', [tenant.tenantId]);
    expect(message).toEqual({ display_content: 'early bird' });
  });

  it('stores fields that have no effect yet, and is done with them', async () => {
    await worker.receive({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'account_alerts', value: { entity_type: 'BUSINESS' } }, { field: 'brand_new', value: {} }] }] });
    expect(await lastEvent()).toMatchObject({ state: 'DONE' });
  });
});
