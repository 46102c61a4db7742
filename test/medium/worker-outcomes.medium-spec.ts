import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepBreaker, resumeAfterCredential, SystemDb } from '@parley/data';
import { accountTokenPlace } from '@parley/messaging';
import { Metrics, Sealer } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { RefusedTokens } from '../../apps/worker/src/outbound/refused-tokens.js';
import { insertContact, insertConversation, insertMessage, insertNumber, insertTemplate, pairOf, type Columns, type TestNumber, type TestTenant } from '../support/fixtures.js';
import { accept, drip, hang, refuse, reset, ScriptedGraph, type Answer } from '../support/scripted-graph.js';
import { waitFor } from '../support/wait-for.js';
import { envelope, TestWorker, TOKEN, uniqueWamid } from '../support/worker.js';

const MINUTE_MS = 60_000;
const READ_TIMEOUT_MS = 300;
const UNKNOWN_AFTER_SECONDS = 900;

let graph: ScriptedGraph;
let worker: TestWorker;
let db: SystemDb;
let tenant: TestTenant;

beforeAll(async () => {
  graph = await ScriptedGraph.start();
  worker = await TestWorker.start({ GRAPH_URL: graph.url, GRAPH_READ_TIMEOUT_MS: String(READ_TIMEOUT_MS), UNKNOWN_AFTER_SECONDS: String(UNKNOWN_AFTER_SECONDS) });
  db = worker.app.get(SystemDb, { strict: false });
});
afterAll(async () => {
  await worker?.stop();
  await graph?.stop();
});
beforeEach(async () => {
  tenant = await worker.tenant();
});
afterEach(() => {
  graph.always = null;
});

interface State {
  state: string;
  reason: string | null;
  wait_cause: string | null;
  attempts: number;
  max_attempts: number;
  wamid: string | null;
  duplicate_suspected: boolean;
  dead_lettered_at: Date | null;
}

interface Queued {
  id: string;
  phone: string;
}

interface QueueOptions {
  number?: TestNumber;
  of?: TestTenant;
  templateId?: string | null;
  columns?: Columns;
}

const wake = (numberId: string): void => worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId });

/** A template message to a contact of its own, and what Graph will say to it. */
async function queue(answers: Answer[], { of = tenant, number = of.number, templateId = of.template.id, columns = {} }: QueueOptions = {}): Promise<Queued> {
  const contact = await insertContact(worker.pool, of.tenantId, { consents: ['service', 'utility'] });
  const pair = { ...pairOf(of, contact), numberId: number.id };
  graph.to(contact.phone, ...answers);
  if (templateId === null) await insertConversation(worker.pool, pair);
  const kind = templateId === null ? { lane: 1 as const, purpose: 'service' as const } : {};
  const id = await insertMessage(worker.pool, pair, { ...kind, templateId, columns: { recipient: contact.phone, ...columns } });
  wake(number.id);
  return { id, phone: contact.phone };
}

const stateOf = async (id: string): Promise<State> => (await worker.rows<State>('SELECT * FROM messages WHERE id = $1', [id]))[0]!;
async function becomes(id: string, ...states: string[]): Promise<State> {
  let seen: State | undefined;
  await waitFor(async () => states.includes((seen = await stateOf(id)).state)).catch(() => {
    throw new Error(`${id} did not become ${states.join(' or ')}: ${JSON.stringify(seen)}`);
  });
  return seen!;
}

/** Lets a waiting message be due now. */
const hurry = (id: string) => worker.pool.query(`UPDATE messages SET wait_until = now() WHERE id = $1 AND state = 'WAITING'`, [id]);

interface Hold {
  scope: string;
  scope_id: string;
  cause: string;
  reason: string;
  until: Date | null;
}
const holdsOf = ({ tenantId }: TestTenant): Promise<Hold[]> =>
  worker.rows<Hold>('SELECT scope, scope_id, cause, reason, until FROM holds WHERE tenant_id = $1 AND ended_at IS NULL ORDER BY id', [tenantId]);

const stepsOf = async (id: string): Promise<string[]> =>
  (await worker.rows<{ type: string }>('SELECT type FROM message_events WHERE message_id = $1 ORDER BY id', [id])).map(({ type }) => type);

const counted = async (line: RegExp): Promise<number> => Number(line.exec((await worker.app.get(Metrics, { strict: false }).render()).body)?.[1] ?? 0);

describe('back-off', () => {
  /** Fails every attempt; answers the waits between them, in milliseconds, and how it ended. */
  async function failAll({ id }: Queued, attempts: number): Promise<{ waits: number[]; end: State }> {
    for (let done = 1; done < attempts; done += 1) {
      await waitFor(async () => (await stateOf(id)).state === 'WAITING' && (await stateOf(id)).attempts === done);
      await hurry(id);
    }
    const end = await becomes(id, 'FAILED');
    const rows = await worker.rows<{ wait: number | null }>(
      'SELECT round(extract(epoch FROM next_attempt_at - finished_at) * 1000)::int AS wait FROM message_attempts WHERE message_id = $1 ORDER BY number',
      [id],
    );
    return { waits: rows.map(({ wait }) => wait).filter((wait) => wait !== null), end };
  }

  it('of a template is 1, 2, 4 and 8 minutes over five attempts, then a dead letter', async () => {
    const { waits, end } = await failAll(await queue([refuse(131016, 500)]), 5);
    expect(waits.map((ms) => Math.round(ms / MINUTE_MS))).toEqual([1, 2, 4, 8]);
    expect(end).toMatchObject({ attempts: 5, reason: 'meta.131016', dead_lettered_at: expect.any(Date) as Date });
  });

  it('of a reply is one to two, then two to four seconds over three attempts', async () => {
    const { waits, end } = await failAll(await queue([refuse(131000, 500)], { templateId: null, columns: { max_attempts: 3 } }), 3);
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThanOrEqual(990);
    expect(waits[0]).toBeLessThanOrEqual(2_000);
    expect(waits[1]).toBeGreaterThanOrEqual(1_990);
    expect(waits[1]).toBeLessThanOrEqual(4_000);
    expect(end.attempts).toBe(3);
  });

  it('is never shorter than what Retry-After asks for', async () => {
    const { id } = await queue([refuse(131016, 503, { 'retry-after': '300' })]);
    await becomes(id, 'WAITING');
    const [row] = await worker.rows<{ left: number }>('SELECT extract(epoch FROM wait_until - now())::float AS left FROM messages WHERE id = $1', [id]);
    expect(row!.left).toBeGreaterThan(280);
  });

  it('costs a message nothing for what is no fault of its own', async () => {
    const { id } = await queue([refuse(130429), refuse(130429), accept], { columns: { max_attempts: 1 } });
    await becomes(id, 'WAITING');
    await waitFor(async () => {
      await hurry(id);
      return (await stateOf(id)).state === 'ACCEPTED';
    });
    expect(await stateOf(id)).toMatchObject({ attempts: 3, max_attempts: 3 });
  });
});

describe('a refused token', () => {
  it('holds all numbers of its account and nothing else, calls no more, keeps the messages, and ends with a new token', async () => {
    const [second, other] = [await insertNumber(worker.pool, tenant.tenantId, tenant.accountId), await worker.tenant()];
    const first = await queue([refuse(190, 401), accept]);
    await waitFor(async () => (await holdsOf(tenant)).length > 0);
    expect(await holdsOf(tenant)).toMatchObject([{ scope: 'account', scope_id: tenant.accountId, cause: 'credential', reason: 'credential.invalid', until: null }]);
    const [behind, elsewhere] = [await queue([accept], { number: second }), await queue([accept], { of: other })];
    await becomes(elsewhere.id, 'ACCEPTED');
    await becomes(first.id, 'QUEUED');
    expect((await stateOf(behind.id)).state).toBe('QUEUED');
    expect([graph.sendsTo(first.phone).length, graph.sendsTo(behind.phone).length]).toEqual([1, 0]);

    const sealed = worker.app.get(Sealer, { strict: false }).seal('EAAnew', accountTokenPlace(tenant.tenantId, tenant.accountId, 2));
    await worker.pool.query('UPDATE accounts SET token_sealed = $2, token_version = 2 WHERE id = $1', [tenant.accountId, sealed]);
    for (const numberId of await resumeAfterCredential(db, tenant.tenantId, tenant.accountId)) wake(numberId);
    expect(await becomes(first.id, 'ACCEPTED')).toMatchObject({ attempts: 2, max_attempts: 6 });
    await becomes(behind.id, 'ACCEPTED');
    expect(graph.sendsTo(first.phone).map(({ token }) => token)).toEqual([TOKEN, 'EAAnew']);
    expect(await holdsOf(tenant)).toEqual([]);
    expect(await holdsOf(other)).toEqual([]);
  });

  it('is told once, however many messages meet it', async () => {
    const messages = [await queue([refuse(200, 403)]), await queue([refuse(200, 403)]), await queue([refuse(200, 403)])];
    for (const { id } of messages) await becomes(id, 'QUEUED', 'WAITING');
    await waitFor(async () => (await holdsOf(tenant)).length > 0);
    const events = await worker.rows(`SELECT FROM events WHERE tenant_id = $1 AND type = 'whatsapp.number_paused'`, [tenant.tenantId]);
    expect(events).toHaveLength(1);
  });
});

describe('what Meta holds', () => {
  it('is its template alone: its messages wait, and those of others leave', async () => {
    const other = await insertTemplate(worker.pool, tenant.tenantId, tenant.accountId);
    const first = await queue([refuse(132015), accept]);
    expect(await becomes(first.id, 'WAITING')).toMatchObject({ wait_cause: 'template', reason: 'meta.132015' });
    expect(await holdsOf(tenant)).toMatchObject([{ scope: 'template', scope_id: tenant.template.id, cause: 'template' }]);
    const [same, neighbour] = [await queue([accept]), await queue([accept], { templateId: other.id })];
    await becomes(neighbour.id, 'ACCEPTED');
    expect(await becomes(same.id, 'WAITING')).toMatchObject({ wait_cause: 'template' });
    expect(graph.sendsTo(same.phone)).toHaveLength(0);

    const [{ waba_id: waba, meta_id: metaId }] = (await worker.rows<{ waba_id: string; meta_id: string }>(
      'SELECT a.waba_id, t.meta_id FROM templates t JOIN accounts a ON a.id = t.account_id WHERE t.id = $1',
      [tenant.template.id],
    )) as [{ waba_id: string; meta_id: string }];
    const say = (event: string, secondsAgo: number) => ({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: waba,
          time: Math.floor(Date.now() / 1_000) - secondsAgo,
          changes: [
            {
              field: 'message_template_status_update',
              value: { event, reason: 'NONE', message_template_id: metaId, message_template_name: tenant.template.name, message_template_language: tenant.template.language },
            },
          ],
        },
      ],
    });
    await worker.receive(say('PAUSED', 20));
    await worker.receive(say('APPROVED', 10));
    for (const { id } of [first, same]) await becomes(id, 'ACCEPTED');
  });

  it('a disabled template fails its message', async () => {
    const { id } = await queue([refuse(132016)]);
    expect(await becomes(id, 'FAILED')).toMatchObject({ reason: 'meta.132016' });
    expect(await holdsOf(tenant)).toEqual([]);
  });

  it.each([
    [131031, 403, 'account', 'account', null],
    [80007, 400, 'account', 'throttle', 60],
    [4, 400, 'app', 'throttle', 60],
    [131057, 500, 'number', 'throttle', 60],
  ])('%d is a hold of the right scope, and the next message does not leave', async (code, status, scope, cause, seconds) => {
    const first = await queue([refuse(code, status)]);
    await waitFor(async () => (await holdsOf(tenant)).length > 0);
    const [hold] = await holdsOf(tenant);
    expect(hold).toMatchObject({ scope, cause, reason: `meta.${code}` });
    if (seconds === null) expect(hold!.until).toBeNull();
    else expect(Math.abs(hold!.until!.getTime() - Date.now() - seconds * 1_000)).toBeLessThan(10_000);
    const behind = await queue([accept]);
    await becomes(first.id, 'WAITING', 'QUEUED');
    expect((await stateOf(behind.id)).state).toBe('QUEUED');
    expect(graph.sendsTo(behind.phone)).toHaveLength(0);
  });
});

describe('the breaker of a number', () => {
  it('opens after at most 20 failures, leaves other numbers alone, probes with three at most, and closes on success', async () => {
    const other = await worker.tenant();
    await worker.pool.query('UPDATE phone_numbers SET per_second = 20 WHERE id = $1', [tenant.number.id]);
    const failing = await Promise.all(Array.from({ length: 40 }, () => queue([refuse(131016, 503)])));
    await waitFor(async () => (await holdsOf(tenant)).some(({ cause }) => cause === 'breaker'), 15_000);
    await waitFor(async () => (await worker.rows(`SELECT FROM messages WHERE tenant_id = $1 AND state IN ('DISPATCHED', 'SENDING')`, [tenant.tenantId])).length === 0);
    const tried = failing.filter(({ phone }) => graph.sendsTo(phone).length > 0).length;
    expect(tried).toBeGreaterThanOrEqual(10);
    // What is claimed when it opens leaves still; nothing is claimed after it.
    expect(tried).toBeLessThan(40);
    const elsewhere = await queue([accept], { of: other });
    await becomes(elsewhere.id, 'ACCEPTED');
    await waitFor(async () => (await openings()) === 1);

    const before = sendsTo(failing);
    graph.always = hang;
    await endBreakerHold();
    await waitFor(() => sendsTo(failing) > before);
    await waitFor(async () => (await openings()) === 2);
    expect(sendsTo(failing) - before).toBeLessThanOrEqual(3);

    graph.always = accept;
    await endBreakerHold();
    await waitFor(async () => (await worker.rows(`SELECT FROM messages WHERE tenant_id = $1 AND state = 'QUEUED'`, [tenant.tenantId])).length === 0, 15_000);
    await waitFor(async () => (await openings()) === undefined);
    await waitFor(async () => (await holdsOf(tenant)).length === 0);
    expect(await counted(/^number_breaker_changes_total\{to="closed"\} (\d+)/m)).toBe(1);
  }, 40_000);

  const sendsTo = (messages: readonly Queued[]): number => messages.reduce((sum, { phone }) => sum + graph.sendsTo(phone).length, 0);
  /** How often it opened since it was closed last, as the next worker will read it. */
  const openings = async (): Promise<number | undefined> =>
    (await worker.rows<{ breaker: { openings: number } | null }>('SELECT breaker FROM phone_numbers WHERE id = $1', [tenant.number.id]))[0]!.breaker?.openings;
  const endBreakerHold = () => worker.pool.query(`UPDATE holds SET until = now() WHERE tenant_id = $1 AND cause = 'breaker' AND ended_at IS NULL`, [tenant.tenantId]);

  it('is known to the next worker, which begins with its probes', async () => {
    await keepBreaker(db, { tenantId: tenant.tenantId, numberId: tenant.number.id }, { openings: 3 });
    graph.always = hang;
    const queued = await Promise.all(Array.from({ length: 8 }, () => queue([accept])));
    await waitFor(() => sendsTo(queued) > 0);
    await waitFor(async () => (await holdsOf(tenant)).length > 0);
    expect(sendsTo(queued)).toBeLessThanOrEqual(3);
  });

  it('is not opened by refusals: they show that Graph is well', async () => {
    const refused = await Promise.all(Array.from({ length: 25 }, () => queue([refuse(131026)])));
    for (const { id } of refused) await becomes(id, 'FAILED');
    expect(await holdsOf(tenant)).toEqual([]);
  });
});

describe('an outcome that nobody knows', () => {
  const status = (wamid: string, name: string, opaque: string) => ({
    id: wamid,
    status: name,
    timestamp: String(Math.floor(Date.now() / 1_000)),
    recipient_id: '40722000000',
    biz_opaque_callback_data: opaque,
  });
  const tell = (wamid: string, name: string, opaque: string) => worker.receive(envelope(tenant.number.graphId, { statuses: [status(wamid, name, opaque)] }));
  const attemptsOf = async (id: string): Promise<string[]> =>
    (await worker.rows<{ id: string }>('SELECT id FROM message_attempts WHERE message_id = $1 ORDER BY number', [id])).map((row) => row.id);
  /** Makes the doubt older than the time it is given, in which webhooks came. */
  const age = async (id: string): Promise<void> => {
    await worker.pool.query('UPDATE phone_numbers SET last_webhook_at = now() WHERE id = $1', [tenant.number.id]);
    await worker.pool.query(`UPDATE messages SET updated_at = now() - make_interval(secs => $2) WHERE id = $1 AND state = 'UNKNOWN'`, [id, UNKNOWN_AFTER_SECONDS + 10]);
  };

  it.each([
    ['a connection that is cut', reset],
    ['a server that never answers', hang],
    ['an answer that drips', drip],
  ])('comes of %s, within the read timeout, and is not sent again', async (_, answer) => {
    const startedAt = performance.now();
    const { id, phone } = await queue([answer]);
    expect(await becomes(id, 'UNKNOWN')).toMatchObject({ attempts: 1, reason: 'outcome.unknown' });
    expect(performance.now() - startedAt).toBeLessThan(READ_TIMEOUT_MS + 3_000);
    const behind = await queue([accept]);
    await becomes(behind.id, 'ACCEPTED');
    expect(graph.sendsTo(phone)).toHaveLength(1);
  });

  it('(a) is known by a status that comes before the answer is recorded', async () => {
    const wamid = uniqueWamid();
    const early: Answer = (response, body) => void tell(wamid, 'sent', String(body['biz_opaque_callback_data'])).then(() => reset(response, body));
    const { id } = await queue([early]);
    expect(await becomes(id, 'SENT')).toMatchObject({ wamid, attempts: 1 });
    await waitFor(async () => (await worker.rows('SELECT FROM message_attempts WHERE message_id = $1 AND finished_at IS NOT NULL', [id])).length === 1);
    expect(await stateOf(id)).toMatchObject({ state: 'SENT', reason: null });
  });

  it('(b) is settled by a late status, and by a later one still when it was parked', async () => {
    const { id } = await queue([reset]);
    await becomes(id, 'UNKNOWN');
    const [attempt] = await attemptsOf(id);
    await tell(uniqueWamid(), 'delivered', attempt!);
    expect(await stateOf(id)).toMatchObject({ state: 'DELIVERED', reason: null });
  });

  it('(c) becomes a dead letter after its time, which a status corrects after all', async () => {
    const { id, phone } = await queue([reset]);
    await becomes(id, 'UNKNOWN');
    await age(id);
    expect(await becomes(id, 'FAILED')).toMatchObject({ reason: 'uncertain', dead_lettered_at: expect.any(Date) as Date });
    expect(graph.sendsTo(phone)).toHaveLength(1);
    const [attempt] = await attemptsOf(id);
    await tell(uniqueWamid(), 'read', attempt!);
    expect(await stateOf(id)).toMatchObject({ state: 'READ', reason: null, dead_lettered_at: null });
  });

  it('is sent once more where the tenant wishes so, and two acceptances are a suspected duplicate', async () => {
    const parking = await worker.tenant();
    await worker.pool.query(`UPDATE tenants SET on_unknown = '{"default":"resend"}' WHERE id = $1`, [tenant.tenantId]);
    const { id, phone } = await queue([reset, accept]);
    await becomes(id, 'UNKNOWN');
    await age(id);
    expect(await becomes(id, 'ACCEPTED')).toMatchObject({ attempts: 2, duplicate_suspected: false });
    const [first, second] = await attemptsOf(id);
    expect(graph.sendsTo(phone).map(({ body }) => body['biz_opaque_callback_data'])).toEqual([first, second]);
    const before = await counted(/^message_duplicates_suspected_total (\d+)/m);
    const wamid = uniqueWamid();
    await tell(wamid, 'delivered', first!);
    await tell(wamid, 'read', first!);
    expect(await stateOf(id)).toMatchObject({ state: 'READ', duplicate_suspected: true });
    expect((await stepsOf(id)).filter((type) => type === 'duplicate-suspected')).toHaveLength(1);
    expect(await counted(/^message_duplicates_suspected_total (\d+)/m)).toBe(before + 1);
    expect(await worker.rows('SELECT FROM messages WHERE tenant_id = $1', [parking.tenantId])).toEqual([]);
  });

  it('is not failed by a failure of the attempt before: the new one stands', async () => {
    await worker.pool.query(`UPDATE tenants SET on_unknown = '{"default":"resend"}' WHERE id = $1`, [tenant.tenantId]);
    const { id } = await queue([reset, accept]);
    await becomes(id, 'UNKNOWN');
    await age(id);
    await becomes(id, 'ACCEPTED');
    const [first] = await attemptsOf(id);
    await tell(uniqueWamid(), 'failed', first!);
    expect(await stateOf(id)).toMatchObject({ state: 'ACCEPTED', duplicate_suspected: false, dead_lettered_at: null });
  });

  it('is cancelled by a status of the first attempt that comes before the second one leaves', async () => {
    const { id, phone } = await queue([reset, accept]);
    await becomes(id, 'UNKNOWN');
    await worker.pool.query(`UPDATE messages SET state = 'WAITING', wait_cause = 'retry', wait_until = now() + interval '1 hour' WHERE id = $1`, [id]);
    const [first] = await attemptsOf(id);
    await tell(uniqueWamid(), 'sent', first!);
    expect(await stateOf(id)).toMatchObject({ state: 'SENT', wait_cause: null, duplicate_suspected: false });
    expect(graph.sendsTo(phone)).toHaveLength(1);
  });

  it('names no message of another tenant, whatever a status says', async () => {
    const other = await worker.tenant();
    const { id } = await queue([reset], { of: other });
    await becomes(id, 'UNKNOWN');
    const [attempt] = await attemptsOf(id);
    await tell(uniqueWamid(), 'delivered', attempt!);
    await tell(uniqueWamid(), 'delivered', randomUUID());
    expect((await stateOf(id)).state).toBe('UNKNOWN');
  });
});

describe('a worker whose tokens come from a tenant service', () => {
  it('sends with them, waits while the service is away, and goes on by itself when it has another one', async () => {
    const tokens = new Map<string, string | number>();
    const service = createServer((request, response) => {
      const said = tokens.get(request.url ?? '') ?? 404;
      const status = typeof said === 'number' ? said : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(typeof said === 'string' ? { accessToken: said } : {}));
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const main = worker;
    worker = await TestWorker.start({ GRAPH_URL: graph.url, TENANT_SERVICE_URL: url, TENANT_SERVICE_TOKEN: 'what-parley-shows' });
    try {
      tenant = await worker.tenant();
      const [account] = await worker.rows<{ waba_id: string }>('SELECT waba_id FROM accounts WHERE id = $1', [tenant.accountId]);
      const path = `/tenants/${tenant.tenantId}/accounts/${account!.waba_id}/credential`;
      tokens.set(path, 503);
      const first = await queue([accept]);
      expect(await becomes(first.id, 'WAITING')).toMatchObject({ reason: 'credential.unavailable', attempts: 0 });
      expect(await holdsOf(tenant)).toEqual([]);
      tokens.set(path, 'EAAservice');
      await waitFor(async () => {
        await hurry(first.id);
        return (await stateOf(first.id)).state === 'ACCEPTED';
      });

      const second = await queue([refuse(190, 401), accept]);
      await waitFor(async () => (await holdsOf(tenant)).length > 0);
      await becomes(second.id, 'QUEUED');
      const refused = worker.app.get(RefusedTokens, { strict: false });
      await refused.look();
      expect(await holdsOf(tenant)).toMatchObject([{ scope: 'account', cause: 'credential' }]);
      tokens.set(path, 'EAAnext');
      await refused.look();
      await becomes(second.id, 'ACCEPTED');
      expect([...graph.sendsTo(first.phone), ...graph.sendsTo(second.phone)].map(({ token }) => token)).toEqual(['EAAservice', 'EAAservice', 'EAAnext']);
      expect(await worker.rows('SELECT token_version, refused_token FROM accounts WHERE id = $1', [tenant.accountId])).toEqual([{ token_version: 2, refused_token: null }]);
    } finally {
      await worker.stop();
      worker = main;
      await new Promise((resolve) => service.close(resolve));
    }
  }, 30_000);
});
