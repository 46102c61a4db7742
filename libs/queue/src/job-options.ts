import type { JobsOptions } from 'bullmq';
import { JOBS, wakeId, type JobName, type JobPayload } from './jobs.js';

/** Failed jobs are kept for a look at them, not for correctness. */
const KEEP_FAILED = { count: 100 };

/**
 * One wake-up waits for each job and id, however many were asked for. One that arrives while the same job runs is not
 * lost: BullMQ keeps it and queues it when the running one ends (`keepLastIfActive`).
 */
export function jobOptions<N extends JobName>(name: N, payload: JobPayload<N>): JobsOptions {
  return {
    deduplication: { id: `${name}-${wakeId(name, payload)}`, keepLastIfActive: true },
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: KEEP_FAILED,
  };
}

export function queueOf(name: JobName): (typeof JOBS)[JobName]['queue'] {
  return JOBS[name].queue;
}
