import type { JobName, JobPayload } from './jobs.js';

/** What runs a job. One class for each job; metrics, context and errors are put round it by JobWorkers. */
export abstract class JobProcessor<N extends JobName = JobName> {
  /** The job of the catalogue that this class runs. */
  abstract readonly job: N;

  /** How many of these jobs one process runs at a time. */
  get concurrency(): number {
    return 1;
  }

  /**
   * Does what is due. The same wake-up may come twice, or to two processes at once.
   * @param signal aborted when the process shuts down: finish or release what is under way, take nothing new
   */
  abstract process(payload: JobPayload<N>, signal: AbortSignal): Promise<void>;
}
