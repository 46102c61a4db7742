import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, NumberLeases, SendingSweep, SystemDb, type LeasedNumber } from '@parley/data';
import { workerDatabase } from '../support/database.js';
import {
  insertContact,
  insertConversation,
  insertHold,
  insertMessage,
  insertMessages,
  insertNumber,
  insertTemplate,
  makeTenant,
  openPool,
  pairOf,
  setConsent,
  type TestPair,
  type TestTenant,
} from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

let pool: pg.Pool;
let db: SystemDb;
let tenant: TestTenant;
let claims: Claims;
let leases: NumberLeases;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
  db = new SystemDb(pool);
  claims = new Claims(db, randomUUID());
  leases = new NumberLeases(db);
});
beforeEach(async () => {
  tenant = await makeTenant(pool);
});
afterAll(() => pool.end());

const lease = async (): Promise<LeasedNumber> => (await takeNumber(db, tenant.number.id))!;
const expireLease = () => pool.query(`UPDATE phone_numbers SET lease_until = now() - interval '1 ms' WHERE id = $1`, [tenant.number.id]);

interface StoredMessage {
  state: string;
  wait_cause: string | null;
  reason: string | null;
  attempt_id: string | null;
  dead_lettered_at: Date | null;
  lease_epoch: string | null;
}

async function stored(id: string): Promise<StoredMessage> {
  return (await pool.query<StoredMessage>('SELECT * FROM messages WHERE id = $1', [id])).rows[0]!;
}

async function anotherPair(): Promise<TestPair> {
  return pairOf(tenant, await insertContact(pool, tenant.tenantId, { consents: ['service', 'utility', 'authentication', 'marketing'] }));
}

const template = (): { templateId: string } => ({ templateId: tenant.template.id });

describe('NumberLeases', () => {
  it('gives a number to one holder at a time', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => takeNumber(db, tenant.number.id)));
    expect(taken.filter((one) => one !== null)).toEqual([
      expect.objectContaining({
        tenantId: tenant.tenantId,
        numberId: tenant.number.id,
        graphId: tenant.number.graphId,
        accountId: tenant.accountId,
        perSecond: 80,
        epoch: '1',
        previousLimiter: null,
        weight: 1,
        tier: null,
      }),
    ]);
  });

  it('raises the epoch with every taking, also by the same holder', async () => {
    const holder = randomUUID();
    const [first, second] = [await takeNumber(db, tenant.number.id, holder), await takeNumber(db, tenant.number.id, holder)];
    expect([first?.epoch, second?.epoch]).toEqual(['1', '2']);
    expect(await leases.noteLimiter(first!, 'redis')).toBe(false);
    expect(await leases.noteLimiter(second!, 'redis')).toBe(true);
  });

  it('lets an expired lease be taken, and tells its former holder so', async () => {
    const lost = await lease();
    await expireLease();
    expect(await new Claims(db, randomUUID()).claim(lost, 10)).toEqual([]);
    const next = await takeNumber(db, tenant.number.id);
    expect(next?.epoch).toBe('2');
    expect(await new Claims(db, randomUUID()).claim(lost, 10)).toEqual([]);
    expect(await leases.noteLimiter(lost, 'redis')).toBe(false);
    expect(await leases.release(lost)).toBe(false);
    expect(await takeNumber(db, tenant.number.id)).toBeNull();
  });

  it('does not give out a number that is paused, nor one that there is not', async () => {
    await insertHold(pool, tenant);
    expect(await takeNumber(db, tenant.number.id)).toBeNull();
    expect(await takeNumber(db, randomUUID())).toBeNull();
  });

  it('hands on which limiter counted last', async () => {
    const held = await lease();
    expect(await leases.noteLimiter(held, 'database')).toBe(true);
    await leases.release(held);
    expect((await lease()).previousLimiter).toBe('database');
  });

  it('tells at the giving back whether due work is left', async () => {
    expect(await leases.release(await lease())).toBe(false);
    await insertMessage(pool, pairOf(tenant), { state: 'WAITING', columns: { wait_cause: 'pair' } });
    expect(await leases.release(await lease())).toBe(false);
    await insertMessage(pool, pairOf(tenant));
    expect(await leases.release(await lease())).toBe(true);
    expect(await takeNumber(db, tenant.number.id)).not.toBeNull();
  });
});

describe('Claims', () => {
  it('opens a number with the first that may leave, and leaves the others due', async () => {
    const ids = [];
    for (let at = 0; at < 3; at += 1) ids.push(await insertMessage(pool, await anotherPair(), template()));
    const opened = (await claims.open(tenant.number.id, 2))!;
    expect(opened.lease).toMatchObject({ tenantId: tenant.tenantId, numberId: tenant.number.id, epoch: '1', breaker: null });
    expect(opened.rows).toMatchObject(ids.slice(0, 2).map((id) => ({ id, state: 'DISPATCHED' })));
    expect(await stored(ids[0]!)).toMatchObject({ state: 'DISPATCHED', lease_epoch: '1', attempt_id: opened.rows[0]!.attemptId });
    expect(await new Claims(db, randomUUID()).open(tenant.number.id, 2)).toBeNull();
    expect(await claims.claim(opened.lease, 10)).toMatchObject([{ id: ids[2], state: 'DISPATCHED' }]);
    expect(await leases.release(opened.lease)).toBe(false);
    expect(await claims.open(tenant.number.id, 2)).toMatchObject({ lease: { epoch: '2' }, rows: [] });
  });

  it('opens a number without its messages while its breaker is not closed: the probes are counted first', async () => {
    const id = await insertMessage(pool, await anotherPair(), template());
    await pool.query(`UPDATE phone_numbers SET breaker = '{"openings": 1}' WHERE id = $1`, [tenant.number.id]);
    const opened = (await claims.open(tenant.number.id, 8))!;
    expect(opened).toMatchObject({ lease: { breaker: { openings: 1 } }, rows: [] });
    expect(await claims.claim(opened.lease, 3)).toMatchObject([{ id, state: 'DISPATCHED' }]);
  });

  it('takes lanes in their order, and within a lane the oldest first', async () => {
    const order = [3, 2, 0, 2, 0, 3] as const;
    const ids: string[] = [];
    for (const lane of order) ids.push(await insertMessage(pool, await anotherPair(), { lane, ...template() }));
    const held = await lease();
    expect((await claims.claim(held, 10)).map(({ id }) => id)).toEqual([2, 4, 1, 3, 0, 5].map((at) => ids[at]));
  });

  it('takes from a lane on where it is asked to, so that the lanes below a flood get their share', async () => {
    const order = [0, 0, 2, 3, 2] as const;
    const ids: string[] = [];
    for (const lane of order) ids.push(await insertMessage(pool, await anotherPair(), { lane, ...template() }));
    const held = await lease();
    expect((await claims.claim(held, 2, 3)).map(({ id }) => id)).toEqual([ids[3]]);
    expect((await claims.claim(held, 2, 1)).map(({ id }) => id)).toEqual([ids[2], ids[4]]);
    expect((await claims.claim(held, 10)).map(({ id }) => id)).toEqual([ids[0], ids[1]]);
  });

  it('gives each row its attempt, the epoch, and all that the POST needs', async () => {
    const id = await insertMessage(pool, pairOf(tenant), { ...template(), columns: { reply_to_wamid: 'wamid.X', attempts: 1, max_attempts: 4 } });
    const held = await lease();
    const [claimed] = await claims.claim(held, 10);
    expect(claimed).toEqual({
      tenantId: tenant.tenantId,
      id,
      contactId: tenant.contact.id,
      templateId: tenant.template.id,
      state: 'DISPATCHED',
      kind: 'template',
      payload: { type: 'text', text: { body: 'Hello' } },
      recipient: '+40722000000',
      replyToWamid: 'wamid.X',
      lane: 2,
      isReply: false,
      attemptId: expect.any(String) as string,
      attempts: 1,
      maxAttempts: 4,
      accountId: tenant.accountId,
      credentialVersion: 1,
      reason: null,
      mediaIds: null,
      dueSeconds: expect.any(Number) as number,
    });
    expect(await stored(id)).toMatchObject({ state: 'DISPATCHED', attempt_id: claimed!.attemptId, lease_epoch: held.epoch });
  });

  it('takes one row per contact; the others wait for the pair and leave the due index', async () => {
    const ids = await insertMessages(pool, pairOf(tenant), 3, template());
    const other = await insertMessage(pool, await anotherPair(), template());
    const held = await lease();
    const claimed = await claims.claim(held, 10);
    expect(claimed.map(({ id, state }) => [id, state])).toEqual([
      [ids[0], 'DISPATCHED'],
      [ids[1], 'WAITING'],
      [ids[2], 'WAITING'],
      [other, 'DISPATCHED'],
    ]);
    expect(await stored(ids[1]!)).toMatchObject({ state: 'WAITING', wait_cause: 'pair', attempt_id: null });
    expect(await claims.claim(held, 10)).toEqual([]);
  });

  it.each(['DISPATCHED', 'SENDING'] as const)('lets a row wait while another of its pair is %s', async (state) => {
    await insertMessage(pool, pairOf(tenant), { state });
    const id = await insertMessage(pool, pairOf(tenant), template());
    expect(await claims.claim(await lease(), 10)).toMatchObject([{ id, state: 'WAITING' }]);
  });

  it('lets an unknown outcome hold its pair for ten seconds, and no longer', async () => {
    const unknown = await insertMessage(pool, pairOf(tenant), { state: 'UNKNOWN' });
    const setBack = (interval: string) => pool.query(`UPDATE messages SET updated_at = now() - $2::interval WHERE id = $1`, [unknown, interval]);
    const held = await lease();
    const first = await insertMessage(pool, pairOf(tenant), template());
    await setBack('9 seconds');
    expect(await claims.claim(held, 10)).toMatchObject([{ id: first, state: 'WAITING' }]);
    const second = await insertMessage(pool, pairOf(tenant), template());
    await setBack('10.1 seconds');
    // Nobody passes the one that has waited for longer.
    expect(await claims.claim(held, 10)).toMatchObject([{ id: second, state: 'WAITING' }]);
    await new SendingSweep(db).freePairs(tenant.number.id, [tenant.contact.id]);
    expect(await claims.claim(held, 10)).toMatchObject([{ id: first, state: 'DISPATCHED' }]);
  });

  it('lets a retrying head hold its own lane only', async () => {
    const retry = { wait_cause: 'retry', wait_until: new Date(Date.now() + 60_000) };
    await insertMessage(pool, pairOf(tenant), { state: 'WAITING', lane: 2, columns: retry });
    const same = await insertMessage(pool, pairOf(tenant), { lane: 2, ...template() });
    const authentication = await insertMessage(pool, pairOf(tenant), { lane: 0, purpose: 'authentication', ...template() });
    expect(await claims.claim(await lease(), 10)).toMatchObject([
      { id: authentication, state: 'DISPATCHED' },
      { id: same, state: 'WAITING' },
    ]);
  });

  it('lets a later lane go at once, where an earlier one of the same set is held by its retrying head', async () => {
    await insertMessage(pool, pairOf(tenant), { state: 'WAITING', lane: 2, columns: { wait_cause: 'retry', wait_until: new Date(Date.now() + 60_000) } });
    const held = await insertMessage(pool, pairOf(tenant), { lane: 2, ...template() });
    const marketing = await insertMessage(pool, pairOf(tenant), { lane: 3, purpose: 'marketing', ...template() });
    expect(await claims.claim(await lease(), 10)).toMatchObject([
      { id: held, state: 'WAITING' },
      { id: marketing, state: 'DISPATCHED' },
    ]);
  });

  describe('checks again at leaving, and ends', () => {
    async function refusedBy(id: string): Promise<unknown[]> {
      const [claimed] = await claims.claim(await lease(), 10);
      const row = await stored(id);
      const timeline = await pool.query<{ type: string }>('SELECT type FROM message_events WHERE message_id = $1', [id]);
      const events = await pool.query<{ type: string }>('SELECT type FROM events WHERE resource_id = $1', [id]);
      expect(claimed).toMatchObject({ id, state: row.state, reason: row.reason });
      expect(row.dead_lettered_at).toBeInstanceOf(Date);
      expect(timeline.rows).toEqual([{ type: row.state.toLowerCase() }]);
      expect(events.rows).toEqual([{ type: 'whatsapp.message_failed' }]);
      return [row.state, row.reason];
    }

    it('what is no longer valid as EXPIRED', async () => {
      const id = await insertMessage(pool, pairOf(tenant), { ...template(), columns: { valid_until: new Date(Date.now() - 1_000) } });
      expect(await refusedBy(id)).toEqual(['EXPIRED', 'message.expired']);
    });

    it.each(['REVOKED', 'DENIED'] as const)('what the contact has %s meanwhile', async (status) => {
      const id = await insertMessage(pool, pairOf(tenant), template());
      await setConsent(pool, tenant.tenantId, tenant.contact.id, 'utility', status);
      expect(await refusedBy(id)).toEqual(['FAILED', 'consent.revoked']);
    });

    it('what has no consent at all', async () => {
      const pair = pairOf(tenant, await insertContact(pool, tenant.tenantId));
      expect(await refusedBy(await insertMessage(pool, pair, template()))).toEqual(['FAILED', 'consent.missing']);
    });

    it.each([
      ['DISABLED', null, 'template.disabled'],
      ['DISABLED', 'REMOVED', 'template.deleted'],
      ['REJECTED', null, 'template.rejected'],
      ['DRAFT', null, 'template.not-approved'],
    ])('what Meta does not let be sent any more (%s, %s)', async (status, reason, refusal) => {
      const over = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status, rejected_reason: reason });
      const id = await insertMessage(pool, pairOf(tenant), { templateId: over.id });
      expect(await refusedBy(id)).toEqual(['FAILED', refusal]);
    });

    it.each(['PAUSED', 'PENDING'])('but only holds what waits for a %s template, and lets the next of its contact go', async (status) => {
      const paused = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status });
      const held = await insertMessage(pool, pairOf(tenant), { templateId: paused.id });
      const good = await insertMessage(pool, pairOf(tenant), template());
      expect(await claims.claim(await lease(), 10)).toMatchObject([{ id: held, state: 'WAITING' }, { id: good, state: 'DISPATCHED' }]);
      const { rows } = await pool.query('SELECT wait_cause, reason FROM messages WHERE id = $1', [held]);
      expect(rows).toEqual([{ wait_cause: 'template', reason: null }]);
    });

    it.each([
      ['has closed', 24.01],
      ['never opened', null],
    ])('free text whose window %s', async (_, hoursAgo) => {
      if (hoursAgo !== null) await insertConversation(pool, pairOf(tenant), hoursAgo);
      const id = await insertMessage(pool, pairOf(tenant), { lane: 1, purpose: 'service' });
      expect(await refusedBy(id)).toEqual(['FAILED', 'window.closed']);
    });

    it('but lets free text go while the window is open', async () => {
      await insertConversation(pool, pairOf(tenant), 23.9);
      const id = await insertMessage(pool, pairOf(tenant), { lane: 1, purpose: 'service' });
      expect(await claims.claim(await lease(), 10)).toMatchObject([{ id, state: 'DISPATCHED' }]);
    });

    it('a refused row without holding up the next of its contact', async () => {
      const refused = await insertMessage(pool, pairOf(tenant), { ...template(), columns: { valid_until: new Date(Date.now() - 1_000) } });
      const good = await insertMessage(pool, pairOf(tenant), template());
      expect(await claims.claim(await lease(), 10)).toMatchObject([
        { id: refused, state: 'EXPIRED' },
        { id: good, state: 'DISPATCHED' },
      ]);
    });
  });

  it('claims nothing for a number that was paused meanwhile', async () => {
    await insertMessage(pool, pairOf(tenant), template());
    const held = await lease();
    await insertHold(pool, tenant);
    expect(await claims.claim(held, 10)).toEqual([]);
    await pool.query('UPDATE holds SET until = now() WHERE tenant_id = $1', [tenant.tenantId]);
    expect(await claims.claim(held, 10)).toHaveLength(1);
  });

  it('claims nothing with a lease that is lost or over', async () => {
    await insertMessage(pool, pairOf(tenant), template());
    const held = await lease();
    expect(await claims.claim({ ...held, epoch: '99' }, 10)).toEqual([]);
    await expireLease();
    expect(await claims.claim(held, 10)).toEqual([]);
    const next = await lease();
    expect(await claims.claim(held, 10)).toEqual([]);
    expect(await claims.claim(next, 10)).toHaveLength(1);
  });

  it('renews the lease with each claim', async () => {
    const held = await lease();
    await pool.query(`UPDATE phone_numbers SET lease_until = now() + interval '1 second' WHERE id = $1`, [tenant.number.id]);
    await claims.claim(held, 10);
    const { rows } = await pool.query<{ left: number }>('SELECT extract(epoch FROM lease_until - now())::float AS left FROM phone_numbers WHERE id = $1', [tenant.number.id]);
    expect(rows[0]!.left).toBeGreaterThan(4);
  });

  it('takes nothing of another number', async () => {
    const other = await insertNumber(pool, tenant.tenantId, tenant.accountId);
    await insertMessage(pool, { ...pairOf(tenant), numberId: other.id }, template());
    expect(await claims.claim(await lease(), 10)).toEqual([]);
  });

  it('does not let one contact with the 201 oldest rows and its head in flight starve the others', async () => {
    await insertMessage(pool, pairOf(tenant), { state: 'SENDING' });
    await insertMessages(pool, pairOf(tenant), 201, template());
    const others: string[] = [];
    for (let count = 0; count < 5; count += 1) others.push(await insertMessage(pool, await anotherPair(), template()));
    const held = await lease();
    const sent: string[] = [];
    for (let turns = 0; turns < 3; turns += 1) {
      sent.push(...(await claims.claim(held, 100)).filter(({ state }) => state === 'DISPATCHED').map(({ id }) => id));
    }
    expect(sent).toEqual(others);
  });

  it('gives back what found no permit; it leaves next, as another attempt', async () => {
    const id = await insertMessage(pool, pairOf(tenant), template());
    const held = await lease();
    const first = await claims.claim(held, 10);
    await claims.giveBack(first);
    expect(await stored(id)).toMatchObject({ state: 'QUEUED', lease_epoch: null });
    const second = await claims.claim(held, 10);
    expect(second).toMatchObject([{ id, attempts: 0 }]);
    expect(second[0]!.attemptId).not.toBe(first[0]!.attemptId);
    await claims.giveBack(first);
    expect((await stored(id)).state).toBe('DISPATCHED');
    await claims.giveBack([]);
  });

  it('never has a pair in flight twice, however claims race', async () => {
    const pairs = await Promise.all(Array.from({ length: 6 }, anotherPair));
    for (const pair of pairs) await insertMessages(pool, pair, 4, template());
    const held = await lease();
    const racing = await Promise.allSettled(
      Array.from({ length: 16 }, async (_, at) => {
        // Rows that arrive between two claims' snapshots are what an index alone can guard against.
        await insertMessage(pool, pairs[at % pairs.length]!, { lane: 0, ...template() });
        return claims.claim(held, 3);
      }),
    );
    const taken = racing.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])).filter(({ state }) => state === 'DISPATCHED');
    expect(new Set(taken.map(({ contactId }) => contactId)).size).toBe(taken.length);
    for (const one of racing) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: '23505', constraint: 'messages_in_flight' });
    }
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM messages WHERE phone_number_id = $1 AND state IN ('DISPATCHED', 'SENDING') GROUP BY contact_id`,
      [tenant.number.id],
    );
    expect(rows.every(({ n }) => n === 1)).toBe(true);
  });

  it('cannot be written twice in flight for one pair: the index refuses it, whoever tries', async () => {
    await insertMessage(pool, pairOf(tenant), { state: 'SENDING' });
    await expect(insertMessage(pool, pairOf(tenant), { state: 'DISPATCHED' })).rejects.toMatchObject({ constraint: 'messages_in_flight' });
  });
});
