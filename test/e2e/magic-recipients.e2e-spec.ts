import { jest } from '@jest/globals';
import { graphErrorRow } from '@parley/domain';
import { findErrorCode } from '../../apps/simulator/src/graph/error-codes.js';
import { Cluster } from '../support/cluster.js';
import { inParallel } from '../support/load.js';
import type { Json } from '../support/rest-client.js';
import { Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(90_000);

interface MagicRecipient {
  suffix: string;
  /** error: the answer to the send; failed: a status that comes later. */
  kind: string;
  description: string;
}

const codeOf = ({ description }: MagicRecipient): number => Number.parseInt(description, 10);
const phoneOf = ({ suffix }: MagicRecipient): string => `+40723${suffix}`;
/** After a 5xx nobody knows whether the message left, unless its code says that it may be tried again. */
const isInDoubt = (one: MagicRecipient): boolean => one.kind === 'error' && findErrorCode(codeOf(one))!.httpStatus >= 500;
const classOf = (code: number): string => graphErrorRow(code)?.class ?? 'unlisted';
/** Whether the code says something of all messages of a number, template, account or app. */
const holds = (one: MagicRecipient): boolean => {
  const row = graphErrorRow(codeOf(one));
  if (!row || row.scope === 'pair' || row.scope === 'message') return false;
  return ['credential', 'policy'].includes(row.class) || (row.class === 'throttled' && (row.scope !== 'number' || row.waitSeconds !== undefined));
};
const AT_A_TIME = 8;

describe('recipients that ask the simulator for an error code, from POST /v1/messages to the answer of GET', () => {
  let cluster: Cluster;
  let restaurant: Restaurant;
  let number: ConnectedNumber;
  let magic: MagicRecipient[];

  beforeAll(async () => {
    cluster = await Cluster.start({ name: 'magic-recipients', settings: { magicRecipients: true } });
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
    const opened = await Restaurant.open(cluster);
    [restaurant, number] = [opened, opened.numbers[0]!];
    await restaurant.rest.ok('POST', `/v1/numbers/${number.id}/sync-templates`);
    const all = await cluster.simulator.control<MagicRecipient[]>('GET', '/faults/magic-recipients');
    magic = all.filter((one) => findErrorCode(codeOf(one)) !== undefined);
  });
  afterAll(() => cluster?.stop());

  /** The row that this statement finds, as soon as there is one. */
  async function rowWhen(text: string, id: string): Promise<Json> {
    let found: Json[] = [];
    await waitFor(async () => (found = await cluster.rows<Json>(text, [id])).length > 0, 30_000);
    return found[0]!;
  }

  /** Sends to each, and returns each message once it shows one of these statuses and a code. */
  async function sendTo(recipients: readonly MagicRecipient[], statuses: readonly string[], to = number): Promise<[number, Json][]> {
    await inParallel(recipients, AT_A_TIME, (recipient) => restaurant.consent(phoneOf(recipient)));
    return inParallel(recipients, AT_A_TIME, async (recipient) => {
      const { id } = await restaurant.send(phoneOf(recipient), to);
      return [codeOf(recipient), await restaurant.reaches(id, statuses, 30_000)] as [number, Json];
    });
  }

  it('what is final fails with that code, by answer or by status, and says so in words', async () => {
    const final = magic.filter((one) => one.kind === 'failed' || classOf(codeOf(one)) === 'permanent');
    const certain = final.filter((one) => !isInDoubt(one));
    expect(certain.length).toBeGreaterThan(60);
    for (const [code, message] of await sendTo(certain, ['FAILED'])) {
      expect(message).toMatchObject({ status: 'FAILED', error: { code }, reason: { code: expect.any(String) } });
    }
  });

  it('what is final but came as a fault of the server stays in doubt, and is not sent again', async () => {
    const doubtful = magic.filter((one) => isInDoubt(one) && ['permanent', 'policy'].includes(classOf(codeOf(one))));
    expect(doubtful.length).toBeGreaterThan(0);
    await inParallel(doubtful, AT_A_TIME, async (recipient) => {
      await restaurant.consent(phoneOf(recipient));
      const { id } = await restaurant.send(phoneOf(recipient), number);
      await rowWhen(`SELECT id FROM messages WHERE id = $1 AND state = 'UNKNOWN'`, id);
      expect(await restaurant.message(id)).toMatchObject({ attempts: 1, reason: { code: 'OUTCOME_UNKNOWN' }, error: { code: codeOf(recipient) } });
    });
  });

  it('what passes is tried again, and shows code, reason and time meanwhile', async () => {
    const passing = magic.filter((one) => one.kind === 'error' && ['retry', 'throttled'].includes(classOf(codeOf(one))) && !holds(one));
    expect(passing.length).toBeGreaterThan(5);
    await inParallel(passing, AT_A_TIME, (recipient) => restaurant.consent(phoneOf(recipient)));
    await inParallel(passing, AT_A_TIME, async (recipient) => {
      const { id } = await restaurant.send(phoneOf(recipient), number);
      const waiting = await rowWhen(`SELECT error_code FROM messages WHERE id = $1 AND attempts > 0 AND state = 'WAITING'`, id);
      expect(waiting).toEqual({ error_code: codeOf(recipient) });
      expect(await restaurant.message(id)).toMatchObject({ status: 'QUEUED', reason: { code: 'RETRY' }, error: { code: codeOf(recipient) } });
    });
  });

  it('what concerns more than the message is held as a whole, and keeps the message', async () => {
    const holding = magic.filter((one) => one.kind === 'error' && holds(one) && !isInDoubt(one));
    expect(holding.length).toBeGreaterThan(15);
    await inParallel(holding, AT_A_TIME, async (recipient) => {
      const own = await Restaurant.open(cluster);
      await own.rest.ok('POST', `/v1/numbers/${own.numbers[0]!.id}/sync-templates`);
      await own.consent(phoneOf(recipient));
      const { id } = await own.send(phoneOf(recipient), own.numbers[0]!);
      await rowWhen('SELECT id FROM holds WHERE tenant_id = $1 AND ended_at IS NULL', own.tenantId);
      await rowWhen(`SELECT id FROM messages WHERE id = $1 AND state IN ('QUEUED', 'WAITING') AND attempts = 1`, id);
      expect(await own.message(id)).toMatchObject({ status: 'QUEUED', attempts: 1, error: { code: codeOf(recipient) } });
    });
  });
});
