import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { Cluster } from '../support/cluster.js';
import { quantile, worstSecond } from '../support/load.js';
import { allReached, everUnknown, takenTwice, throughputRefusals } from '../support/outbound-invariants.js';
import { RedisServer } from '../support/redis-server.js';
import { newPhone, Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { Stalls } from '../support/stalls.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(90_000);

/** So slow that only a wake-up can be the reason when something happens at once. */
const POLL_MS = 3_000;
const AT_ONCE_MS = 1_000;
/** Generous: it only has to tell an answer without Redis from one that waited for it. */
const PROMPT_MS = 2_000;
const PER_SECOND = 80;
/** A window of ours is so much longer than Meta's second. */
const LONGER_WINDOW_MS = 20;
const MESSAGES = 120;

/** Redis wakes and counts. Without it everything goes on, more slowly; with it again, fast, without a restart. */
describe('Redis away', () => {
  let cluster: Cluster;
  let redis: RedisServer;
  let restaurant: Restaurant & { numbers: ConnectedNumber[] };

  const stalls = new Stalls();

  beforeAll(async () => {
    stalls.start();
    redis = await RedisServer.reserve();
    cluster = await Cluster.start({ name: 'redis', redis, env: { POLL_INTERVAL_MS: String(POLL_MS) } });
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
    restaurant = await Restaurant.open(cluster);
  });
  afterAll(async () => {
    stalls.stop();
    await cluster?.stop();
    redis?.thaw();
    await redis?.stop();
  });

  /** How long after its 202 Meta took a message, in ms. */
  const lagOf = async (phone: string): Promise<number> => {
    const acceptedAt = Date.now();
    const message = await restaurant.send(phone, restaurant.numbers[0]!);
    await allReached(cluster, [message]);
    const entry = (await cluster.simulator.ledger()).findLast(({ recipient }) => `+${recipient}` === phone)!;
    return entry.at - acceptedAt;
  };

  /** Wake-ups work again: three messages in a row leave at once. The limiter may need one empty window before. */
  const fullSpeedReturns = async (): Promise<void> => {
    let inARow = 0;
    await waitFor(async () => {
      const [phone] = await restaurant.guests(1);
      inARow = (await lagOf(phone!)) < AT_ONCE_MS ? inARow + 1 : 0;
      return inARow === 3;
    }, 40_000);
  };

  /** Load with a fault in the middle: every request is answered promptly, everything arrives once, and never too fast. */
  const staysSafeThrough = async (fault: () => Promise<void> | void): Promise<void> => {
    const number = restaurant.numbers[0]!;
    const phones = await restaurant.guests(MESSAGES);
    const before = (await cluster.simulator.ledger(number.graphId)).length;
    const durations: number[] = [];
    const [half, rest] = [phones.slice(0, MESSAGES / 2), phones.slice(MESSAGES / 2)];
    const sent = await restaurant.sendToAll(half, restaurant.numbers);
    await waitFor(async () => (await cluster.simulator.ledgerCount(number.graphId)) >= before + 20);
    await fault();
    for (const phone of rest) {
      const { status, body, durationMs } = await restaurant.post(phone, number.id);
      expect(status).toBe(202);
      durations.push(durationMs);
      sent.push({ id: String(body['id']), to: phone, number });
    }
    expect(quantile(durations, 0.99)).toBeLessThan(PROMPT_MS);
    await allReached(cluster, sent, 40_000);
    expect(await takenTwice(cluster, sent)).toEqual([]);
    expect(await everUnknown(cluster, sent)).toEqual([]);
    await neverTooFast();
  };

  const neverTooFast = async (): Promise<void> => {
    const number = restaurant.numbers[0]!;
    const times = (await cluster.simulator.ledger(number.graphId)).map(({ at }) => at);
    expect(worstSecond(times)).toBeLessThanOrEqual(PER_SECOND);
    // Quiet machines: none. Others let what left in time arrive in clumps, and Meta's stand-in counts what arrives.
    const clumped = Math.ceil((PER_SECOND * Math.max(0, stalls.forgivenMs - LONGER_WINDOW_MS)) / 1_000);
    expect(await throughputRefusals(cluster, number.id)).toBeLessThanOrEqual(clumped);
  };

  it('from the start: messages are accepted and sent, webhooks are taken and processed', async () => {
    const phones = await restaurant.guests(10);
    const answers = await Promise.all(phones.map((phone) => restaurant.post(phone, restaurant.numbers[0]!.id)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(Math.max(...answers.map(({ durationMs }) => durationMs))).toBeLessThan(PROMPT_MS);
    await allReached(cluster, answers.map(({ body }, at) => ({ id: String(body['id']), to: phones[at]!, number: restaurant.numbers[0]! })));

    const guest = newPhone();
    await cluster.simulator.customerWrites(guest, restaurant.graphIds[0]!, 'Are you open?');
    const echoes = async () => (await cluster.simulator.ledger()).filter(({ recipient, type }) => `+${recipient}` === guest && type === 'text');
    await waitFor(async () => (await echoes()).length === 1, 20_000);
    await neverTooFast();
  });

  it('when it comes, full speed comes with it, without a restart', async () => {
    await redis.start();
    await fullSpeedReturns();
    await neverTooFast();
  });

  it('FLUSHALL in mid-run costs nothing but time', async () => {
    await staysSafeThrough(async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    });
    await fullSpeedReturns();
  });

  it('killed in mid-run, and back', async () => {
    await staysSafeThrough(() => redis.stop());
    await redis.start();
    await fullSpeedReturns();
    await neverTooFast();
  });

  it('frozen in mid-run, and thawed', async () => {
    await staysSafeThrough(() => redis.freeze());
    redis.thaw();
    await fullSpeedReturns();
    await neverTooFast();
  });
});
