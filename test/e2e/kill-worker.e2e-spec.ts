import { randomInt } from 'node:crypto';
import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import { seededRandom } from '../support/load.js';
import { allReached, entriesOf, everUnknown, neverTaken, sendingNow, statesOf, takenTwice } from '../support/outbound-invariants.js';
import type { TestProcess } from '../support/processes.js';
import { Restaurant, type ConnectedNumber, type SentMessage } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

const SEED = Number(process.env['E2E_SEED'] ?? randomInt(2 ** 31));
/** Everything that was not on its way to Meta at the kill leaves within this. */
const LEAVES_WITHIN_MS = 10_000;

/**
 * kill -9 of workers under load, held against what Meta's stand-in says it took: nothing is lost, nothing is taken twice,
 * and only what was SENDING when its worker died is in doubt afterwards.
 */
describe('kill -9 of a worker', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    // Answers take their time, so that there is always something between POST and record.
    cluster = await Cluster.start({ name: 'kill-worker', settings: { answerDelayMs: { min: 30, max: 120 } } });
    await cluster.startApi();
  });
  afterAll(() => cluster?.stop());

  /** Whatever Meta took is delivered; what is left was SENDING when its worker died, and was never taken. */
  const settles = async (messages: readonly SentMessage[], inDoubt: ReadonlySet<string>): Promise<string[]> => {
    const lost = new Set(await neverTaken(cluster, messages));
    expect([...lost].filter((id) => !inDoubt.has(id))).toEqual([]);
    expect(await takenTwice(cluster, messages)).toEqual([]);
    await allReached(cluster, messages.filter(({ id }) => !lost.has(id)));
    return [...lost];
  };

  /** The time that a row may be SENDING passes; then it is told as in doubt, and stays so. */
  const becomeUnknown = async (ids: readonly string[], messages: readonly SentMessage[]): Promise<void> => {
    await cluster.rows("UPDATE messages SET lease_until = now() WHERE id = ANY ($1::uuid[]) AND state = 'SENDING'", [ids]);
    const unknown = (): Promise<number> => cluster.count("SELECT count(*) FROM messages WHERE id = ANY ($1::uuid[]) AND state = 'UNKNOWN'", [ids]);
    await waitFor(async () => (await unknown()) === ids.length);
    expect((await everUnknown(cluster, messages)).toSorted()).toEqual(ids.toSorted());
    expect((await neverTaken(cluster, messages)).toSorted()).toEqual(ids.toSorted());
  };

  describe('at a named place', () => {
    const BATCH = 10;
    let restaurant: Restaurant & { numbers: ConnectedNumber[] };
    let healthy: TestProcess | undefined;

    beforeAll(async () => {
      restaurant = await Restaurant.open(cluster, { throughputLevel: 'COEXISTENCE' });
    });
    afterAll(() => healthy?.kill());

    it.each([
      { point: 'before-mark', sending: 'any', isTaken: false },
      { point: 'after-mark', sending: 'not taken', isTaken: false },
      { point: 'after-post', sending: 'taken', isTaken: true },
      { point: 'after-record', sending: 'any', isTaken: true },
    ])('$point: nothing lost, nothing twice, the rest leaves in time', async ({ point, sending }) => {
      const phones = await restaurant.guests(BATCH);
      await healthy?.kill();
      const doomed = await cluster.startWorker({ FAILPOINT: `${point}:4` });
      const messages = await restaurant.sendToAll(phones, restaurant.numbers);
      await expect(doomed.ended).resolves.toEqual({ code: null, signal: 'SIGKILL' });
      const killedAt = Date.now();

      const orphans = await sendingNow(cluster);
      const before = await entriesOf(cluster, messages);
      const taken = orphans.filter((id) => before.get(id)!.length > 0);
      // The place is where it says: a mark without a POST, an answer of Meta without its record.
      if (sending === 'not taken') expect(orphans.length).toBeGreaterThan(taken.length);
      if (sending === 'taken') expect(taken.length).toBeGreaterThan(0);

      healthy = await cluster.startWorker();
      const others = messages.filter(({ id }) => !orphans.includes(id));
      await allReached(cluster, others);
      const entries = await entriesOf(cluster, others);
      const lastLeft = Math.max(...[...entries.values()].flat().map(({ at }) => at));
      expect(lastLeft - killedAt).toBeLessThan(LEAVES_WITHIN_MS);

      const lost = await settles(messages, new Set(orphans));
      await becomeUnknown(lost, messages);
      for (const id of lost) await expect(restaurant.message(id)).resolves.toMatchObject({ status: 'SENDING', reason: { code: 'OUTCOME_UNKNOWN' } });
    });
  });

  it(`anywhere, again and again, with two workers on three numbers (E2E_SEED=${SEED})`, async () => {
    const [messageCount, killCount] = [180, 4];
    const random = seededRandom(SEED);
    const restaurant = await Restaurant.open(cluster, { numbers: 3, throughputLevel: 'COEXISTENCE' });
    const phones = await restaurant.guests(messageCount);
    const workers = await Promise.all([cluster.startWorker(), cluster.startWorker()]);
    const before = await cluster.simulator.ledgerCount();
    const sent = restaurant.sendToAll(phones, restaurant.numbers);

    const inDoubt = new Set<string>();
    let killAt = before;
    let killedAt = 0;
    for (let kill = 0; kill < killCount; kill += 1) {
      killAt += random(15, 30);
      await waitFor(async () => (await cluster.simulator.ledgerCount()) >= killAt, 30_000);
      const victim = random(0, 1);
      await workers[victim]!.kill();
      killedAt = Date.now();
      for (const id of await sendingNow(cluster)) inDoubt.add(id);
      if (kill + 1 < killCount) workers[victim] = await cluster.startWorker();
    }
    const messages = await sent;
    await allReached(cluster, messages.filter(({ id }) => !inDoubt.has(id)), 30_000);
    const lastLeft = Math.max(...(await cluster.simulator.ledger()).map(({ at }) => at));
    // What was still queued behind the kill has to be sent as well, at 20 a second for each number.
    const queuedMs = ((messageCount - (killAt - before)) / 60) * 1_000;
    expect(lastLeft - killedAt).toBeLessThan(LEAVES_WITHIN_MS + queuedMs);

    const lost = await settles(messages, inDoubt);
    await becomeUnknown(lost, messages);
    expect(await statesOf(cluster, messages)).toEqual({ DELIVERED: messageCount - lost.length, ...(lost.length > 0 && { UNKNOWN: lost.length }) });
  });
});
