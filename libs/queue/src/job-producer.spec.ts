import { createMetrics, runInContext, type Metrics } from '@parley/platform';
import { noop, type IPolicy } from 'cockatiel';
import { JobProducer, type WakeQueue } from './job-producer.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';

type Jobs = Parameters<WakeQueue['addBulk']>[0];

/** Takes what it is given once the spec lets it. */
class HeldQueue {
  readonly sets: Jobs[] = [];
  gate: Promise<void> = Promise.resolve();

  async addBulk(jobs: Jobs): Promise<never[]> {
    this.sets.push(jobs);
    await this.gate;
    return [];
  }
}

describe('JobProducer', () => {
  let metrics: Metrics;
  let queues: Map<QueueName, HeldQueue>;
  let ready: boolean;
  const outbound = (): HeldQueue => queues.get('outbound') ?? new HeldQueue();
  const producer = (policy: IPolicy = noop): JobProducer =>
    new JobProducer({ queues: queues as unknown as Map<QueueName, WakeQueue>, policy, isReady: () => ready, metrics });

  beforeEach(() => {
    metrics = createMetrics();
    queues = new Map(QUEUE_NAMES.map((name) => [name, new HeldQueue()]));
    ready = true;
  });

  it('merges what waits for the same job and id, and sends the rest in one set', async () => {
    const wakes = producer();
    for (let index = 0; index < 1_000; index += 1) wakes.wake('number.wake', { numberId: `n${index % 3}` });
    wakes.wake('ledger.wake', {});
    wakes.wake('ledger.wake', {});
    await wakes.flush();
    expect(outbound().sets.map((set) => set.map(({ data }) => (data as { numberId: string }).numberId))).toEqual([
      ['n0', 'n1', 'n2'],
    ]);
    expect(queues.get('inbound')?.sets).toHaveLength(1);
    expect(queues.get('inbound')?.sets[0]).toHaveLength(1);
  });

  it('has one set under way at a time; what comes in meanwhile goes next, and is not lost', async () => {
    const wakes = producer();
    let open = (): void => {};
    outbound().gate = new Promise((resolve) => (open = resolve));
    wakes.wake('number.wake', { numberId: 'a' });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    wakes.wake('number.wake', { numberId: 'a' });
    wakes.wake('number.wake', { numberId: 'b' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(outbound().sets).toHaveLength(1);
    open();
    await wakes.flush();
    expect(outbound().sets.map((set) => set.length)).toEqual([1, 2]);
  });

  it('puts version, request id and de-duplication into the job, and nothing else', async () => {
    const wakes = producer();
    runInContext({ requestId: 'request-1' }, () => wakes.wake('number.wake', { numberId: 'a' }));
    await wakes.flush();
    expect(outbound().sets[0]?.[0]).toMatchObject({
      name: 'number.wake',
      data: { v: 1, numberId: 'a', requestId: 'request-1' },
      opts: { deduplication: { id: 'number.wake-a', keepLastIfActive: true }, removeOnComplete: true },
    });
  });

  it('loses wake-ups, counts them and never throws while Redis is away, and goes on when it is back', async () => {
    ready = false;
    const wakes = producer();
    wakes.wake('number.wake', { numberId: 'a' });
    wakes.wake('number.wake', { numberId: 'b' });
    wakes.wake('ledger.wake', {});
    await wakes.flush();
    expect(outbound().sets).toEqual([]);
    const { body } = await metrics.render();
    expect(body).toContain('job_wakes_lost_total{job="number.wake"} 2');
    expect(body).toContain('job_wakes_lost_total{job="ledger.wake"} 1');

    ready = true;
    wakes.wake('number.wake', { numberId: 'a' });
    await wakes.flush();
    expect(outbound().sets).toHaveLength(1);
  });
});
