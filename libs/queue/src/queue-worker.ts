import type { Job, Worker } from 'bullmq';

/** What of BullMQ's Worker is needed. */
export type WorkerLike = Pick<Worker, 'on' | 'pause' | 'close'>;

export interface QueueWorkerParts {
  readonly concurrency: number;
  /** Makes a BullMQ worker on the queue that hands its jobs to `process`. */
  readonly create: (process: (job: Job, token?: string) => Promise<void>) => WorkerLike;
  readonly run: (job: Job, token: string | undefined) => Promise<void>;
  /** Jobs waiting in the queue; undefined while Redis does not answer. */
  readonly countWaiting: () => Promise<number | undefined>;
  readonly onRecreated: () => void;
}

/** So many looks in a row at a queue that is not served make a worker suspicious. */
const STRIKES = 2;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * One queue's worker. After a restart of Redis BullMQ's worker now and then stays connected and fetches no more; then
 * it is thrown away and made anew, as BullMQ's maintainers advise.
 */
export class QueueWorker {
  private worker: WorkerLike;
  private readonly running = new Set<Promise<void>>();
  private fetched = 0;
  private fetchedAtLastLook = 0;
  private strikes = 0;
  private stopped = false;

  constructor(private readonly parts: QueueWorkerParts) {
    this.worker = this.createWorker();
  }

  /** Looks whether the queue is served; the watchdog calls it every few seconds. */
  async look(): Promise<void> {
    const hasFetched = this.fetched !== this.fetchedAtLastLook;
    this.fetchedAtLastLook = this.fetched;
    const isServed = hasFetched || this.running.size >= this.parts.concurrency || !(await this.parts.countWaiting());
    this.strikes = isServed || this.stopped ? 0 : this.strikes + 1;
    if (this.strikes < STRIKES) return;
    this.strikes = 0;
    const idle = this.worker;
    this.worker = this.createWorker();
    this.parts.onRecreated();
    await closeWithin(idle, true);
  }

  /** Fetches no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.race([this.worker.pause(true), timeoutMs(CLOSE_TIMEOUT_MS)]);
  }

  /** Ends when the jobs under way have ended; without Redis it does not wait for more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.running);
    await closeWithin(this.worker, false);
  }

  private createWorker(): WorkerLike {
    const worker = this.parts.create((job, token) => this.track(job, token));
    // Outages are told once by the connection; BullMQ emits one of these at each attempt.
    worker.on('error', () => {});
    return worker;
  }

  private async track(job: Job, token: string | undefined): Promise<void> {
    this.fetched += 1;
    const run = this.parts.run(job, token);
    this.running.add(run);
    try {
      await run;
    } finally {
      this.running.delete(run);
    }
  }
}

/** BullMQ's close has no limit of its own. */
async function closeWithin(worker: WorkerLike, force: boolean): Promise<void> {
  await Promise.race([worker.close(force).catch(() => {}), timeoutMs(CLOSE_TIMEOUT_MS)]);
}

function timeoutMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
