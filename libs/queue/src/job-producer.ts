import { setTimeout as delay } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { IPolicy } from 'cockatiel';
import { currentContext, type Metrics } from '@parley/platform';
import { jobOptions, queueOf } from './job-options.js';
import { JOB_VERSION, wakeId, type JobData, type JobName, type JobPayload, type QueueName } from './jobs.js';

/** What BullMQ's Queue is asked for here. */
export type WakeQueue = Pick<Queue, 'addBulk'>;
type BulkJob = Parameters<WakeQueue['addBulk']>[0][number];

interface Wake {
  readonly name: JobName;
  readonly job: BulkJob;
}

export interface JobProducerParts {
  readonly queues: ReadonlyMap<QueueName, WakeQueue>;
  /** Stands before Redis: a breaker with a time limit. */
  readonly policy: IPolicy;
  /** Whether Redis is connected. Without it a command of BullMQ would wait for it. */
  readonly isReady: () => boolean;
  readonly metrics: Pick<Metrics, 'add'>;
}

/** Between two sets: what comes meanwhile shares the next one, and a lone wake-up never waits. */
const PAUSE_MS = 20;
/** One command's worth. */
const MAX_BULK = 1_000;

/**
 * Wakes workers. Nobody waits for a wake-up, and losing one costs time, not work: the row is there, and the poll finds
 * it. Wake-ups of the same job and id that wait in this process are one, and one set is under way at a time, so that a
 * thousand acceptances for one number cost Redis a few commands.
 */
export class JobProducer {
  private readonly waiting = new Map<string, Wake>();
  private sending: Promise<void> | undefined;

  constructor(private readonly parts: JobProducerParts) {}

  /** Asks for a job to run soon. Call it after COMMIT. It returns at once and never throws. */
  wake<N extends JobName>(name: N, payload: JobPayload<N>): void {
    const key = `${name} ${wakeId(name, payload)}`;
    if (this.waiting.has(key)) return;
    const requestId = currentContext()?.requestId;
    const data: JobData<N> = { ...payload, v: JOB_VERSION, ...(requestId !== undefined && { requestId }) };
    this.waiting.set(key, { name, job: { name, data, opts: jobOptions(name, payload) } });
    this.sending ??= this.sendAll();
  }

  /** Ends when nothing is waiting any more; for the shutdown. */
  async flush(): Promise<void> {
    await this.sending;
  }

  private async sendAll(): Promise<void> {
    // What else this turn of the event loop wakes goes into the same set.
    await new Promise(setImmediate);
    while (this.waiting.size > 0) {
      const entries = [...this.waiting].slice(0, MAX_BULK);
      for (const [key] of entries) this.waiting.delete(key);
      await this.send(entries.map(([, wake]) => wake));
      await delay(PAUSE_MS);
    }
    this.sending = undefined;
  }

  private async send(wakes: readonly Wake[]): Promise<void> {
    const { policy, isReady, metrics } = this.parts;
    try {
      await policy.execute(async () => {
        if (!isReady()) throw new Error('Redis is not connected');
        await Promise.all(
          [...byQueue(wakes)].map(async ([queue, jobs]) => this.parts.queues.get(queue)?.addBulk(jobs)),
        );
      });
    } catch {
      // Not an error of this call: the breaker tells of the outage once, the counter of each loss.
      for (const [name, lost] of countByName(wakes)) metrics.add('job_wakes_lost_total', lost, { job: name });
    }
  }
}

function byQueue(wakes: readonly Wake[]): ReadonlyMap<QueueName, BulkJob[]> {
  const queues = new Map<QueueName, BulkJob[]>();
  for (const { name, job } of wakes) {
    const queue = queueOf(name);
    const jobs = queues.get(queue);
    if (jobs) jobs.push(job);
    else queues.set(queue, [job]);
  }
  return queues;
}

function countByName(wakes: readonly Wake[]): ReadonlyMap<JobName, number> {
  const counts = new Map<JobName, number>();
  for (const { name } of wakes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
