import type { ServerResponse } from 'node:http';
import { Metrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import pg from 'pg';
import { FakeGraph, type SeenRequest } from '../support/fake-graph.js';
import { insertContact, insertMessage, insertNumber, pairOf, type TestPair, type TestTenant } from '../support/fixtures.js';
import { worstSecond } from '../support/load.js';
import { Stalls } from '../support/stalls.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker, TOKEN, uniqueWamid } from '../support/worker.js';

type Answer = (response: ServerResponse, body: Record<string, unknown>) => void;

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const accept: Answer = (response, body) =>
  json(response, 200, { messaging_product: 'whatsapp', contacts: [{ input: body['to'], wa_id: String(body['to']).slice(1) }], messages: [{ id: uniqueWamid() }] });
const refuse = (code: number, status = 400): Answer => (response) => json(response, status, { error: { message: `(#${code}) No`, type: 'OAuthException', code, fbtrace_id: 'T1' } });
const html: Answer = (response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');

let graph: FakeGraph;
let worker: TestWorker;
let tenant: TestTenant;
/** What Graph says, by the recipient; in turn, the last one for ever. */
const script = new Map<string, Answer[]>();

function answer({ body }: SeenRequest, response: ServerResponse): void {
  const request = JSON.parse(body) as Record<string, unknown>;
  const answers = script.get(String(request['to'])) ?? [accept];
  (answers.length > 1 ? answers.shift()! : answers[0]!)(response, request);
}

beforeAll(async () => {
  graph = await FakeGraph.start(answer);
  worker = await TestWorker.start({ GRAPH_URL: graph.url });
});
afterAll(async () => {
  await worker.stop();
  await graph.stop();
});
beforeEach(async () => {
  tenant = await worker.tenant();
});

interface State {
  state: string;
  reason: string | null;
  wait_cause: string | null;
  attempts: number;
  error_code: number | null;
  wamid: string | null;
}

/** A text inside the open window, to a contact of its own, and what Graph will say to it. */
async function queue(answers: Answer[], pair?: TestPair): Promise<{ id: string; phone: string; pair: TestPair }> {
  const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['service', 'utility'] });
  const own = pair ?? pairOf(tenant, contact);
  script.set(contact.phone, answers);
  const id = await insertMessage(worker.pool, own, { templateId: tenant.template.id, columns: { recipient: contact.phone } });
  worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId: own.numberId });
  return { id, phone: contact.phone, pair: own };
}

const stateOf = async (id: string): Promise<State> => (await worker.rows<State>('SELECT * FROM messages WHERE id = $1', [id]))[0]!;
const becomes = async (id: string, state: string): Promise<State> => {
  await waitFor(async () => (await stateOf(id)).state === state);
  return stateOf(id);
};
const attemptsOf = (id: string) => worker.rows<{ outcome: string; number: number }>('SELECT outcome, number FROM message_attempts WHERE message_id = $1 ORDER BY number', [id]);
const seenBy = (phone: string) => graph.seen.filter(({ body }) => body.includes(phone)).map(({ body, headers }) => ({ body: JSON.parse(body) as Record<string, unknown>, headers }));

it('leaves once, with the token, the attempt id and the accepted payload, and joins a conversation', async () => {
  const { id, phone } = await queue([accept]);
  const row = await becomes(id, 'ACCEPTED');
  expect(row).toMatchObject({ attempts: 1, wamid: expect.stringContaining('wamid.') });
  const posts = seenBy(phone);
  expect(posts).toHaveLength(1);
  const [attempt] = await worker.rows<{ id: string }>('SELECT id FROM message_attempts WHERE message_id = $1', [id]);
  expect(posts[0]!.body).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: phone,
    type: 'text',
    text: { body: 'Hello' },
    biz_opaque_callback_data: attempt!.id,
  });
  expect(posts[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
  const timeline = await worker.rows<{ type: string }>('SELECT type FROM message_events WHERE message_id = $1 ORDER BY id', [id]);
  // What an attempt tells, the timeline does not repeat.
  expect(timeline).toEqual([]);
});

it('fails with Meta\'s code where Meta says never', async () => {
  const { id, phone } = await queue([refuse(131026)]);
  expect(await becomes(id, 'FAILED')).toMatchObject({ reason: 'meta.131026', error_code: 131026, attempts: 1 });
  expect(seenBy(phone)).toHaveLength(1);
});

it('waits and tries again where Meta says later', async () => {
  const { id } = await queue([refuse(131016, 500), accept]);
  expect(await becomes(id, 'WAITING')).toMatchObject({ wait_cause: 'retry', reason: 'meta.131016' });
  await worker.pool.query('UPDATE messages SET wait_until = now() WHERE id = $1', [id]);
  expect(await becomes(id, 'ACCEPTED')).toMatchObject({ attempts: 2, reason: null });
  expect(await attemptsOf(id)).toEqual([{ number: 1, outcome: 'refused' }, { number: 2, outcome: 'accepted' }]);
});

it('gives up after the attempts of its schedule, as a dead letter', async () => {
  const { id } = await queue([refuse(131016, 500)]);
  await worker.pool.query('UPDATE messages SET attempts = 4 WHERE id = $1', [id]);
  await waitFor(async () => ['WAITING', 'FAILED'].includes((await stateOf(id)).state));
  if ((await stateOf(id)).state === 'WAITING') {
    await worker.pool.query('UPDATE messages SET wait_until = now(), attempts = 4 WHERE id = $1', [id]);
  }
  expect(await becomes(id, 'FAILED')).toMatchObject({ reason: 'meta.131016' });
});

it('is UNKNOWN, and never sent again, where the answer proves nothing', async () => {
  const { id, phone } = await queue([html]);
  expect(await becomes(id, 'UNKNOWN')).toMatchObject({ reason: 'outcome.unknown', attempts: 1 });
  const behind = await queue([accept]);
  await becomes(behind.id, 'ACCEPTED');
  expect(seenBy(phone)).toHaveLength(1);
});

it('throttling makes it wait without using up its attempts', async () => {
  const { id } = await queue([refuse(130429), accept]);
  await worker.pool.query('UPDATE messages SET max_attempts = 1 WHERE id = $1', [id]);
  expect(await becomes(id, 'ACCEPTED')).toMatchObject({ attempts: 2 });
});

it('a refused credential pauses the number and keeps its messages', async () => {
  const { id } = await queue([refuse(190, 401)]);
  expect(await becomes(id, 'WAITING')).toMatchObject({ reason: 'credential.invalid' });
  const holds = await worker.rows('SELECT scope, cause, reason FROM holds WHERE tenant_id = $1', [tenant.tenantId]);
  expect(holds).toEqual([{ scope: 'account', cause: 'credential', reason: 'credential.invalid' }]);
  const held = await queue([accept]);
  await worker.pool.query('SELECT 1');
  expect((await stateOf(held.id)).state).toBe('QUEUED');
});

it('sends to one person in order, one at a time', async () => {
  const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['utility'] });
  const pair = pairOf(tenant, contact);
  let underway = 0;
  let most = 0;
  const slow: Answer = (response, body) => {
    underway += 1;
    most = Math.max(most, underway);
    setTimeout(() => {
      underway -= 1;
      accept(response, body);
    }, 20);
  };
  script.set(contact.phone, [slow]);
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const payload = JSON.stringify({ type: 'text', text: { body: `n${n}` } });
    ids.push(await insertMessage(worker.pool, pair, { templateId: tenant.template.id, columns: { recipient: contact.phone, payload } }));
  }
  worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId: pair.numberId });
  for (const id of ids) await becomes(id, 'ACCEPTED');
  expect(seenBy(contact.phone).map(({ body }) => (body['text'] as { body: string }).body)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5']);
  expect(most).toBe(1);
});

it('never sends faster than the number may', async () => {
  const number = await insertNumber(worker.pool, tenant.tenantId, tenant.accountId, { per_second: 20 });
  const starts: number[] = [];
  const stamp: Answer = (response, body) => {
    starts.push(performance.now());
    accept(response, body);
  };
  const ids: string[] = [];
  for (let n = 0; n < 45; n += 1) {
    const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['utility'] });
    script.set(contact.phone, [stamp]);
    ids.push(await insertMessage(worker.pool, { ...pairOf(tenant, contact), numberId: number.id }, { templateId: tenant.template.id, columns: { recipient: contact.phone } }));
  }
  const stalls = new Stalls();
  stalls.start();
  worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId: number.id });
  for (const id of ids) await becomes(id, 'ACCEPTED');
  stalls.stop();
  expect(worstSecond(starts, 1_000 - stalls.forgivenMs)).toBeLessThanOrEqual(20);
}, 20_000);

it('tells how late messages left, and calls nothing late that waited for the pace of its number', async () => {
  const lateMs = async (numberId: string): Promise<number> =>
    (await worker.rows<{ late_ms: number }>('SELECT late_ms FROM phone_numbers WHERE id = $1 AND lease_holder IS NULL', [numberId]))[0]?.late_ms ?? -1;
  const dueFor3s = async (numberId: string, count: number): Promise<void> => {
    // Somebody else has the number until all of them are there: the poll would take them one by one.
    await worker.pool.query(`UPDATE phone_numbers SET lease_holder = gen_random_uuid(), lease_until = 'infinity' WHERE id = $1`, [numberId]);
    for (let n = 0; n < count; n += 1) {
      const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['utility'] });
      const columns = { recipient: contact.phone, updated_at: new Date(Date.now() - 3_000) };
      await insertMessage(worker.pool, { ...pairOf(tenant, contact), numberId }, { templateId: tenant.template.id, columns });
    }
    await worker.pool.query('UPDATE phone_numbers SET lease_holder = NULL, lease_until = NULL WHERE id = $1', [numberId]);
    worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId });
  };
  await dueFor3s(tenant.number.id, 1);
  await waitFor(async () => (await lateMs(tenant.number.id)) >= 3_000);
  await queue([accept]);
  await waitFor(async () => (await lateMs(tenant.number.id)) < 3_000);
  // More than one claim of a number that may send twice a second: the last wait for the others.
  const slow = await insertNumber(worker.pool, tenant.tenantId, tenant.accountId, { per_second: 2 });
  await dueFor3s(slow.id, 9);
  await waitFor(async () => (await lateMs(slow.id)) === 0 && (await worker.rows(`SELECT FROM messages WHERE phone_number_id = $1 AND state = 'ACCEPTED'`, [slow.id])).length === 9);
}, 20_000);

it('a token that cannot be opened pauses the number instead of failing its messages', async () => {
  await worker.pool.query(`UPDATE accounts SET token_sealed = 'garbage', token_version = 2 WHERE id = $1`, [tenant.accountId]);
  const { id } = await queue([accept]);
  expect(await becomes(id, 'WAITING')).toMatchObject({ reason: 'credential.invalid' });
});

it('a turn that ends while its rows wait for a slot does not fence them off', async () => {
  const narrow = await TestWorker.start({ GRAPH_URL: graph.url, OUTBOUND_CONCURRENCY: '2', POLL_INTERVAL_MS: '60000' });
  try {
    const own = await narrow.tenant();
    const slow: Answer = (response, body) => void setTimeout(() => accept(response, body), 100);
    const add = async (): Promise<void> => {
      const contact = await insertContact(narrow.pool, own.tenantId, { consents: ['utility'] });
      script.set(contact.phone, [slow]);
      await insertMessage(narrow.pool, pairOf(own, contact), { templateId: own.template.id, columns: { recipient: contact.phone } });
    };
    const producer = narrow.app.get(JobProducer, { strict: false });
    for (let n = 0; n < 24; n += 1) await add();
    // Two slots carry less than the number may send: claimed rows wait for them. Every wake-up is a turn of its own, with
    // a higher epoch.
    await waitFor(async () => {
      producer.wake('number.wake', { numberId: own.number.id });
      return (await narrow.rows(`SELECT FROM messages WHERE state = 'ACCEPTED'`)).length === 24;
    }, 15_000);
    const { body } = await narrow.app.get(Metrics, { strict: false }).render();
    expect(Number(/^outbound_message_fenced_total (\d+)/m.exec(body)?.[1] ?? 0)).toBe(0);
  } finally {
    await narrow.stop();
  }
}, 20_000);

it('a message that is accepted while its number is being given back does not wait for the poll', async () => {
  const polled = await TestWorker.start({ GRAPH_URL: graph.url, POLL_INTERVAL_MS: '60000' });
  const owner = new pg.Client({ connectionString: polled.ownerUrl });
  try {
    // What is due was looked at by the time at which the row is written: giving it back takes so long here.
    await owner.connect();
    await owner.query(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END';
      CREATE TRIGGER dawdle BEFORE UPDATE ON phone_numbers FOR EACH ROW WHEN (OLD.lease_holder IS NOT NULL AND NEW.lease_holder IS NULL) EXECUTE FUNCTION dawdle()`);
    const own = await polled.tenant();
    const add = async (): Promise<string> => {
      const contact = await insertContact(polled.pool, own.tenantId, { consents: ['utility'] });
      const id = await insertMessage(polled.pool, pairOf(own, contact), { templateId: own.template.id, columns: { recipient: contact.phone } });
      polled.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId: own.number.id });
      return id;
    };
    const isAccepted = async (id: string): Promise<boolean> =>
      (await polled.rows<{ state: string }>('SELECT state FROM messages WHERE id = $1', [id]))[0]!.state === 'ACCEPTED';
    const first = await add();
    await waitFor(() => isAccepted(first));
    await waitFor(async () => (await polled.rows(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`)).length > 0);
    const second = await add();
    await waitFor(() => isAccepted(second));
  } finally {
    await owner.end();
    await polled.stop();
  }
}, 20_000);
