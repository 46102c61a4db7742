import { assertHandlers } from './assert-handlers.js';
import { JobProcessor } from './job-processor.js';
import { JOB_NAMES, JOBS, QUEUE_NAMES, wakeId, type JobName } from './jobs.js';

class Runs extends JobProcessor {
  constructor(readonly job: JobName) {
    super();
  }

  process(): Promise<void> {
    return Promise.resolve();
  }
}

const complete = JOB_NAMES.map((name) => new Runs(name));

describe('assertHandlers', () => {
  it('takes exactly one processor for each declared job', () => {
    expect([...assertHandlers(complete).keys()].sort()).toEqual([...JOB_NAMES].sort());
  });

  it('names every job that has none or several', () => {
    const processors = [...complete.filter(({ job }) => job !== 'ledger.wake'), new Runs('number.wake')];
    expect(() => assertHandlers(processors)).toThrow(
      /number\.wake has several: Runs, Runs; ledger\.wake has no processor/,
    );
  });

  it('names a processor of a job that is not declared', () => {
    expect(() => assertHandlers(complete, JOB_NAMES.slice(1))).toThrow('which is not declared');
  });
});

describe('the job catalogue', () => {
  it('has names of the form noun.verb, and queues that BullMQ takes', () => {
    for (const name of JOB_NAMES) expect(name).toMatch(/^[a-z]+\.[a-z]+$/);
    for (const name of QUEUE_NAMES) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('tells wake-ups apart by the id that the catalogue names', () => {
    expect(JOBS['number.wake'].id).toBe('numberId');
    expect(wakeId('number.wake', { numberId: 'a' })).toBe('a');
    expect(wakeId('ledger.wake', {})).toBe('all');
  });
});
