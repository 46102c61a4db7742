import { createMetrics, currentContext, type Metrics, type RequestContext } from '@parley/platform';
import { DelayedError, type Job } from 'bullmq';
import { JobProcessor } from './job-processor.js';
import type { JobPayload } from './jobs.js';
import { runJob } from './run-job.js';

class WakesNumbers extends JobProcessor<'number.wake'> {
  readonly job = 'number.wake';
  readonly ran: { payload: unknown; context: RequestContext | undefined }[] = [];
  fails = false;

  process(payload: JobPayload<'number.wake'>): Promise<void> {
    this.ran.push({ payload, context: currentContext() });
    return this.fails ? Promise.reject(new Error('no luck')) : Promise.resolve();
  }
}

describe('runJob', () => {
  let metrics: Metrics;
  let processor: WakesNumbers;
  let logged: Record<string, unknown>[];
  let delayed: (string | undefined)[];

  beforeEach(() => {
    metrics = createMetrics();
    processor = new WakesNumbers();
    logged = [];
    delayed = [];
  });

  const run = (name: string, data: object): Promise<void> => {
    const log = (fields: Record<string, unknown>): void => void logged.push(fields);
    const logger = { debug: log, info: log, warn: log, error: log };
    const moveToDelayed = (_: number, token?: string): Promise<void> => Promise.resolve(void delayed.push(token));
    const parts = { processors: new Map([[processor.job, processor]]), metrics, logger };
    return runJob(parts, { name, data, moveToDelayed } as unknown as Job, 'token', new AbortController().signal);
  };
  const runs = async (): Promise<string> => (await metrics.render()).body;

  it('hands over the payload, in the context of the request that caused it', async () => {
    await run('number.wake', { v: 1, numberId: 'a', requestId: 'request-1' });
    expect(processor.ran).toEqual([
      {
        payload: { numberId: 'a' },
        context: { requestId: 'request-1', correlation: { job: 'number.wake', numberId: 'a' } },
      },
    ]);
    expect(await runs()).toContain('job_runs_total{job="number.wake",outcome="completed"} 1');
    expect(await runs()).toContain('job_duration_seconds_count{job="number.wake"} 1');
  });

  it('gives a job without a request an id of its own', async () => {
    await run('number.wake', { v: 1, numberId: 'a' });
    expect(processor.ran[0]?.context?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets a failure through, logged and counted', async () => {
    processor.fails = true;
    await expect(run('number.wake', { v: 1, numberId: 'a' })).rejects.toThrow('no luck');
    expect(logged).toEqual([{ event: 'job.failed', err: expect.any(Error) as Error }]);
    expect(await runs()).toContain('job_runs_total{job="number.wake",outcome="failed"} 1');
  });

  it.each([
    ['number.wake', { v: 2, numberId: 'a' }, 'number.wake'],
    ['number.wake', { numberId: 'a' }, 'number.wake'],
    ['pigeon.send', { v: 1 }, 'other'],
  ])('delays what it cannot read: %s %j', async (name, data, label) => {
    await expect(run(name, data)).rejects.toBeInstanceOf(DelayedError);
    expect(delayed).toEqual(['token']);
    expect(processor.ran).toEqual([]);
    expect(await runs()).toContain(`job_runs_total{job="${label}",outcome="delayed"} 1`);
  });
});
