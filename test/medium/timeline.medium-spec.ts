import { randomUUID } from 'node:crypto';
import { Holds, SystemDb } from '@parley/data';
import { insertMessage } from '../support/fixtures.js';
import { ParleyAtMeta, type ConnectedTenant, type Guest } from '../support/parley-at-meta.js';
import { waitFor } from '../support/wait-for.js';
import { envelope } from '../support/worker.js';

type Row = Record<string, unknown>;

interface Entry {
  readonly at: string;
  readonly type: string;
  readonly text: string;
  readonly checks?: Row[];
  readonly wait?: { cause: string; durationMs: number; isOver: boolean };
  readonly attempt?: Row;
  readonly status?: Row;
  readonly event?: Row;
}

interface Timeline extends Row {
  readonly entries: Entry[];
  readonly waits: { cause: string; durationMs: number }[];
  readonly waitedMs: number;
}

let parley: ParleyAtMeta;
let tenant: ConnectedTenant;
let guest: Guest;

beforeAll(async () => {
  parley = await ParleyAtMeta.start();
});
afterAll(() => parley.stop());
beforeEach(async () => {
  tenant = await parley.tenant();
  guest = await parley.guest(tenant);
});

const fault = (effect: Row) => parley.meta.control('POST', 'faults', { match: { phoneNumberId: tenant.graph.phoneNumberId }, ...effect });
const stateOf = async (id: string) => (await parley.worker.rows<{ state: string }>('SELECT state FROM messages WHERE id = $1', [id]))[0]!.state;

async function send(text = 'Your table is ready.'): Promise<string> {
  const body = { numberId: tenant.numberId, to: guest.phone, text: { body: text } };
  const { status, body: accepted, text: answer } = await parley.api.call('POST', '/v1/messages', { bearer: tenant.key, body });
  if (status !== 202) throw new Error(answer);
  return String(accepted['id']);
}

async function timelineOf(id: string): Promise<Timeline> {
  const { status, body, text } = await parley.api.call('GET', `/v1/messages/${id}/timeline`, { bearer: tenant.key });
  if (status !== 200) throw new Error(text);
  return body as Timeline;
}

/** Does not wait as long as the policy says. */
async function hasten(id: string, attempts: number): Promise<void> {
  await waitFor(async () => {
    const [row] = await parley.worker.rows<{ attempts: number; state: string }>('SELECT attempts, state FROM messages WHERE id = $1', [id]);
    return row!.state === 'WAITING' && row!.attempts === attempts;
  });
  await parley.worker.pool.query('UPDATE messages SET wait_until = now() WHERE id = $1', [id]);
}

async function report(id: string, statuses: readonly string[]): Promise<void> {
  const [row] = await parley.worker.rows<{ wamid: string; attempt_id: string }>('SELECT wamid, attempt_id FROM messages WHERE id = $1', [id]);
  const at = Math.floor(Date.now() / 1_000);
  for (const status of statuses) {
    const one = { id: row!.wamid, status, timestamp: String(at), recipient_id: guest.phone.slice(1), biz_opaque_callback_data: row!.attempt_id };
    await parley.worker.receive(envelope(tenant.graph.phoneNumberId, { statuses: [one] }));
  }
}


describe('the timeline of a message', () => {
  it('that met throttling, a retry and success tells all of it, in order', async () => {
    await fault({ kind: 'too-many-requests', retryAfterSeconds: 1 });
    await fault({ kind: 'error', code: 131_000 });
    const id = await send();
    await hasten(id, 1);
    await hasten(id, 2);
    await waitFor(async () => (await stateOf(id)) === 'ACCEPTED');
    await report(id, ['sent', 'delivered', 'read']);
    const timeline = await timelineOf(id);

    expect(timeline).toMatchObject({ messageId: id, status: 'READ', reason: 'The customer read it.', whatToDo: 'Nothing.' });
    const told = timeline.entries
      .filter(({ type, wait }) => type !== 'event' && wait?.cause !== 'throughput')
      .map(({ type, wait, attempt, status }) => (wait ? `wait ${wait.cause}` : attempt ? `attempt ${String(attempt['next'])}` : String(status?.['status'] ?? type)));
    expect(told.filter((one, place) => one !== told[place - 1])).toEqual([
      'accepted', 'attempt retry', 'wait throttle', 'attempt retry', 'wait retry', 'attempt none', 'sent', 'delivered', 'read',
    ]);
    expect(timeline.entries[0]!.checks!.map(({ rule, verdict }) => `${String(rule)} ${String(verdict)}`)).toEqual([
      'tenant passed', 'number passed', 'recipient passed', 'consent passed', 'window passed', 'template not-needed', 'parameters passed', 'media not-needed',
      'schedule passed',
    ]);
    const attempts = timeline.entries.flatMap(({ attempt }) => attempt ?? []);
    expect(attempts).toMatchObject([
      { number: 1, outcome: 'refused', httpStatus: 429, class: 'throttled', scope: 'number', traceId: expect.any(String) as unknown, nextAttemptAt: expect.any(String) as unknown },
      { number: 2, outcome: 'refused', errorCode: 131_000, httpStatus: 500, class: 'retry', scope: 'message' },
      { number: 3, outcome: 'accepted', httpStatus: 200, class: null, wamid: expect.stringContaining('wamid.') as unknown },
    ]);
    expect(new Set(timeline.waits.map(({ cause }) => cause))).toEqual(new Set(['throttle', 'retry', 'throughput']));
    expect(timeline.waits.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(timeline.waitedMs);
  });

  it('names the webhook that brought each status, and the events that were written', async () => {
    const id = await send();
    await waitFor(async () => (await stateOf(id)) === 'ACCEPTED');
    await report(id, ['sent', 'delivered']);
    const { entries } = await timelineOf(id);
    const statuses = entries.flatMap(({ status }): Row[] => (status ? [status] : []));
    expect(statuses.map(({ status }) => status)).toEqual(['sent', 'delivered']);
    const ledger = await parley.worker.rows<{ id: string; body: Buffer }>('SELECT id, body FROM webhook_events WHERE id = ANY ($1)', [statuses.map(({ webhookEventId }) => String(webhookEventId))]);
    expect(ledger.map(({ body }) => /"status":"(\w+)"/.exec(body.toString())?.[1]).sort()).toEqual(['delivered', 'sent']);
    expect(entries.flatMap(({ event }) => event?.['type'] ?? [])).toEqual(['whatsapp.message_accepted', 'whatsapp.message_sent', 'whatsapp.message_delivered']);
  });

  it('tells what holds a queued message, why it failed at last, its redrive and its end', async () => {
    const holds = new Holds(parley.worker.app.get(SystemDb, { strict: false }));
    const scope = { tenantId: tenant.tenantId, scope: 'number', scopeId: tenant.numberId, cause: 'pause', actor: 'spec' } as const;
    await holds.begin({ ...scope, reason: 'lunch', untilMs: null });
    const id = await send();
    const held = await timelineOf(id);
    expect(held).toMatchObject({ status: 'QUEUED', whatToDo: expect.stringContaining('resume') as unknown });
    expect(held.entries.findLast(({ type }) => type === 'wait')).toMatchObject({ until: null, wait: { cause: 'pause', isOver: false } });
    await parley.worker.pool.query(`UPDATE consents SET status = 'REVOKED' WHERE tenant_id = $1`, [tenant.tenantId]);
    await holds.end(scope);
    await waitFor(async () => (await stateOf(id)) === 'FAILED');
    const failed = await timelineOf(id);
    expect(failed).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('withdrawn consent') as unknown });
    expect(failed.waits.map(({ cause }) => cause)).toContain('pause');
    expect(failed.entries.map(({ type }) => type)).toContain('failed');
    await parley.worker.pool.query(`UPDATE consents SET status = 'GRANTED' WHERE tenant_id = $1`, [tenant.tenantId]);
    expect((await parley.api.call('POST', `/v1/dead-letters/${id}/redrive`, { bearer: tenant.key, body: {} })).status).toBe(200);
    await waitFor(async () => (await stateOf(id)) === 'ACCEPTED');
    const { entries } = await timelineOf(id);
    const types = entries.map(({ type }) => type);
    expect(types.indexOf('redriven')).toBeGreaterThan(types.indexOf('failed'));
    expect(types.lastIndexOf('attempt')).toBeGreaterThan(types.indexOf('redriven'));
  });

  it('says of an organisation that is switched off why its queue stands', async () => {
    await parley.worker.pool.query('UPDATE tenants SET whatsapp_enabled = false WHERE id = $1', [tenant.tenantId]);
    const id = await insertMessage(parley.worker.pool, { tenantId: tenant.tenantId as never, numberId: tenant.numberId, contactId: guest.contactId });
    expect(await timelineOf(id)).toMatchObject({ status: 'QUEUED', reason: 'WhatsApp is switched off for the organisation.', whatToDo: expect.stringContaining('operator') as unknown });
  });

  it('tells of better lanes that left first', async () => {
    const pair = { tenantId: tenant.tenantId as never, numberId: tenant.numberId, contactId: guest.contactId };
    const at = new Date(Date.now() - 60_000);
    const id = await insertMessage(parley.worker.pool, pair, { state: 'CANCELLED', lane: 3, columns: { created_at: at } });
    const sent = { created_at: at, sending_at: new Date(at.getTime() + 1_000) };
    for (const lane of [0, 1, 3] as const) await insertMessage(parley.worker.pool, pair, { state: 'DELIVERED', lane, columns: sent });
    await parley.worker.pool.query(`INSERT INTO message_events (tenant_id, message_id, type, at) VALUES ($1, $2, 'cancelled', $3)`, [tenant.tenantId, id, new Date(at.getTime() + 10_000)]);
    await parley.worker.pool.query('UPDATE phone_numbers SET per_second = 20 WHERE id = $1', [tenant.numberId]);
    const { waits, entries } = await timelineOf(id);
    expect(waits).toMatchObject([{ cause: 'throughput', durationMs: 9_900 }, { cause: 'lane', durationMs: 100 }]);
    expect(entries.at(-1)).toMatchObject({ type: 'cancelled' });
  });

  it("shows what the customer sent as received, and another tenant's message as missing", async () => {
    const [inbound] = await parley.worker.rows<{ id: string }>('SELECT id FROM messages WHERE wamid = $1', [guest.wamid]);
    expect(await timelineOf(inbound!.id)).toMatchObject({ status: 'RECEIVED', waits: [], entries: [expect.objectContaining({ type: 'received' }) as unknown, ...(await timelineOf(inbound!.id)).entries.slice(1)] });
    const { apiKey: bearer } = await parley.api.tenant();
    const [foreign, never] = await Promise.all([inbound!.id, randomUUID()].map((id) => parley.api.call('GET', `/v1/messages/${id}/timeline`, { bearer })));
    expect([foreign!.status, never!.status]).toEqual([404, 404]);
    expect({ ...foreign!.body, requestId: '', instance: '' }).toEqual({ ...never!.body, requestId: '', instance: '' });
  });
});
