import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import { neverTaken, takenTwice } from '../support/outbound-invariants.js';
import type { Json } from '../support/rest-client.js';
import { newPhone, REACHED, Restaurant, type ConnectedNumber, type SentMessage } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(90_000);

type OpenRestaurant = Restaurant & { numbers: ConnectedNumber[] };

/**
 * Meta takes a message and its answer is lost: what Parley says of it, held against the simulator's own ledger. A doubt
 * lasts for 2 s here, and statuses come later than that.
 */
describe('an answer of Meta that is lost', () => {
  let cluster: Cluster;
  let parks: OpenRestaurant;
  let resends: OpenRestaurant;

  beforeAll(async () => {
    const settings = { statusDelaysMs: { sent: 5_000, delivered: 50, read: 50 }, readShare: 1 };
    cluster = await Cluster.start({ name: 'unknown-outcomes', settings, env: { UNKNOWN_AFTER_SECONDS: '2', POLL_INTERVAL_MS: '200' } });
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
    [parks, resends] = [await open(), await open()];
    await resends.rest.ok('PATCH', '/v1/tenant', { body: { onUnknown: { default: 'park', utility: 'resend' } } });
  });
  afterAll(() => cluster?.stop());

  async function open(): Promise<OpenRestaurant> {
    const restaurant = await Restaurant.open(cluster);
    await restaurant.rest.ok('POST', `/v1/numbers/${restaurant.numbers[0]!.id}/sync-templates`);
    return restaurant;
  }

  /** One message whose POST meets this fault. */
  async function send(restaurant: OpenRestaurant, kind: string): Promise<SentMessage> {
    const to = newPhone();
    await restaurant.consent(to);
    await cluster.simulator.control('POST', '/faults', { kind, match: { to } });
    return restaurant.send(to, restaurant.numbers[0]!);
  }

  /** Somebody writes to the restaurant: Meta's webhooks of the number arrive. */
  const hearOf = ({ numbers }: OpenRestaurant) =>
    cluster.simulator.control('POST', `/customers/${encodeURIComponent(newPhone())}/messages`, { phoneNumberId: numbers[0]!.graphId });

  it('is known by a status that was faster than it', async () => {
    const sent = await send(parks, 'status-before-answer');
    expect(await parks.reaches(sent.id, REACHED)).toMatchObject({ attempts: 1, duplicateSuspected: false });
  });

  it('is known by a status that comes later than anybody waits, with one message at the customer', async () => {
    const sent = await send(parks, 'accept-then-reset');
    await hearOf(parks);
    const parked = await parks.reaches(sent.id, ['FAILED', ...REACHED]);
    if (parked['status'] === 'FAILED') expect(parked).toMatchObject({ reason: { code: 'uncertain' } });
    expect(await parks.reaches(sent.id, REACHED)).toMatchObject({ attempts: 1, duplicateSuspected: false });
    expect(await takenTwice(cluster, [sent])).toEqual([]);
  });

  it('is never known where Meta took nothing: a dead letter that says so', async () => {
    const sent = await send(parks, 'reset');
    await hearOf(parks);
    expect(await parks.reaches(sent.id, ['FAILED'])).toMatchObject({ attempts: 1, reason: { code: 'uncertain' } });
    expect(await neverTaken(cluster, [sent])).toEqual([sent.id]);
  });

  it('makes a second message where the tenant would rather have two than none, and says that there are two', async () => {
    const sent = await send(resends, 'accept-then-reset');
    await waitFor(async () => (await cluster.rows<Json>(`SELECT FROM messages WHERE id = $1 AND state = 'UNKNOWN'`, [sent.id])).length > 0);
    await hearOf(resends);
    await resends.reaches(sent.id, REACHED);
    await waitFor(async () => (await resends.message(sent.id))['duplicateSuspected'] === true);
    expect(await resends.message(sent.id)).toMatchObject({ attempts: 2 });
    expect(await takenTwice(cluster, [sent])).toHaveLength(1);
  });
});
