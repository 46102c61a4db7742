// Runs alone: nestjs-pino keeps the first logger of a process, and these tests read what is logged.
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  ConfigModule,
  createLogger,
  loadConfig,
  loggerModuleParams,
  MetricsModule,
  ShutdownModule,
  ShutdownSteps,
} from '@parley/platform';
import {
  JobProcessor,
  JobProducer,
  JobWorkersModule,
  QueueHealth,
  QueueModule,
  type JobName,
  JOB_NAMES,
  type JobPayload,
} from '@parley/queue';
import { LoggerModule } from 'nestjs-pino';
import { RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

@Injectable()
class WakesNumbers extends JobProcessor<'number.wake'> {
  readonly job = 'number.wake';
  readonly ran: string[] = [];
  gate: Promise<void> = Promise.resolve();
  signal: AbortSignal | undefined;

  override get concurrency(): number {
    return 4;
  }

  async process({ numberId }: JobPayload<'number.wake'>, signal: AbortSignal): Promise<void> {
    this.signal = signal;
    this.ran.push(numberId);
    await this.gate;
  }
}

/** The jobs that these tests do not look at. */
const others = JOB_NAMES.filter((job) => job !== 'number.wake').map((job) => {
  const processor = new (class extends JobProcessor {
    readonly job: JobName = job;
    process(): Promise<void> {
      return Promise.resolve();
    }
  })();
  return { provide: `runs ${job}`, useValue: processor };
});

const logged: string[] = [];

async function startApp(url: string): Promise<INestApplicationContext> {
  const config = loadConfig({ REDIS_URL: url, REDIS_PREFIX: 'queue-test', SHUTDOWN_TIMEOUT_MS: '5000' });
  const logger = createLogger('worker', config, { write: (line) => void logged.push(line) });
  @Module({
    imports: [
      ConfigModule.forRoot(config),
      LoggerModule.forRoot(loggerModuleParams(logger)),
      MetricsModule.forRoot(),
      ShutdownModule.forRoot(),
      QueueModule,
      JobWorkersModule,
    ],
    providers: [WakesNumbers, ...others],
  })
  class WorkerApp {}
  const app = await NestFactory.createApplicationContext(WorkerApp, { logger: false });
  return app.init();
}

const eventsLogged = (event: string): number => logged.filter((line) => line.includes(`"${event}"`)).length;

describe('the queue', () => {
  let redis: RedisServer;
  let app: INestApplicationContext;
  let processor: WakesNumbers;
  let producer: JobProducer;
  const hasRun = (numberId: string): boolean => processor.ran.includes(numberId);

  beforeAll(async () => {
    redis = await RedisServer.reserve();
    const startedMs = performance.now();
    app = await startApp(redis.url);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    processor = app.get(WakesNumbers);
    producer = app.get(JobProducer);
  });

  beforeEach(() => {
    processor.ran.length = 0;
    processor.gate = Promise.resolve();
  });

  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  it('takes wake-ups without Redis, at no cost, and loses them', async () => {
    const startedMs = performance.now();
    for (let index = 0; index < 1_000; index += 1) producer.wake('number.wake', { numberId: `n${index}` });
    // Waiting for Redis, each would take its connection's timeout.
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    await producer.flush();
    await expect(app.get(QueueHealth).ping()).resolves.toMatchObject({ ok: false });
    await expect(app.get(QueueHealth).depths()).resolves.toBeUndefined();
  });

  it('goes to full speed when Redis is there, without a restart', async () => {
    await redis.start();
    await waitFor(() => {
      producer.wake('number.wake', { numberId: 'first' });
      return hasRun('first');
    });
    // From now on a wake-up is a matter of milliseconds.
    const startedMs = performance.now();
    producer.wake('number.wake', { numberId: 'second' });
    await waitFor(() => hasRun('second'));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await expect(app.get(QueueHealth).ping()).resolves.toMatchObject({ ok: true });
  });

  it('runs once more for a wake-up that comes while the same number runs, however many come', async () => {
    let open = (): void => {};
    processor.gate = new Promise((resolve) => (open = resolve));
    producer.wake('number.wake', { numberId: 'busy' });
    await waitFor(() => hasRun('busy'));
    for (let index = 0; index < 5; index += 1) {
      producer.wake('number.wake', { numberId: 'busy' });
      await producer.flush();
    }
    expect(processor.ran).toEqual(['busy']);
    open();
    await waitFor(() => processor.ran.length === 2);
    await waitFor(async () => (await app.get(QueueHealth).depths())?.get('outbound')?.active === 0);
    expect(processor.ran).toEqual(['busy', 'busy']);
    const depth = (await app.get(QueueHealth).depths())?.get('outbound');
    expect(depth).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('may run again after it failed', async () => {
    processor.gate = Promise.reject(new Error('no luck'));
    processor.gate.catch(() => {});
    producer.wake('number.wake', { numberId: 'unlucky' });
    await waitFor(() => eventsLogged('job.failed') === 1);
    processor.gate = Promise.resolve();
    await waitFor(() => {
      producer.wake('number.wake', { numberId: 'unlucky' });
      return processor.ran.length === 2;
    });
  });

  it('goes on after Redis was restarted empty, and tells of it once', async () => {
    logged.length = 0;
    await redis.stop();
    for (let index = 0; index < 20; index += 1) {
      producer.wake('number.wake', { numberId: 'lost' });
      await producer.flush();
    }
    await redis.start();
    await waitFor(() => {
      producer.wake('number.wake', { numberId: 'after' });
      return hasRun('after');
    });
    await waitFor(() => eventsLogged('queue.recovered') === 2);
    // One line of the workers, one of the producer.
    expect(eventsLogged('queue.unavailable')).toBe(2);
  });

  it('tells the running job of the shutdown, waits for it, and ends also without Redis', async () => {
    let open = (): void => {};
    processor.gate = new Promise((resolve) => (open = resolve));
    producer.wake('number.wake', { numberId: 'last' });
    await waitFor(() => hasRun('last'));
    await redis.stop();
    const startedMs = performance.now();
    const ended = app.get(ShutdownSteps).run('the test ends');
    await waitFor(() => processor.signal?.aborted === true);
    open();
    await ended;
    expect(performance.now() - startedMs).toBeLessThan(4_000);
  });
});

describe('the boot check', () => {
  it('does not start a worker without a processor for each job', async () => {
    const config = loadConfig({ REDIS_URL: 'redis://127.0.0.1:1' });
    const logger = createLogger('worker', config, { write: () => {} });
    const global = [
      ConfigModule.forRoot(config),
      LoggerModule.forRoot(loggerModuleParams(logger)),
      MetricsModule.forRoot(),
      ShutdownModule.forRoot(),
    ];
    const imports = [...global, QueueModule, JobWorkersModule];
    const app = await Test.createTestingModule({ imports, providers: [WakesNumbers] }).compile();
    await expect(app.init()).rejects.toThrow('ledger.wake has no processor');
    await app.close();
  });
});
