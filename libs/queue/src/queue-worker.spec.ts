import type { Job } from 'bullmq';
import { QueueWorker, type WorkerLike } from './queue-worker.js';

type Process = (job: Job, token?: string) => Promise<void>;

class SilentWorker {
  closedBy: boolean | undefined;
  paused = 0;
  hangs = false;

  constructor(readonly process: Process) {}

  on(): this {
    return this;
  }

  pause(): Promise<void> {
    this.paused += 1;
    return this.hangs ? new Promise(() => {}) : Promise.resolve();
  }

  close(force = false): Promise<void> {
    this.closedBy = force;
    return Promise.resolve();
  }
}

describe('QueueWorker', () => {
  let made: SilentWorker[];
  let waiting: number | undefined;
  let recreated: number;
  let gate: Promise<void>;
  let worker: QueueWorker;

  beforeEach(() => {
    made = [];
    waiting = 0;
    recreated = 0;
    gate = Promise.resolve();
    worker = new QueueWorker({
      concurrency: 1,
      create: (process) => {
        const silent = new SilentWorker(process);
        made.push(silent);
        return silent as unknown as WorkerLike;
      },
      run: () => gate,
      countWaiting: () => Promise.resolve(waiting),
      onRecreated: () => void (recreated += 1),
    });
  });

  const look = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await worker.look();
  };
  const job = {} as Job;

  it('makes a worker anew that leaves jobs waiting and fetches none', async () => {
    waiting = 5;
    await look(1);
    expect(recreated).toBe(0);
    await look(1);
    expect(recreated).toBe(1);
    expect(made).toHaveLength(2);
    expect(made[0]?.closedBy).toBe(true);
  });

  it.each([
    ['nothing waits', 0],
    ['Redis does not answer', undefined],
  ])('leaves it alone while %s', async (_, count) => {
    waiting = count;
    await look(10);
    expect(made).toHaveLength(1);
  });

  it('leaves it alone while it fetches, or is as busy as it may be', async () => {
    waiting = 5;
    for (let time = 0; time < 5; time += 1) {
      await made[0]?.process(job);
      await look(1);
    }
    gate = new Promise(() => {});
    void made[0]?.process(job);
    await look(5);
    expect(made).toHaveLength(1);
  });

  it('fetches no more once stopped, and closes once the jobs under way are over', async () => {
    let end = (): void => {};
    gate = new Promise((resolve) => (end = resolve));
    const running = made[0]?.process(job);
    worker.stop();
    expect(made[0]?.paused).toBe(1);
    const closed = worker.close();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(made[0]?.closedBy).toBeUndefined();
    end();
    await Promise.all([running, closed]);
    expect(made[0]).toMatchObject({ closedBy: true, paused: 1 });
  });

  it('closes also where the end of the last job cannot be noted, as without Redis', async () => {
    const [silent] = made;
    if (silent) silent.hangs = true;
    await worker.close();
    expect(silent?.closedBy).toBe(true);
  });

  it('is not made anew once it has been stopped', async () => {
    waiting = 5;
    worker.stop();
    await look(5);
    expect(made).toHaveLength(1);
  });
});
