import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  beginAutomaticRedrives,
  Claims,
  Holds,
  lockRunningRedrive,
  markSending,
  recordOutcomes,
  readRedriveFacts,
  REDRIVE_CHUNK,
  redriveChunk,
  redriveMessages,
  SystemDb,
  TenantDb,
  type AttemptOutcome,
  type ClaimedMessage,
  type DeadLetterFilter,
  type RedrivenChunk,
} from '@parley/data';
import { judgeRedrive, type MessageStatus } from '@parley/domain';
import { applyStatusItems } from '../../apps/worker/src/inbound/apply-statuses.js';
import type { RoutedWork, StatusItem } from '../../apps/worker/src/inbound/inbound-item.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertAttempt, insertDead, type DeadOptions, type Sender } from '../support/dead-letters.js';
import { insertContact, insertConversation, insertRow, insertTemplate, makeTenant, openPool, pairOf, setConsent } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

type Row = Record<string, unknown>;

const VALID_SECONDS = 86_400;
const HOUR_MS = 3_600_000;

let database: TestDatabase & { drop(): Promise<void> };
let pool: pg.Pool;
let app: pg.Pool;
let db: SystemDb;
let own: Sender;

beforeAll(async () => {
  database = await freshDatabase();
  [pool, app] = [openPool(database.system, 6), openPool(database.app, 2)];
  db = new SystemDb(pool);
});
afterAll(async () => {
  await Promise.all([pool.end(), app.end()]);
  await database.drop();
});
beforeEach(async () => {
  own = await sender();
});

async function sender(columns: Row = {}): Promise<Sender> {
  const tenant = await makeTenant(pool, columns);
  return { ...tenant, key: '', pair: pairOf(tenant) };
}

/** A dead letter to somebody who gets no other message. */
async function dead(options: DeadOptions = {}, of = own): Promise<string> {
  const contact = await insertContact(pool, of.tenantId, { consents: ['service', 'utility', 'authentication'] });
  return insertDead(pool, { ...of, pair: pairOf(of, contact) }, options);
}

const row = async (id: string) => (await pool.query<Row>('SELECT * FROM messages WHERE id = $1', [id])).rows[0]!;
const states = async (ids: readonly string[]) => Promise.all(ids.map(async (id) => (await row(id))['state']));
const redrive = (ids: readonly string[], allowDuplicate = false, of = own) =>
  redriveMessages(db, ids, { tenantId: of.tenantId, actor: 'spec', allowDuplicate, validSeconds: VALID_SECONDS });
const newLease = async () => (await takeNumber(db, own.number.id))!;

describe('a redriven message', () => {
  const outcomeOf = (one: ClaimedMessage, wamid: string): AttemptOutcome => ({
    tenantId: one.tenantId, messageId: one.id, attemptId: one.attemptId, outcome: 'accepted', state: 'ACCEPTED', retryInMs: null, waitCause: null,
    isSpared: false, reason: null, wamid, waId: null, httpStatus: 200, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null,
  });

  /** Claims what is due, and sends it. */
  async function send(wamid: string): Promise<ClaimedMessage> {
    const lease = await newLease();
    const [claimed] = (await new Claims(db, randomUUID()).claim(lease, 10)).filter(({ state }) => state === 'DISPATCHED');
    expect(await markSending(db, [{ tenantId: own.tenantId, messageId: claimed!.id, numberId: own.number.id, attemptId: claimed!.attemptId, epoch: lease.epoch }])).toEqual([true]);
    await recordOutcomes(db, [outcomeOf(claimed!, wamid)]);
    return claimed!;
  }

  const report = (status: MessageStatus, wamid: string, opaque: string | null, at = new Date()) =>
    db.transaction((tx) => applyStatusItems(tx, [{
      eventId: randomUUID(), appTenantId: null, attempts: 0, isNoted: false,
      item: { kind: 'status', content: { wamid, status, opaque, at, pricing: null, conversation: null, recipient: null, recipientId: null, recipientUserId: null, errors: status === 'failed' ? [{ code: 131_000, title: 'No', details: null }] : [] } } as unknown as StatusItem,
      number: { id: own.number.id, tenantId: own.tenantId, graphId: own.number.graphId, enabled: true },
    } satisfies RoutedWork<StatusItem>], new Date()));

  it('is sent under a new attempt and wamid, which its statuses then carry on', async () => {
    const id = await dead({ columns: { sent_at: new Date(1_000) } });
    await redrive([id]);
    const claimed = await send('wamid.new');
    expect(claimed).toMatchObject({ id, attempts: 5, maxAttempts: 10 });
    expect(await row(id)).toMatchObject({ state: 'ACCEPTED', wamid: 'wamid.new', attempts: 6, attempt_id: claimed.attemptId });
    await report('sent', 'wamid.new', claimed.attemptId);
    expect(await row(id)).toMatchObject({ state: 'SENT' });
    await report('failed', 'wamid.new', claimed.attemptId);
    expect(await row(id)).toMatchObject({ state: 'FAILED', dead_lettered_at: expect.any(Date) as unknown });
  });

  it('is not failed, nor called sent, by late reports of the attempt that failed, before and after it leaves anew', async () => {
    const id = await dead();
    const old = await insertAttempt(pool, own, id);
    const { wamid } = (await row(id)) as { wamid: string };
    await redrive([id]);
    const later = new Date(Date.now() + HOUR_MS);
    for (const status of ['sent', 'failed'] as const) await report(status, wamid, old, later);
    expect(await row(id)).toMatchObject({ state: 'QUEUED', wamid: null, duplicate_suspected: false });
    await send('wamid.second');
    for (const status of ['sent', 'failed'] as const) await report(status, wamid, old, later);
    expect(await row(id)).toMatchObject({ state: 'ACCEPTED', wamid: 'wamid.second', duplicate_suspected: false });
  });

  it('is called off by proof that the earlier attempt arrived after all', async () => {
    const id = await dead({ reason: 'uncertain', code: null });
    const old = await insertAttempt(pool, own, id);
    await redrive([id], true);
    await report('delivered', 'wamid.late', old);
    expect(await row(id)).toMatchObject({ state: 'DELIVERED', wamid: 'wamid.late' });
    expect((await new Claims(db, randomUUID()).claim(await newLease(), 10)).map((one) => one.id)).not.toContain(id);
  });

  it('meets the checks at leaving with the verdict that the dry run gave', async () => {
    const cases = new Map<string, string>();
    const paused = await insertTemplate(pool, own.tenantId, own.accountId, { status: 'PAUSED' });
    const disabled = await insertTemplate(pool, own.tenantId, own.accountId, { status: 'DISABLED' });
    const contactOf = async (id: string) => (await row(id))['contact_id'] as string;
    cases.set(await dead(), 'goes-out null');
    const revoked = await dead();
    await setConsent(pool, own.tenantId, await contactOf(revoked), 'utility', 'REVOKED');
    cases.set(revoked, 'fails consent.revoked');
    cases.set(await dead({ purpose: 'marketing' }), 'fails consent.missing');
    cases.set(await dead({ templateId: paused.id }), 'waits template');
    cases.set(await dead({ templateId: disabled.id }), 'fails template.disabled');
    cases.set(await dead({ templateId: null, purpose: 'service' }), 'fails window.closed');
    const open = await dead({ templateId: null, purpose: 'service' });
    await insertConversation(pool, { ...own.pair, contactId: await contactOf(open) }, 1);
    cases.set(open, 'goes-out null');

    const ids = [...cases.keys()];
    const tenants = new TenantDb(app);
    const facts = await tenants.run(own.tenantId, (tx) => readRedriveFacts(tx, own.tenantId, ids));
    await tenants.close();
    const foreseen = new Map(facts.map((one) => [one.id, judgeRedrive(one, { allowDuplicate: false })]));
    expect(new Map(ids.map((id) => [id, `${foreseen.get(id)?.verdict} ${foreseen.get(id)?.reason}`]))).toEqual(cases);

    await redrive(ids);
    await new Claims(db, randomUUID()).claim(await newLease(), 100);
    for (const [id, verdict] of cases) {
      const { state, reason, wait_cause } = await row(id);
      const found = state === 'DISPATCHED' ? 'goes-out null' : state === 'WAITING' ? `waits ${String(wait_cause)}` : `fails ${String(reason)}`;
      expect([verdict, found]).toEqual([verdict, verdict]);
    }
  });

  it("is never another tenant's, whoever asks for its id", async () => {
    const id = await dead();
    const stranger = await sender();
    expect(await redrive([id], true, stranger)).toEqual([]);
    expect(await row(id)).toMatchObject({ state: 'FAILED' });
  });
});

describe('a redrive of many', () => {
  const begin = async (filter: DeadLetterFilter, of = own) => (await insertRow<{ id: string }>(pool, 'redrives', { tenant_id: of.tenantId, actor: 'spec', filter: JSON.stringify(filter) })).id;
  const step = (): Promise<RedrivenChunk | null> =>
    db.transaction(async (tx) => {
      const running = await lockRunningRedrive(tx);
      return running && redriveChunk(tx, running, VALID_SECONDS);
    });
  const progress = async (id: string) => (await pool.query<Row>('SELECT state, looked, redriven FROM redrives WHERE id = $1', [id])).rows[0];

  it('goes on chunk by chunk, takes each once, and leaves what may not go', async () => {
    const stranger = await sender();
    const foreign = await dead({}, stranger);
    const doubtful = await dead({ reason: 'uncertain', code: null, minutesAgo: 90 });
    await pool.query(
      `INSERT INTO messages (tenant_id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, recipient, lane, purpose, template_id,
                             state, reason, attempts, failed_at, dead_lettered_at, valid_until)
       SELECT m.tenant_id, m.phone_number_id, m.contact_id, m.direction, m.sender, m.kind, m.content, m.payload, m.display_content, m.recipient, m.lane, m.purpose,
              m.template_id, m.state, 'meta.131000', 5, m.failed_at, now() - interval '1 hour', m.valid_until
         FROM messages m, generate_series(1, $2) WHERE m.id = $1`,
      [doubtful, REDRIVE_CHUNK + 100],
    );
    const id = await begin({});
    expect(await step()).toMatchObject({ looked: REDRIVE_CHUNK, redriven: REDRIVE_CHUNK - 1, numberIds: [own.number.id] });
    expect(await progress(id)).toEqual({ state: 'RUNNING', looked: REDRIVE_CHUNK, redriven: REDRIVE_CHUNK - 1 });
    // What dies while it runs belongs to the next one.
    const fresh = await dead({ minutesAgo: -1 });
    expect(await step()).toMatchObject({ looked: 101, redriven: 101 });
    expect(await progress(id)).toEqual({ state: 'DONE', looked: REDRIVE_CHUNK + 101, redriven: REDRIVE_CHUNK + 100 });
    expect(await step()).toBeNull();
    expect(await states([doubtful, fresh, foreign])).toEqual(['FAILED', 'FAILED', 'FAILED']);
  });

  it('is done by one worker at a time, and loses nothing when one dies in the middle', async () => {
    const ids = [await dead(), await dead()];
    const id = await begin({ numberId: own.number.id });
    await expect(db.transaction(async (tx) => {
      await redriveChunk(tx, (await lockRunningRedrive(tx))!, VALID_SECONDS);
      // Another worker finds nothing to do meanwhile.
      expect(await db.transaction((other) => lockRunningRedrive(other))).toBeNull();
      throw new Error('killed');
    })).rejects.toThrow('killed');
    expect([await states(ids), await progress(id)]).toEqual([['FAILED', 'FAILED'], { state: 'RUNNING', looked: 0, redriven: 0 }]);
    await step();
    expect([await states(ids), await progress(id)]).toEqual([['QUEUED', 'QUEUED'], { state: 'DONE', looked: 2, redriven: 2 }]);
  });

  describe('that comes about by itself', () => {
    const holds = () => new Holds(db);
    const hold = (cause: 'breaker' | 'pause' | 'credential', of = own) =>
      holds().begin({ tenantId: of.tenantId, scope: 'number', scopeId: of.number.id, cause, reason: cause, actor: 'system', untilMs: null });
    const lift = (cause: 'breaker' | 'pause' | 'credential', of = own) =>
      holds().end({ tenantId: of.tenantId, scope: 'number', scopeId: of.number.id, cause, actor: 'system' });

    /** Looks, and does what came of it. Answers how many redrives began. */
    async function look(): Promise<number> {
      const begun = await beginAutomaticRedrives(db);
      while ((await step()) !== null);
      return begun;
    }

    beforeEach(async () => {
      await look();
      own = await sender({ auto_redrive: true });
    });

    it('waits until the cause is over, and takes what died of it and nothing else', async () => {
      await hold('breaker');
      const ids = [await dead(), await dead({ reason: 'network.unreachable', code: null })];
      const others = [
        await dead({ reason: 'meta.131026', code: 131_026 }),
        await dead({ reason: 'uncertain', code: null }),
        await dead({ minutesAgo: 3 * 60 }),
        await dead({ lane: 0, purpose: 'authentication' }),
        await dead({ columns: { valid_until: new Date(Date.now() - 2 * HOUR_MS) } }),
      ];
      expect([await look(), await states(ids)]).toEqual([0, ['FAILED', 'FAILED']]);
      await lift('breaker');
      expect([await look(), await states(ids)]).toEqual([1, ['QUEUED', 'QUEUED']]);
      expect(await states(others)).toEqual(others.map(() => 'FAILED'));
      const { rows } = await pool.query<Row>('SELECT detail FROM message_events WHERE message_id = $1', [ids[0]]);
      expect(rows).toEqual([{ detail: expect.objectContaining({ actor: 'auto', cause: 'breaker' }) as unknown }]);
      // A second look at the same occasion is no second redrive.
      expect(await look()).toBe(0);
    });

    it('gives each message one chance for a cause', async () => {
      const id = await dead();
      for (const end of ['QUEUED', 'FAILED']) {
        await hold('breaker');
        await lift('breaker');
        await look();
        expect(await row(id)).toMatchObject({ state: end });
        await pool.query(`UPDATE messages SET state = 'FAILED', reason = 'meta.131000', failed_at = now(), dead_lettered_at = now() WHERE id = $1`, [id]);
      }
    });

    it('is not for tenants that do not wish it, nor for a pause, nor for numbers that were not held', async () => {
      const unwilling = await sender();
      const ids = [await dead({}, unwilling), await dead()];
      await hold('breaker', unwilling);
      await lift('breaker', unwilling);
      await hold('pause');
      await lift('pause');
      expect([await look(), await states(ids)]).toEqual([0, ['FAILED', 'FAILED']]);
    });

    it('follows an approval of the template, and a new token of the account', async () => {
      const template = await insertTemplate(pool, own.tenantId, own.accountId, { status: 'REJECTED' });
      const rejected = await dead({ templateId: template.id, reason: 'template.rejected', code: null });
      const tokenless = await dead({ reason: 'credential.invalid', code: 190 });
      expect([await look(), await states([rejected, tokenless])]).toEqual([0, ['FAILED', 'FAILED']]);
      await pool.query(`UPDATE templates SET status = 'APPROVED', status_at = now() WHERE id = $1`, [template.id]);
      expect([await look(), await states([rejected, tokenless])]).toEqual([1, ['QUEUED', 'FAILED']]);
      await pool.query('UPDATE accounts SET token_version = token_version + 1, updated_at = now() WHERE id = $1', [own.accountId]);
      expect([await look(), await states([rejected, tokenless])]).toEqual([1, ['QUEUED', 'QUEUED']]);
    });
  });
});
