import { TierBudgets, SystemDb } from '@parley/data';
import type { Admission, Candidate, GovernedNumber } from '@parley/limits';
import type pg from 'pg';
import { randomUUID } from 'node:crypto';
import { workerDatabase } from '../support/database.js';
import { insertContact, insertConversation, insertMessages, insertNumber, makeTenant, openPool, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { openLimits, type LimitsOfWorker, type LimitsOptions } from '../support/limits.js';
import { RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const redisServer = await RedisServer.reserve();
let pool: pg.Pool;
let tenant: TestTenant;
let limits: LimitsOfWorker;

beforeAll(async () => {
  await redisServer.start();
  pool = openPool((await workerDatabase()).system);
});
beforeEach(async () => {
  tenant = await makeTenant(pool);
  limits = await open();
});
afterEach(() => limits.close());
afterAll(async () => {
  await redisServer.stop();
  await pool.end();
});

const open = (options: Partial<LimitsOptions> = {}): Promise<LimitsOfWorker> => openLimits({ redisUrl: redisServer.url, pool, ...options });

const governed = (changes: Partial<GovernedNumber> = {}): GovernedNumber => ({
  tenantId: tenant.tenantId,
  numberId: tenant.number.id,
  portfolioId: `p-${tenant.tenantId}`,
  perSecond: 80,
  tier: null,
  previousBackend: null,
  ...changes,
});

const candidate = (changes: Partial<Candidate> = {}): Candidate => ({
  messageId: randomUUID(),
  contactId: randomUUID(),
  lane: 2,
  kind: 'business',
  ...changes,
});

const candidates = (count: number, changes: Partial<Candidate> = {}): Candidate[] => Array.from({ length: count }, () => candidate(changes));

/** `start`, or the cause. */
const fates = (admissions: readonly Admission[]): string[] => admissions.map((one) => (one.kind === 'start' ? 'start' : one.cause));

/** Asks again for those that the window held back, as a worker does: what becomes of each in the end. */
async function settle(number: GovernedNumber, asked: readonly Candidate[]): Promise<Admission[]> {
  const settled = new Map<Candidate, Admission>();
  let previousBackend = number.previousBackend;
  await waitFor(async () => {
    const left = asked.filter((one) => !settled.has(one));
    const { admissions, backend } = await limits.governor.admit({ ...number, previousBackend }, left);
    previousBackend = backend;
    for (const [at, admission] of admissions.entries()) {
      if (admission.kind === 'start' || admission.cause !== 'throughput') settled.set(left[at]!, admission);
    }
    return settled.size === asked.length;
  });
  return asked.map((one) => settled.get(one)!);
}

const countOf = (admissions: readonly Admission[], fate: string): number => fates(admissions).filter((one) => one === fate).length;

describe('the governor', () => {
  it('gives a set its starts, evenly and in order, and says of the rest how long the window is full', async () => {
    const { admissions, backend } = await limits.governor.admit(governed(), candidates(100));
    expect(backend).toBe('redis');
    const starts = admissions.flatMap((one) => (one.kind === 'start' ? [one.startsAtMs] : []));
    // A second ahead at 80 a second, in windows of 1.02 s; on a busy machine the first may have passed already.
    expect(starts.length).toBeGreaterThan(70);
    expect(starts.length).toBeLessThanOrEqual(79);
    expect(Math.min(...starts.slice(1).map((start, at) => start - starts[at]!))).toBeGreaterThan(12.7);
    const waiting = 100 - starts.length;
    expect(fates(admissions).slice(starts.length)).toEqual(Array.from({ length: waiting }, () => 'throughput'));
    expect(limits.observed).toEqual([`${waiting} waited for throughput`]);
  });

  it('takes only what it grants: what a later limit refuses goes back to the earlier ones', async () => {
    const { admissions } = await limits.governor.admit(governed({ tier: 'TIER_250' }), candidates(100));
    const started = countOf(admissions, 'start');
    expect(started).toBeLessThan(100);
    await waitFor(async () => (await limits.quota.view(tenant.tenantId))?.used === started);
    await waitFor(async () => (await tierUsed(`p-${tenant.tenantId}`)) === started);
  });

  it('holds the quota of the organisation over all of its numbers, for replies as well', async () => {
    limits.close();
    limits = await open({ quotaMessages: 25 });
    const second = await insertNumber(pool, tenant.tenantId, tenant.accountId);
    const first = await settle(governed(), candidates(15));
    const next = await settle(governed({ numberId: second.id }), candidates(15, { kind: 'reply' }));
    expect([countOf(first, 'start'), countOf(next, 'start'), countOf(next, 'quota')]).toEqual([15, 10, 5]);
    const waiting = next[14]!;
    expect(waiting.kind === 'wait' && waiting.retryInMs).toBeGreaterThan(86_000_000);
    await limits.governor.giveBack(governed(), candidates(2));
    expect(fates(await settle(governed(), candidates(3)))).toEqual(['start', 'start', 'quota']);
  });

  describe('of a portfolio', () => {
    const business = (): GovernedNumber => governed({ tier: 'TIER_50', perSecond: 1_000 });

    it('counts each person once, over all of its numbers, and never one in the service window', async () => {
      const second = await insertNumber(pool, tenant.tenantId, tenant.accountId);
      const people = candidates(40);
      expect(countOf(await settle(business(), people), 'start')).toBe(40);
      const sibling = { ...business(), numberId: second.id };
      expect(countOf(await settle(sibling, people), 'start')).toBe(40);
      const strangers = await settle(sibling, candidates(20));
      expect([countOf(strangers, 'start'), countOf(strangers, 'tier')]).toEqual([10, 10]);
      expect(fates(await settle(business(), candidates(5, { kind: 'reply' })))).toEqual(Array(5).fill('start'));
      expect(fates(await settle({ ...business(), portfolioId: uniqueDigits() }, candidates(1)))).toEqual(['start']);
    });

    it('forgets a person after 24 hours, and says when the next place is free', async () => {
      const people = candidates(50);
      await settle(business(), people);
      await age('23 hours 59 minutes', people.slice(0, 2));
      const [refused] = await settle(business(), candidates(1));
      expect(refused).toMatchObject({ kind: 'wait', cause: 'tier' });
      expect(refused!.kind === 'wait' && refused!.retryInMs).toBeGreaterThan(50_000);
      expect(refused!.kind === 'wait' && refused!.retryInMs).toBeLessThanOrEqual(60_000);
      await age('1 minute', people.slice(0, 2));
      expect(fates(await settle(business(), candidates(3)))).toEqual(['start', 'start', 'tier']);
      expect(await tierUsed(business().portfolioId)).toBe(50);
    });

    it('gives exactly its places to 20 takers at once, some of whom ask for the same people', async () => {
      const tiers = new TierBudgets(new SystemDb(pool));
      const shared = Array.from({ length: 10 }, () => randomUUID());
      const granted = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const contactIds = [...shared, ...Array.from({ length: 5 }, () => randomUUID())];
          return [...(await tiers.take({ ...business(), limit: 50, contactIds })).granted];
        }),
      );
      const people = new Set(granted.flat());
      expect(people.size).toBeLessThanOrEqual(50);
      // Who asks for somebody that is being counted at the same time may be refused; the places are not lost.
      const more = await tiers.take({ ...business(), limit: 50, contactIds: Array.from({ length: 60 }, () => randomUUID()) });
      expect(people.size + more.granted.size).toBe(50);
      expect(await tierUsed(business().portfolioId)).toBe(50);
    });

    async function age(by: string, people: readonly Candidate[]): Promise<void> {
      const ids = people.map(({ contactId }) => contactId);
      await pool.query(`UPDATE tier_contacts SET counted_at = counted_at - $1::interval, since = since - $1::interval WHERE contact_id = ANY ($2)`, [by, ids]);
    }
  });

  async function tierUsed(portfolioId: string): Promise<number> {
    const { rows } = await pool.query<{ used: number; rows: number }>(
      `SELECT used, (SELECT count(*)::int FROM tier_contacts c WHERE c.portfolio_id = b.portfolio_id) AS rows FROM tier_budgets b WHERE portfolio_id = $1`,
      [portfolioId],
    );
    expect(rows[0]!.used).toBe(rows[0]!.rows);
    return rows[0]!.used;
  }

  describe('of pairs', () => {
    it('lets 45 go to one person, then says how long the pair waits, while others go on', async () => {
      const contactId = randomUUID();
      const number = governed({ perSecond: 1_000 });
      for (let sent = 0; sent < 45; sent += 1) {
        expect(fates(await settle(number, [candidate({ contactId })]))).toEqual(['start']);
      }
      const admissions = await settle(number, [candidate({ contactId }), candidate()]);
      expect(fates(admissions)).toEqual(['pair', 'start']);
      expect(admissions[0]!.kind === 'wait' && admissions[0]!.retryInMs).toBeLessThanOrEqual(6_000);
      await limits.governor.giveBack(number, [candidate({ contactId })]);
      expect(fates(await settle(number, [candidate({ contactId })]))).toEqual(['start']);
    });

    it('knows their debts after a wipe of Redis, from the messages that left', async () => {
      const { tenantId, number, contact } = tenant;
      const pair = { tenantId, numberId: number.id, contactId: contact.id };
      const conversation_id = await insertConversation(pool, pair);
      await insertMessages(pool, pair, 44, { state: 'ACCEPTED', columns: { conversation_id, sending_at: new Date() } });
      const { id: fresh } = await insertContact(pool, tenantId);
      const ask = (contactIds: string[]) =>
        limits.redisPermits.reserve({
          numberId: number.id,
          count: contactIds.length,
          intervalUs: 1,
          leadUs: 0,
          horizonUs: 1_000_000,
          // As if the empty window after the wipe were over.
          quietUs: 0,
          quiet: 'unless-known',
          pairs: { tenantId, contactIds },
        });
      expect(await ask([contact.id, fresh])).toMatchObject({ granted: 2, pairWaitsUs: [0, 0] });
      const second = await ask([contact.id, fresh]);
      expect(second).toMatchObject({ granted: 1, pairWaitsUs: [expect.any(Number), 0] });
      expect(second.pairWaitsUs[0]).toBeGreaterThan(0);
    });

    it('rest 1 s, then 4 s, after 131056, and 1 s again once Meta took a message', async () => {
      const contactId = randomUUID();
      const number = governed();
      const restOf = async (): Promise<number> => {
        await limits.governor.note(number, { contactId, code: 131_056, accepted: false });
        const [admission] = (await limits.governor.admit(number, [candidate({ contactId })])).admissions;
        expect(fates([admission!])).toEqual(['pair']);
        return admission!.kind === 'wait' ? admission!.retryInMs / 1_000 : 0;
      };
      await limits.governor.admit(number, [candidate()]);
      expect(await restOf()).toBeLessThanOrEqual(1);
      const second = await restOf();
      expect(second).toBeLessThanOrEqual(4);
      expect(second).toBeGreaterThan(2);
      await limits.governor.note(number, { contactId, code: null, accepted: true });
      const other = randomUUID();
      await limits.governor.note(number, { contactId: other, code: 131_056, accepted: false });
      expect(await limits.redis.get(`parley-test:permits:{${number.numberId}}:${contactId}:refused`)).toBeNull();
      expect(await limits.redis.get(`parley-test:permits:{${number.numberId}}:${other}:refused`)).toBe('1');
    });
  });

  it('goes on at half the rate after 130429, in Redis and in the database, and asks for a minute of rest after 131057', async () => {
    const number = governed();
    await limits.governor.admit(number, candidates(1));
    const answer = { contactId: randomUUID(), code: 130_429, accepted: false };
    await Promise.all(Array.from({ length: 5 }, () => limits.governor.note(number, answer)));
    expect(limits.observed).toEqual(['slowed to 0.5']);
    const { admissions } = await limits.governor.admit(number, candidates(80));
    expect(countOf(admissions, 'start')).toBeGreaterThan(30);
    expect(countOf(admissions, 'start')).toBeLessThanOrEqual(40);
    const { rows } = await pool.query('SELECT slow_share FROM phone_numbers WHERE id = $1', [number.numberId]);
    expect(rows).toEqual([{ slow_share: 0.5 }]);
    expect(await limits.governor.note(number, answer)).toEqual({ holdNumberMs: null });
    expect(await limits.governor.note(number, { ...answer, code: 131_057 })).toEqual({ holdNumberMs: 60_000 });
  });

  it('holds a limit of business-initiated messages below the throughput of the number, and gives replies the rest', async () => {
    limits.close();
    limits = await open({ businessPerSecond: 10 });
    const mixed = () => Array.from({ length: 40 }, (_, at) => candidate({ kind: at % 2 === 0 ? 'business' : 'reply' }));
    await limits.governor.admit(governed(), candidates(1));
    const admitted = async () => {
      const { admissions } = await limits.governor.admit(governed({ previousBackend: 'redis' }), mixed());
      return [admissions.filter((_, at) => at % 2 === 0), admissions.filter((_, at) => at % 2 === 1)] as const;
    };
    let [business, replies] = await admitted();
    // A machine that stands still between the two windows finds the set's time over when it asks for the second.
    for (let tries = 1; tries < 5 && countOf(business, 'start') === 0; tries += 1) [business, replies] = await admitted();
    expect(countOf(replies, 'start')).toBeGreaterThan(15);
    // The 40 starts of the set lie within half a second.
    expect(countOf(business, 'start')).toBeLessThanOrEqual(6);
    expect(countOf(business, 'start')).toBeGreaterThanOrEqual(1);
    expect(countOf(business, 'start') + countOf(business, 'throughput')).toBe(20);
  });

  it('goes on without Redis, with the same limits, and comes back by itself', async () => {
    let number = governed({ tier: 'TIER_50', perSecond: 1_000 });
    let people = 0;
    const admit = async (asked: readonly Candidate[]): Promise<number> => {
      const { admissions, backend } = await limits.governor.admit(number, asked);
      number = { ...number, previousBackend: backend };
      return countOf(admissions, 'start');
    };
    const admitPeople = (): Promise<void> =>
      waitFor(async () => {
        const started = await admit(candidates(20));
        people += started;
        return started > 0;
      });
    const admitReplyIn = (mode: string): Promise<void> =>
      waitFor(async () => (await admit(candidates(1, { kind: 'reply' }))) > 0 && limits.permits.mode === mode);
    await admitPeople();
    await redisServer.stop();
    await admitReplyIn('database');
    await admitPeople();
    await redisServer.start();
    await admitReplyIn('redis');
    // What a set did not use goes back off its way.
    while (people < 50) await admitPeople();
    expect(await admit(candidates(20))).toBe(0);
    expect(people).toBe(50);
    expect(limits.modes).toEqual(['database', 'redis']);
  }, 30_000);

  it('says when a message leaves: by the pace, and by the reset where the quota is spent before', () => {
    const { governor } = limits;
    expect(governor.eta({ perSecond: 80 }, 0)).toBe(0);
    expect(governor.eta({ perSecond: 80 }, 8_000)).toBe(102_000);
    expect(governor.eta({ perSecond: 80 }, 80, { remaining: 80, resetsInMs: 5_000_000 })).toBe(5_000_000);
    expect(governor.eta({ perSecond: 80 }, 79, { remaining: 80, resetsInMs: 5_000_000 })).toBeLessThan(1_100);
  });
});
