import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, markSending, recordOutcomes, SystemDb, type AttemptOutcome, type ClaimedMessage, type LeasedNumber } from '@parley/data';
import { workerDatabase } from '../support/database.js';
import { insertContact, insertMessage, insertMessages, makeTenant, openPool, pairOf, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

let pool: pg.Pool;
let db: SystemDb;
let tenant: TestTenant;
let lease: LeasedNumber;
let claimed: ClaimedMessage;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
  db = new SystemDb(pool);
});
beforeEach(async () => {
  tenant = await makeTenant(pool);
  await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
  lease = (await takeNumber(db, tenant.number.id))!;
  claimed = (await new Claims(db, randomUUID()).claim(lease, 1))[0]!;
});
afterAll(() => pool.end());

async function mark(changes: Partial<{ attemptId: string; epoch: string }> = {}): Promise<boolean> {
  const { tenantId, id: messageId, attemptId } = claimed;
  return (await markSending(db, [{ tenantId, messageId, numberId: tenant.number.id, attemptId, epoch: lease.epoch, ...changes }]))[0]!;
}

async function message(id = claimed.id): Promise<Record<string, unknown>> {
  return (await pool.query<Record<string, unknown>>('SELECT * FROM messages WHERE id = $1', [id])).rows[0]!;
}

const setState = (state: string) => pool.query('UPDATE messages SET state = $2 WHERE id = $1', [claimed.id, state]);

async function timeline(): Promise<string[]> {
  const { rows } = await pool.query<{ type: string }>('SELECT type FROM message_events WHERE message_id = $1 ORDER BY id', [claimed.id]);
  return rows.map(({ type }) => type);
}

describe('markSending', () => {
  it('commits the attempt before its POST', async () => {
    expect(await mark()).toBe(true);
    expect(await message()).toMatchObject({ state: 'SENDING', attempts: 1, sending_at: expect.any(Date) as Date });
    const { rows } = await pool.query('SELECT * FROM message_attempts WHERE id = $1', [claimed.attemptId]);
    expect(rows).toMatchObject([{ message_id: claimed.id, number: 1, lease_epoch: lease.epoch, credential_version: 1, finished_at: null }]);
    // The attempt is the timeline's row.
    expect(await timeline()).toEqual([]);
  });

  it('lets one of two processes send, and nobody a second time', async () => {
    const marks = await Promise.all(Array.from({ length: 8 }, () => mark()));
    expect(marks.filter(Boolean)).toHaveLength(1);
    expect(await mark()).toBe(false);
    expect((await message())['attempts']).toBe(1);
  });

  it.each([
    ['another attempt', () => mark({ attemptId: randomUUID() })],
    ['an epoch of before', () => mark({ epoch: '0' })],
    ['an epoch that is not there yet', () => mark({ epoch: '2' })],
    [
      'a number that another worker has taken meanwhile',
      async () => {
        await pool.query(`UPDATE phone_numbers SET lease_until = now() - interval '1 ms' WHERE id = $1`, [tenant.number.id]);
        expect(await takeNumber(db, tenant.number.id)).not.toBeNull();
        return mark();
      },
    ],
    [
      'a claim that is over',
      async () => {
        await pool.query(`UPDATE messages SET lease_until = now() - interval '1 ms' WHERE id = $1`, [claimed.id]);
        return mark();
      },
    ],
    ['a row that a late status has moved on', async () => (await setState('DELIVERED'), mark())],
  ])('refuses %s', async (_, marking) => {
    expect(await marking()).toBe(false);
    expect((await message())['state']).not.toBe('SENDING');
    expect((await pool.query('SELECT FROM message_attempts WHERE message_id = $1', [claimed.id])).rowCount).toBe(0);
  });

  it('answers by position', async () => {
    const good = { tenantId: tenant.tenantId, messageId: claimed.id, numberId: tenant.number.id, attemptId: claimed.attemptId, epoch: lease.epoch };
    expect(await markSending(db, [{ ...good, attemptId: randomUUID() }, good, { ...good, messageId: randomUUID(), attemptId: randomUUID() }])).toEqual([false, true, false]);
  });
});

describe('recordOutcomes', () => {
  const outcome = (changes: Partial<AttemptOutcome> = {}): AttemptOutcome => ({
    tenantId: tenant.tenantId,
    messageId: claimed.id,
    attemptId: claimed.attemptId,
    outcome: 'accepted',
    state: 'ACCEPTED',
    retryInMs: null,
    waitCause: changes.state === 'WAITING' ? 'retry' : null,
    isSpared: false,
    reason: null,
    wamid: `wamid.${claimed.id}`,
    waId: null,
    httpStatus: 200,
    errorCode: null,
    errorSubcode: null,
    errorText: null,
    traceId: 'trace',
    answer: '{"messages":[]}',
    ...changes,
  });
  const refusal = { outcome: 'refused', wamid: null, httpStatus: 400, errorCode: 131_026, errorText: 'Undeliverable' } as const;
  const record = async (changes: Partial<AttemptOutcome> = {}) => (await recordOutcomes(db, [outcome(changes)]))[0];

  const attempt = async (id = claimed.attemptId): Promise<Record<string, unknown>> =>
    (await pool.query<Record<string, unknown>>('SELECT * FROM message_attempts WHERE id = $1', [id])).rows[0]!;
  const events = async (): Promise<string[]> =>
    (await pool.query<{ type: string }>('SELECT type FROM events WHERE tenant_id = $1 ORDER BY id', [tenant.tenantId])).rows.map(({ type }) => type);
  const conversations = async () =>
    (await pool.query<{ id: string; message_count: number; last_message: string }>('SELECT * FROM conversations WHERE tenant_id = $1', [tenant.tenantId])).rows;

  beforeEach(async () => {
    expect(await mark()).toBe(true);
  });

  it('accepts: wamid, time, attempt, timeline, and a conversation that it opens once', async () => {
    expect(await record()).toEqual({ messageId: claimed.id, state: 'ACCEPTED', pairAwaited: false, isDoubled: false });
    const [conversation] = await conversations();
    expect(conversation).toMatchObject({ message_count: 1, last_message: 'Hello', first_inbound_at: null });
    expect(await message()).toMatchObject({
      state: 'ACCEPTED',
      wamid: `wamid.${claimed.id}`,
      accepted_at: expect.any(Date) as Date,
      conversation_id: conversation!.id,
      lease_until: null,
    });
    expect(await attempt()).toMatchObject({ outcome: 'accepted', http_status: 200, trace_id: 'trace', finished_at: expect.any(Date) as Date });
    expect(await events()).toEqual(['whatsapp.conversation_opened']);
  });

  it('joins the conversation that is there', async () => {
    await record();
    const [next] = await claimAnother();
    await recordOutcomes(db, [outcome({ messageId: next!.id, attemptId: next!.attemptId, wamid: 'wamid.next' })]);
    expect(await conversations()).toMatchObject([{ message_count: 2 }]);
    expect(await events()).toEqual(['whatsapp.conversation_opened']);
    await pool.query(`UPDATE conversations SET state = 'ARCHIVED' WHERE tenant_id = $1`, [tenant.tenantId]);
    const [third] = await claimAnother();
    await recordOutcomes(db, [outcome({ messageId: third!.id, attemptId: third!.attemptId, wamid: 'wamid.third' })]);
    expect(await conversations()).toHaveLength(2);
  });

  async function claimAnother(): Promise<ClaimedMessage[]> {
    await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
    const rows = await new Claims(db, randomUUID()).claim(lease, 1);
    const marks = rows.map((row) => ({ tenantId: row.tenantId, messageId: row.id, numberId: tenant.number.id, attemptId: row.attemptId, epoch: lease.epoch }));
    expect(await markSending(db, marks)).toEqual([true]);
    return rows;
  }

  it('counts each message of a conversation, also when two of them end in one set', async () => {
    await setState('DELIVERED'); // a status was faster, so the pair was free for the next
    const [next] = await claimAnother();
    await recordOutcomes(db, [outcome(), outcome({ messageId: next!.id, attemptId: next!.attemptId, wamid: 'wamid.next' })]);
    expect(await conversations()).toMatchObject([{ message_count: 2 }]);
  });

  it('retries at its time: WAITING with cause and reason', async () => {
    expect(await record({ ...refusal, state: 'WAITING', retryInMs: 60_000, reason: 'meta.131000' })).toMatchObject({ state: 'WAITING' });
    const row = await message();
    expect(row).toMatchObject({ state: 'WAITING', wait_cause: 'retry', reason: 'meta.131000', error_code: 131_026, lease_until: null });
    const wait = (row['wait_until'] as Date).getTime() - (row['updated_at'] as Date).getTime();
    expect(wait).toBe(60_000);
    expect(await attempt()).toMatchObject({ outcome: 'refused', next_attempt_at: row['wait_until'] });
    expect(await conversations()).toEqual([]);
  });

  it('fails: a dead letter with its reason, and an event', async () => {
    expect(await record({ ...refusal, state: 'FAILED', reason: 'meta.131026' })).toMatchObject({ state: 'FAILED' });
    expect(await message()).toMatchObject({
      state: 'FAILED',
      reason: 'meta.131026',
      failed_at: expect.any(Date) as Date,
      dead_lettered_at: expect.any(Date) as Date,
      error_code: 131_026,
      error_text: 'Undeliverable',
      wamid: null,
    });
    expect(await events()).toEqual(['whatsapp.message_failed']);
  });

  it('keeps what is not known as UNKNOWN', async () => {
    expect(await record({ outcome: 'unknown', state: 'UNKNOWN', reason: 'outcome.unknown', wamid: null, httpStatus: null })).toMatchObject({ state: 'UNKNOWN' });
    expect(await message()).toMatchObject({ state: 'UNKNOWN', reason: 'outcome.unknown', wamid: null });
  });

  it('resolves a doubt when the answer comes after the lease was over', async () => {
    await setState('UNKNOWN');
    expect(await record()).toMatchObject({ state: 'ACCEPTED' });
    expect(await message()).toMatchObject({ state: 'ACCEPTED', reason: null, wamid: `wamid.${claimed.id}` });
  });

  it('writes a retry that was not sent, and the next attempt is another one', async () => {
    await record({ outcome: 'not-sent', state: 'WAITING', retryInMs: 0, reason: 'connect-refused', wamid: null });
    await pool.query(`UPDATE messages SET state = 'QUEUED', wait_cause = NULL, wait_until = NULL WHERE id = $1`, [claimed.id]);
    const [again] = await new Claims(db, randomUUID()).claim(lease, 1);
    expect(again).toMatchObject({ id: claimed.id, attempts: 1 });
    expect(again!.attemptId).not.toBe(claimed.attemptId);
  });

  it.each(['SENT', 'DELIVERED', 'READ', 'FAILED'])('never lowers the state when a status was faster (%s), but stores the wamid', async (state) => {
    await setState(state);
    expect(await record()).toMatchObject({ state });
    expect(await message()).toMatchObject({ state, wamid: `wamid.${claimed.id}`, accepted_at: expect.any(Date) as Date });
    expect(await conversations()).toHaveLength(1);
  });

  it.each(['FAILED', 'WAITING', 'UNKNOWN'] as const)('does not let the answer %s undo what a status has told', async (state) => {
    await setState('DELIVERED');
    expect(await record({ ...refusal, state, retryInMs: state === 'WAITING' ? 1_000 : null, reason: 'x' })).toBeNull();
    expect(await message()).toMatchObject({ state: 'DELIVERED', reason: null, dead_lettered_at: null });
    expect(await attempt()).toMatchObject({ outcome: 'refused', finished_at: expect.any(Date) as Date });
  });

  it.each(['FAILED', 'WAITING', 'UNKNOWN'] as const)('changes nothing on the message by the outcome %s of an old attempt', async (state) => {
    await pool.query(`UPDATE messages SET attempt_id = $2 WHERE id = $1`, [claimed.id, randomUUID()]);
    const before = await message();
    expect(await record({ ...refusal, state, retryInMs: state === 'WAITING' ? 1_000 : null, reason: 'x' })).toBeNull();
    expect(await message()).toEqual(before);
    expect(await attempt()).toMatchObject({ outcome: 'refused' });
    expect(await events()).toEqual([]);
  });

  it('stores the wamid of an old attempt that was accepted after all, and takes nothing from the new one', async () => {
    await pool.query(`UPDATE messages SET attempt_id = $2 WHERE id = $1`, [claimed.id, randomUUID()]);
    const { state, lease_until: leaseUntil, attempt_id: attemptId } = await message();
    expect(await record()).toMatchObject({ state: 'SENDING', isDoubled: false });
    expect(await message()).toMatchObject({ state, lease_until: leaseUntil, attempt_id: attemptId, wamid: `wamid.${claimed.id}` });
    expect(await conversations()).toEqual([]);
  });

  it('suspects a duplicate when a second attempt is accepted under another id, once', async () => {
    await pool.query(`UPDATE messages SET wamid = 'wamid.first' WHERE id = $1`, [claimed.id]);
    expect(await record()).toMatchObject({ state: 'ACCEPTED', isDoubled: true });
    expect(await message()).toMatchObject({ duplicate_suspected: true, wamid: 'wamid.first' });
    expect(await record()).toMatchObject({ isDoubled: false });
    expect((await timeline()).filter((type) => type === 'duplicate-suspected')).toHaveLength(1);
  });

  it('lets a message be tried once more for an attempt that was no fault of its own, and lets it wait for its template', async () => {
    await record({ ...refusal, state: 'WAITING', waitCause: 'template', isSpared: true, retryInMs: 60_000, reason: 'meta.132015' });
    expect(await message()).toMatchObject({ state: 'WAITING', wait_cause: 'template', attempts: 1, max_attempts: 6, wait_until: expect.any(Date) as Date });
  });

  it('keeps the wa_id that Meta gave as an identity, once, and takes nobody else\'s', async () => {
    const waId = uniqueDigits(11);
    await record({ waId });
    await record({ waId });
    const { rows } = await pool.query('SELECT contact_id FROM contact_identities WHERE tenant_id = $1 AND value = $2', [tenant.tenantId, waId]);
    expect(rows).toEqual([{ contact_id: tenant.contact.id }]);
    const stranger = await insertContact(pool, tenant.tenantId);
    await record({ waId: stranger.phone.slice(1) });
    const kept = await pool.query(`SELECT contact_id FROM contact_identities WHERE tenant_id = $1 AND kind = 'wa_id' AND value = $2`, [tenant.tenantId, stranger.phone.slice(1)]);
    expect(kept.rows).toEqual([{ contact_id: stranger.id }]);
  });

  it('tells whether another message waits for the pair', async () => {
    await insertMessages(pool, pairOf(tenant), 2, { state: 'WAITING', columns: { wait_cause: 'pair' } });
    expect(await record()).toMatchObject({ pairAwaited: true });
    expect(await record()).toMatchObject({ pairAwaited: true });
  });

  it('does not call a row that waits for its time one that waits for the pair', async () => {
    await insertMessage(pool, pairOf(tenant), { state: 'WAITING', columns: { wait_cause: 'schedule', wait_until: new Date() } });
    expect(await record()).toMatchObject({ pairAwaited: false });
  });

  it('answers by position, and null for what there is not', async () => {
    const answers = await recordOutcomes(db, [outcome({ messageId: randomUUID() }), outcome()]);
    expect(answers).toEqual([null, expect.objectContaining({ messageId: claimed.id })]);
  });
});
