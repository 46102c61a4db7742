import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { bodies, envelopeOf, jsonOf, mutated, otherFields, valueOf, type Json, type JsonMembers } from '../properties/webhooks.js';
import { insertMessages, pairOf, type TestTenant } from '../support/fixtures.js';
import { TestWorker } from '../support/worker.js';

let worker: TestWorker;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
});
afterAll(() => worker.stop());

const SEED = 20_261_121;
const CUSTOMERS = ['16505550101', '16505550102', '16505550103'];
const STRANGER = '16505550999';
const SENT = 6;
/** An hour ago: every message has a second of its own, since within one second Meta's order is that of arrival. */
const BEGAN = Math.floor(Date.now() / 1_000) - 3_600;

/** For one tenant: the payloads name its number, its customers and the messages that it sent. */
type Payload = (tenant: TestTenant, wamids: readonly string[]) => Json;

const messageOf = (at: number, from: string, wamid: string, body: JsonMembers): JsonMembers => ({ from, id: wamid, timestamp: String(BEGAN + at), ...body });

const inbound = (body: JsonMembers, at: number, from: string): Payload => (tenant) =>
  envelopeOf('messages', valueOf(tenant.number.graphId, { contacts: [{ profile: { name: `Guest ${from}` }, wa_id: from }], messages: [messageOf(at, from, `wamid.in-${at}`, body)] }));

// A message fails or arrives: which of both came first would rightly decide between them.
const STATUSES = ['sent', 'delivered', 'read'];
const statusOf = (which: number, step: number): Payload => (tenant, wamids) => {
  const status = which % 3 === 0 ? (['sent', 'failed', 'failed'][step] ?? 'sent') : STATUSES[step]!;
  const errors = [{ code: 131026, title: 'Message undeliverable' }];
  const value = { id: wamids[which]!, status, timestamp: String(BEGAN + which * 10 + STATUSES.indexOf(status)), recipient_id: CUSTOMERS[0]!, ...(status === 'failed' && { errors }) };
  return envelopeOf('messages', valueOf(tenant.number.graphId, { statuses: [value] }));
};

const preference = (at: number, value: string): Payload => (tenant) =>
  envelopeOf('user_preferences', valueOf(tenant.number.graphId, {
    user_preferences: [{ wa_id: tenant.contact.phone.slice(1), category: 'marketing_messages', value, timestamp: BEGAN + at }],
  }));

/** What is sound: whatever its order and its multiplicity, the rows must come out the same. */
const sound: fc.Arbitrary<Payload[]> = fc
  .tuple(fc.array(fc.tuple(bodies, fc.constantFrom(...CUSTOMERS)), { minLength: 20, maxLength: 20 }), fc.array(fc.constantFrom('stop', 'resume'), { minLength: 3, maxLength: 3 }))
  .map(([texts, wishes]) => [
    ...texts.map(([body, from], at) => inbound(body, at * 7, from)),
    ...Array.from({ length: SENT * 3 }, (_, at) => statusOf(Math.floor(at / 3), at % 3)),
    ...wishes.map((value, at) => preference(at * 11, value)),
  ]);

/** What is not: it comes between, from a customer of its own. */
const broken: fc.Arbitrary<Payload[]> = fc.array(
  fc.oneof(otherFields, bodies.map((body) => envelopeOf('messages', valueOf('$number', { messages: [messageOf(0, STRANGER, '$wamid', body)] })))).chain((payload) => mutated(fc.constant(payload))),
  { minLength: 60, maxLength: 60 },
).map((payloads) => payloads.map((payload, at): Payload => (tenant) =>
  JSON.parse(JSON.stringify(payload).replaceAll('"$number"', `"${tenant.number.graphId}"`).replaceAll('"$wamid"', `"wamid.broken-${at}"`)) as Json));

const COMPARED: Readonly<Record<string, string>> = {
  messages: `SELECT direction, state, kind, content::text, display_content, wamid, reply_to_wamid, CASE direction WHEN 'INBOUND' THEN created_at END AS at, sent_at, delivered_at, read_at, failed_at IS NOT NULL AS failed, error_code
               FROM messages WHERE tenant_id = $1 AND wamid NOT LIKE 'wamid.broken%' ORDER BY wamid`,
  timeline: `SELECT m.wamid, e.type, count(*)::int FROM message_events e JOIN messages m ON m.tenant_id = e.tenant_id AND m.id = e.message_id
              WHERE e.tenant_id = $1 AND m.wamid NOT LIKE 'wamid.broken%' GROUP BY 1, 2 ORDER BY 1, 2`,
  conversations: `SELECT i.value, c.state, c.message_count, c.unread_count, c.last_message, c.last_message_at, c.first_inbound_at, c.last_inbound_at, k.name, k.last_inbound_at AS met
                    FROM conversations c JOIN contacts k ON k.tenant_id = c.tenant_id AND k.id = c.contact_id
                    JOIN contact_identities i ON i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id AND i.kind = 'phone'
                   WHERE c.tenant_id = $1 AND i.value = ANY ('{${CUSTOMERS.map((digits) => `+${digits}`).join(',')}}') ORDER BY 1`,
  consents: `SELECT purpose, status, count(*)::int FROM consents WHERE tenant_id = $1 AND contact_id = $2 GROUP BY 1, 2 ORDER BY 1`,
};

async function rowsOf(tenant: TestTenant): Promise<Record<string, unknown>> {
  const entries = Object.entries(COMPARED).map(async ([name, text]) => [name, await worker.rows(text, text.includes('$2') ? [tenant.tenantId, tenant.contact.id] : [tenant.tenantId])] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function settingUp(): Promise<{ tenant: TestTenant; wamids: string[] }> {
  const tenant = await worker.tenant({ echo_enabled: false });
  const ids = await insertMessages(worker.pool, pairOf(tenant), SENT, { state: 'ACCEPTED' });
  const wamids = ids.map((_, at) => `wamid.out-${at}`);
  await worker.pool.query('UPDATE messages m SET wamid = i.wamid, attempt_id = $3 FROM unnest($1::uuid[], $2::text[]) AS i (id, wamid) WHERE m.id = i.id', [ids, wamids, randomUUID()]);
  return { tenant, wamids };
}

it('payloads in any order, doubled, in sets of any size, with broken ones between: the same rows, and one effect of each', async () => {
  const several = fc.tuple(sound, broken, fc.array(fc.tuple(fc.nat(), fc.nat(3)), { minLength: 101, maxLength: 101 }), fc.integer({ min: 3, max: 60 }));
  for (const [good, bad, drawn, size] of fc.sample(several, { numRuns: 2, seed: SEED })) {
    const [plain, mixed] = [await settingUp(), await settingUp()];
    const inOrder = good.map((payload) => jsonOf(payload(plain.tenant, plain.wamids)));
    for (let at = 0; at < inOrder.length; at += 14) await worker.receive(...inOrder.slice(at, at + 14));
    const all = [...good, ...bad].flatMap((payload, at) => Array.from({ length: 1 + (drawn[at]?.[1] ?? 0) }, (_, copy) => ({ payload, place: ((drawn[at]?.[0] ?? at) * (copy * 2 + 1)) % 10_007 })));
    const shuffled = all.toSorted((a, b) => a.place - b.place).map(({ payload }) => jsonOf(payload(mixed.tenant, mixed.wamids)));
    for (let at = 0; at < shuffled.length; at += size) await worker.receive(...shuffled.slice(at, at + size));
    expect(await rowsOf(mixed.tenant)).toEqual(await rowsOf(plain.tenant));
  }
  const unread = await worker.rows<{ error: string | null }>(`SELECT DISTINCT error FROM webhook_events WHERE state IN ('NEW', 'DEAD')`);
  expect(unread.map(({ error }) => error).filter((error) => error !== 'envelope.not-an-object')).toEqual([]);
  // An item may be of nobody's number or message; nothing of it may come from Postgres or from our own code.
  const errors = await worker.rows<{ error: string }>('SELECT DISTINCT error FROM webhook_items WHERE error IS NOT NULL ORDER BY 1');
  const expected = new Set(['number.unknown', 'status.message-unknown', 'The message names no sender']);
  expect(errors.map(({ error }) => error).filter((error) => !expected.has(error))).toEqual([]);
}, 60_000);
