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
  /** Set when the worker fetches no more; ends when BullMQ has noted the last job as done. */
  private drained: Promise<void> | undefined;

  constructor(private readonly parts: QueueWorkerParts) {
    this.worker = this.createWorker();
  }

  /** Looks whether the queue is served; the watchdog calls it every few seconds. */
  async look(): Promise<void> {
    const hasFetched = this.fetched !== this.fetchedAtLastLook;
    this.fetchedAtLastLook = this.fetched;
    const isServed = hasFetched || this.running.size >= this.parts.concurrency || !(await this.parts.countWaiting());
    this.strikes = isServed || this.drained ? 0 : this.strikes + 1;
    if (this.strikes < STRIKES) return;
    this.strikes = 0;
    const idle = this.worker;
    this.worker = this.createWorker();
    this.parts.onRecreated();
    await within(idle.close(true));
  }

  /** Fetches no more. */
  stop(): void {
    this.drained ??= this.worker.pause().catch(() => {});
  }

  /** Ends when the jobs under way have ended. Without Redis that cannot be noted there, and it is not waited for. */
  async close(): Promise<void> {
    this.stop();
    await Promise.allSettled(this.running);
    await within(this.drained);
    await within(this.worker.close(true));
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

/** Nothing of BullMQ's ending has a limit of its own: without Redis it waits for Redis. */
async function within(ending: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)));
  await Promise.race([ending?.catch(() => {}), limit]);
  clearTimeout(timer);
}
