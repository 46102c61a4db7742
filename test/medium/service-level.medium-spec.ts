import { randomUUID } from 'node:crypto';
import { lockDueService, moveQuiet, PLANNER_FOR_SETS, recordOutcomes, SystemDb, type AttemptOutcome, type Statement, type SystemTx } from '@parley/data';
import { parseEnvelope } from '@parley/domain';
import { MonitorServiceLevel } from '../../apps/worker/src/conversations/monitor-service-level.js';
import { MoveQuietConversations } from '../../apps/worker/src/conversations/move-quiet-conversations.js';
import { applyItems } from '../../apps/worker/src/inbound/apply-items.js';
import { insertConversation, insertMessage, insertRow, pairOf, type TestTenant } from '../support/fixtures.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

type Row = Record<string, unknown>;

const NEVER = new AbortController().signal;
const HOUR_MS = 3_600_000;
const now = new Date(Math.floor(Date.now() / 1_000) * 1_000);
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const seconds = (at: Date): number => at.getTime() / 1_000;

let worker: TestWorker;
let db: SystemDb;
let tenant: TestTenant;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000', STATS_INTERVAL_MS: '3600000' });
  db = worker.app.get(SystemDb, { strict: false });
});
afterAll(() => worker.stop());
beforeEach(async () => {
  tenant = await worker.tenant({ echo_enabled: false });
});

const say = (text: string, at: Date) => worker.receive(customerText(tenant.number.graphId, tenant.contact.phone, text, uniqueWamid(), seconds(at)));
const conversation = async (id?: string): Promise<Row> =>
  (await worker.rows<Row>('SELECT * FROM conversations WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY id DESC LIMIT 1', [tenant.tenantId, id ?? null]))[0]!;
const responses = () => worker.rows<Row>('SELECT * FROM conversation_responses WHERE tenant_id = $1 ORDER BY asked_at', [tenant.tenantId]);
const timeline = async () =>
  (await worker.rows<{ type: string }>('SELECT type FROM conversation_events WHERE tenant_id = $1 ORDER BY id', [tenant.tenantId])).map(({ type }) => type);
const published = async () =>
  (await worker.rows<{ type: string }>(`SELECT type FROM events WHERE tenant_id = $1 AND resource_type = 'conversation' ORDER BY xid, id`, [tenant.tenantId])).map(
    ({ type }) => type.replace('whatsapp.conversation_', ''),
  );
const set = (columns: string, ...values: unknown[]) => worker.pool.query(`UPDATE conversations SET ${columns} WHERE tenant_id = $1`, [tenant.tenantId, ...values]);
const settle = (section: string, value: object) => insertRow(worker.pool, 'tenant_settings', { tenant_id: tenant.tenantId, section, value: JSON.stringify(value), updated_by: 'spec' });
const insertUser = async (state = 'ACTIVE'): Promise<string> =>
  (await insertRow<{ id: string }>(worker.pool, 'users', { tenant_id: tenant.tenantId, subject: randomUUID(), email: `${randomUUID()}@example.com`, name: 'Ion', role: 'agent', state })).id;

/** A message whose POST is under way. */
async function underway(columns: Row): Promise<{ id: string; attemptId: string }> {
  const attemptId = randomUUID();
  const { template_id: templateId = null, ...others } = columns;
  const id = await insertMessage(worker.pool, pairOf(tenant), {
    state: 'SENDING',
    templateId: templateId as string | null,
    columns: { attempt_id: attemptId, attempts: 1, lease_until: new Date(Date.now() + 40_000), ...others },
  });
  await insertRow(worker.pool, 'message_attempts', { tenant_id: tenant.tenantId, id: attemptId, message_id: id, number: 1, lease_epoch: 1, credential_version: 1 });
  return { id, attemptId };
}

/** Sends a message, as far as the database sees it. */
async function send(columns: Row): Promise<void> {
  const { id: messageId, attemptId } = await underway(columns);
  const nothing = { retryInMs: null, waitCause: null, isSpared: false, reason: null, waId: null, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null };
  const outcome: AttemptOutcome = { ...nothing, tenantId: tenant.tenantId, messageId, attemptId, outcome: 'accepted', state: 'ACCEPTED', wamid: uniqueWamid(), httpStatus: 200 };
  await recordOutcomes(db, [outcome]);
}

describe('a question of a customer', () => {
  it('waits from its own time on, by the business hours of the tenant, until a session message answers it', async () => {
    await settle('service-level', { answerMinutes: 60 });
    await settle('business-hours', { weekly: { monday: [{ from: '00:00', to: '24:00' }] }, holidays: [] });
    // A Sunday, 22:00 UTC, and a second question on Monday.
    await say('Are you open?', new Date('2026-11-15T22:00:00Z'));
    await say('Hello?', new Date('2026-11-16T00:10:00Z'));
    const waiting = await conversation();
    expect([waiting['awaiting_since'], waiting['due_soon_at'], waiting['answer_due_at']]).toEqual(
      ['2026-11-15T22:00:00Z', '2026-11-16T00:45:00Z', '2026-11-16T01:00:00Z'].map((at) => new Date(at)),
    );
    for (const [columns, answered, staff] of [
      [{ sender: 'system' }, false, false],
      [{ sender: 'app', template_id: tenant.template.id }, false, false],
      [{ sender: 'app' }, true, false],
      [{ sender: 'staff', template_id: tenant.template.id }, true, true],
    ] as const) {
      await send(columns);
      const row = await conversation();
      expect([columns, row['answered_at'] !== null, row['staff_at'] !== null]).toEqual([columns, answered, staff]);
    }
    // The first of the answers is what counts, though another came after it.
    const { answered_at: first, staff_at: second } = await conversation();
    expect((first as Date) < (second as Date)).toBe(true);
    await say('Thanks!', new Date(Date.now() + 1_000));
    expect(await responses()).toEqual([expect.objectContaining({ asked_at: new Date('2026-11-15T22:00:00Z'), answered_at: first, is_first: true, in_time: false, by_staff: true })]);
    expect(await conversation()).toMatchObject({ first_response_at: first, breached_at: null });
    expect(await timeline()).toEqual(['answered']);
  });

  it('is none where it is older than the last answer, whenever it arrives; and an answer without Meta\'s word counts by its status', async () => {
    const { attemptId } = await underway({ sender: 'staff' });
    const sent = { id: uniqueWamid(), status: 'sent', timestamp: String(seconds(ago(5))), recipient_id: '4', biz_opaque_callback_data: attemptId };
    await worker.receive(envelope(tenant.number.graphId, { statuses: [sent] }));
    expect(await conversation()).toMatchObject({ answered_at: ago(5), staff_at: ago(5), awaiting_since: null });
    await say('late', ago(6));
    expect(await conversation()).toMatchObject({ awaiting_since: null, unread_count: 1 });
    await say('new', ago(4));
    expect(await conversation()).toMatchObject({ awaiting_since: ago(4), answer_due_at: new Date(ago(4).getTime() + 2 * HOUR_MS) });
  });

  it('is neither a STOP, which has its own answer, nor a thumb', async () => {
    const from = tenant.contact.phone.slice(1);
    const thumb = { from, id: uniqueWamid(), timestamp: String(seconds(ago(2))), type: 'reaction', reaction: { message_id: uniqueWamid(), emoji: '👍' } };
    await say('Stop!', ago(3));
    await worker.receive(envelope(tenant.number.graphId, { messages: [thumb] }));
    expect(await conversation()).toMatchObject({ awaiting_since: null, message_count: 2 });
    await say('Stop by at eight?', ago(1));
    expect(await conversation()).toMatchObject({ awaiting_since: ago(1) });
  });

  it('opens a resolved conversation again for its agent, or for all where he is gone, and its first answer counts anew', async () => {
    await say('one', ago(60));
    const agent = await insertUser();
    await set(`state = 'RESOLVED', resolved_at = now(), assigned_to = $2, awaiting_since = NULL, first_response_at = now() - interval '1 hour'`, agent);
    await say('two', ago(30));
    expect(await conversation()).toMatchObject({ state: 'ASSIGNED', assigned_to: agent, resolved_at: null, first_response_at: null, awaiting_since: ago(30) });
    await set(`state = 'RESOLVED'`);
    await worker.pool.query(`UPDATE users SET state = 'DISABLED' WHERE id = $1`, [agent]);
    await say('three', ago(20));
    expect(await conversation()).toMatchObject({ state: 'OPEN', assigned_to: null });
    expect([await timeline(), await published()]).toEqual([['reopened', 'reopened'], ['opened', 'reopened', 'reopened']]);
  });

  it('in three pictures at once, applied by three workers at once, is one question in one conversation', async () => {
    const from = tenant.contact.phone.slice(1);
    const picture = (n: number) => ({ from, id: uniqueWamid(), timestamp: String(seconds(ago(n))), type: 'image', image: { id: `${n}`, mime_type: 'image/jpeg', sha256: 'x' } });
    const apply = (n: number) => {
      const parsed = parseEnvelope(JSON.stringify(envelope(tenant.number.graphId, { messages: [picture(n)] })));
      const items = parsed.ok ? parsed.items : [];
      return db.transaction((tx) => applyItems(tx, items.map((item) => ({ eventId: randomUUID(), appTenantId: null, item, attempts: 0, isNoted: false })), now));
    };
    await Promise.all([3, 2, 1].map(apply));
    const rows = await worker.rows<Row>('SELECT * FROM conversations WHERE tenant_id = $1', [tenant.tenantId]);
    expect(rows).toEqual([expect.objectContaining({ unread_count: 3, message_count: 3, awaiting_since: ago(3) })]);
    expect(await published()).toEqual(['opened']);
  });
});

describe('the monitor', () => {
  const monitor = (asOf: Date) => {
    const one = worker.app.get(MonitorServiceLevel, { strict: false });
    return Promise.all([one.run(NEVER, asOf), one.run(NEVER, asOf)]);
  };
  const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

  it('escalates before the breach and after it, each once, and calms down with the answer', async () => {
    await say('Where is my order?', now);
    const other = await insertConversation(worker.pool, pairOf(await worker.tenant()));
    await monitor(later(89));
    expect(await conversation()).toMatchObject({ escalation_level: 0, priority: 'NORMAL' });
    await monitor(later(95));
    await monitor(later(96));
    expect(await conversation()).toMatchObject({ escalation_level: 1, priority: 'HIGH', priority_before: 'NORMAL', breached_at: null });
    await monitor(later(121));
    await monitor(later(122));
    expect(await conversation()).toMatchObject({ escalation_level: 2, priority: 'URGENT', breached_at: later(120), escalated_at: later(121) });
    expect([await timeline(), await published()]).toEqual([['due-soon', 'breached'], ['opened', 'sla_breached']]);
    await set('answered_at = $2, staff_at = $2', later(130));
    await monitor(later(140));
    expect(await conversation()).toMatchObject({ awaiting_since: null, escalation_level: 0, priority: 'NORMAL', priority_before: null, first_response_at: later(130) });
    expect(await responses()).toEqual([expect.objectContaining({ asked_at: now, seconds: 7_800, business_seconds: 7_800, in_time: false, is_first: true, by_staff: true })]);
    expect(await worker.rows('SELECT FROM conversation_events WHERE conversation_id = $1', [other])).toEqual([]);
  });

  it('finds what is due by an index of its own, whatever else there is', async () => {
    const { tenantId, numberId, contactId } = pairOf(tenant);
    const client = await worker.pool.connect();
    const found: string[] = [];
    try {
      await client.query(
        `INSERT INTO conversations (tenant_id, phone_number_id, contact_id, state, last_inbound_at, archived_at)
         SELECT $1, $2, $3, 'ARCHIVED', now() - make_interval(mins => n), now() FROM generate_series(1, 2000) n`,
        [tenantId, numberId, contactId],
      );
      await client.query(`BEGIN; ${Object.entries(PLANNER_FOR_SETS).map(([name, value]) => `SET LOCAL ${name} = ${value};`).join(' ')}`);
      const explaining = {
        query: async ({ text }: Statement, values: readonly unknown[]) => {
          const plan = JSON.stringify((await client.query(`EXPLAIN (FORMAT JSON) ${text}`, [...values])).rows);
          found.push(...[...plan.matchAll(/"Index Name":"(conversations_\w+?)"/g)].map(([, name]) => name!).filter((name) => name !== 'conversations_pkey'));
          return [];
        },
      } as unknown as SystemTx;
      await lockDueService(explaining, now, 500);
      for (const step of ['idle', 'close', 'archive'] as const) await moveQuiet(explaining, step, [{ tenantId, hours: 24 }], now, 500);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(found).toEqual(['conversations_awaiting', 'conversations_active', 'conversations_idle', 'conversations_resolved']);
  });
});

it('no index of conversations names what sending changes: its updates stay on their page', async () => {
  const indexes = await worker.rows<{ definition: string }>(`SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = 'conversations'::regclass`);
  expect(indexes.length).toBeGreaterThan(5);
  expect(indexes.filter(({ definition }) => /message_count|last_message|answered_at|staff_at|updated_at/.test(definition))).toEqual([]);
});

describe('conversations in which nothing happens', () => {
  const look = (asOf: Date) => {
    const quiet = worker.app.get(MoveQuietConversations, { strict: false });
    return Promise.all([quiet.run(NEVER, asOf), quiet.run(NEVER, asOf)]);
  };

  it('are noted as idle once, and resolved only where the tenant wants that', async () => {
    const id = await insertConversation(worker.pool, pairOf(tenant), 25);
    await look(now);
    await look(new Date(now.getTime() + 60_000));
    expect([(await conversation(id))['idle_at'], await timeline()]).toEqual([now, ['idle']]);
    await look(new Date(now.getTime() + 100 * HOUR_MS));
    expect(await conversation(id)).toMatchObject({ state: 'OPEN' });
    await settle('service-level', { autoCloseHours: 72 });
    await look(new Date(now.getTime() + 46 * HOUR_MS));
    expect(await conversation(id)).toMatchObject({ state: 'OPEN' });
    await look(new Date(now.getTime() + 48 * HOUR_MS));
    expect(await conversation(id)).toMatchObject({ state: 'RESOLVED', resolved_at: new Date(now.getTime() + 48 * HOUR_MS) });
    expect([await timeline(), await published()]).toEqual([['idle', 'resolved'], ['resolved']]);
    // A customer who writes is not idle.
    await say('Hello again', now);
    expect(await conversation(id)).toMatchObject({ state: 'OPEN', idle_at: null });
  });

  it('are archived seven days after they were resolved, at one o\'clock of their tenant', async () => {
    await worker.pool.query(`UPDATE tenants SET time_zone = 'America/Sao_Paulo' WHERE id = $1`, [tenant.tenantId]);
    const id = await insertConversation(worker.pool, pairOf(tenant), 500, { state: 'RESOLVED', resolved_at: new Date('2026-11-14T03:59:00Z') });
    // 01:00 in São Paulo is 04:00 UTC.
    for (const early of ['2026-11-20T04:05:00Z', '2026-11-21T03:59:00Z', '2026-11-21T05:00:00Z']) {
      await look(new Date(early));
      expect([early, (await conversation(id))['state']]).toEqual([early, 'RESOLVED']);
    }
    await look(new Date('2026-11-21T04:00:00Z'));
    await look(new Date('2026-11-21T04:15:00Z'));
    expect(await conversation(id)).toMatchObject({ state: 'ARCHIVED', archived_at: new Date('2026-11-21T04:00:00Z') });
    expect([await timeline(), await published()]).toEqual([['archived'], ['archived']]);
  });
});
