import { DelayedError, type Job } from 'bullmq';
import { logEvent, newRequestId, runInContext, type EventLogger, type Metrics } from '@parley/platform';
import type { JobProcessor } from './job-processor.js';
import { JOB_VERSION, type JobName, type JobPayload } from './jobs.js';

export interface RunJobParts {
  readonly processors: ReadonlyMap<string, JobProcessor>;
  readonly metrics: Pick<Metrics, 'inc' | 'observe'>;
  readonly logger: EventLogger;
}

/** What this release cannot read yet is left for one that can. */
const DELAY_MS = 5_000;

/** Runs one job: in a context with the id of the request that caused it, counted and timed. */
export async function runJob(
  parts: RunJobParts,
  job: Job,
  token: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const processor = parts.processors.get(job.name);
  const { v, requestId, ...payload } = job.data as Readonly<Record<string, unknown>>;
  if (!processor || v !== JOB_VERSION) {
    parts.metrics.inc('job_runs_total', { job: processor?.job ?? 'other', outcome: 'delayed' });
    await job.moveToDelayed(Date.now() + DELAY_MS, token);
    throw new DelayedError();
  }
  const context = {
    requestId: typeof requestId === 'string' ? requestId : newRequestId(),
    correlation: { job: processor.job, ...(payload as Readonly<Record<string, string>>) },
  };
  await runInContext(context, () => runCounted(parts, processor, payload as JobPayload<JobName>, signal));
}

async function runCounted(
  { metrics, logger }: RunJobParts,
  processor: JobProcessor,
  payload: JobPayload<JobName>,
  signal: AbortSignal,
): Promise<void> {
  const { job } = processor;
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  try {
    await processor.process(payload, signal);
    metrics.inc('job_runs_total', { job, outcome: 'completed' });
    logEvent(logger, 'job.completed', { durationMs: Math.round(seconds() * 1_000) });
  } catch (error) {
    metrics.inc('job_runs_total', { job, outcome: 'failed' });
    logEvent(logger, 'job.failed', { err: error instanceof Error ? error : new Error(String(error)) });
    throw error;
  } finally {
    metrics.observe('job_duration_seconds', seconds(), { job });
  }
}
