import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LoggerModule } from 'nestjs-pino';
import { ConfigModule } from './config/config.module.js';
import { loadConfig } from './config/load-config.js';
import { createLogger, loggerModuleParams } from './logging/logging.js';
import { SHUTDOWN_PHASES, ShutdownSteps, shutdownOnSignals } from './shutdown.js';
import { ShutdownModule } from './shutdown.module.js';

function setUp(timeoutMs = 1_000) {
  const events: Record<string, unknown>[] = [];
  const note = (fields: Record<string, unknown>): void => void events.push(fields);
  const steps = new ShutdownSteps({ debug: note, info: note, warn: note, error: note }, timeoutMs);
  const named = (name: string) => events.filter(({ event }) => event === name);
  return { steps, named };
}

const tick = (): Promise<void> => new Promise(setImmediate);
const never = (): Promise<never> => new Promise(() => undefined);

describe('ShutdownSteps', () => {
  it('runs the phases in order, whatever the order of adding, and waits for each', async () => {
    const { steps, named } = setUp();
    const order: string[] = [];
    for (const phase of [...SHUTDOWN_PHASES].reverse()) {
      steps.add(phase, 'x', async () => {
        await tick();
        order.push(phase);
      });
    }
    expect(await steps.run('SIGTERM')).toBe(true);
    expect(order).toEqual(['stop-intake', 'finish-jobs', 'flush-batchers', 'close-redis', 'close-database']);
    expect(named('shutdown.started')).toEqual([expect.objectContaining({ reason: 'SIGTERM' })]);
    expect(named('shutdown.phase_completed').map(({ phase }) => phase)).toEqual(order);
    expect(named('shutdown.completed')).toEqual([expect.objectContaining({ succeeded: true })]);
  });

  it('runs once, however often it is called', async () => {
    const { steps } = setUp();
    let runs = 0;
    steps.add('close-redis', 'count', () => (runs += 1));
    expect(steps.isShuttingDown).toBe(false);
    const calls = Promise.all([steps.run('SIGTERM'), steps.run('SIGINT'), steps.onModuleDestroy()]);
    expect(steps.isShuttingDown).toBe(true);
    await calls;
    expect(runs).toBe(1);
  });

  it('goes on after a step that throws or rejects, and says so', async () => {
    const { steps, named } = setUp();
    let closed = false;
    steps.add('finish-jobs', 'throws', () => {
      throw new Error('broken');
    });
    steps.add('finish-jobs', 'rejects', () => Promise.reject('no error object'));
    steps.add('close-database', 'pool', () => (closed = true));
    expect(await steps.run('test')).toBe(false);
    expect(closed).toBe(true);
    expect(named('shutdown.step_failed').map(({ step }) => step)).toEqual(['throws', 'rejects']);
  });

  it('does not wait longer than its timeout, and still gives every later phase a turn', async () => {
    const { steps, named } = setUp();
    const done: string[] = [];
    steps.add('stop-intake', 'hangs', never);
    for (const phase of SHUTDOWN_PHASES.slice(1)) steps.add(phase, phase, () => void done.push(phase));
    steps.add('close-database', 'hangs too', never);
    const startedAt = performance.now();
    expect(await steps.run('test')).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_900);
    expect(done).toEqual(SHUTDOWN_PHASES.slice(1));
    expect(named('shutdown.step_failed').map(({ step }) => step)).toEqual(['hangs', 'hangs too']);
  });
});

describe('ShutdownModule', () => {
  it("runs the steps when the application closes, before any of Nest's later hooks", async () => {
    const order: string[] = [];
    class ClosesLate {
      onApplicationShutdown(): void {
        order.push('hook of a library');
      }
    }
    const config = loadConfig({});
    const logger = createLogger('test', { LOG_LEVEL: 'silent' });
    @Module({
      imports: [
        ConfigModule.forRoot(config),
        LoggerModule.forRoot(loggerModuleParams(logger)),
        ShutdownModule.forRoot(),
      ],
      providers: [ClosesLate],
    })
    class App {}
    const app = await Test.createTestingModule({ imports: [App] }).compile();
    app.get(ShutdownSteps).add('close-database', 'pool', () => void order.push('pool'));
    await app.close();
    expect(order).toEqual(['pool', 'hook of a library']);
  });
});

describe('shutdownOnSignals', () => {
  function process() {
    const listeners = new Map<string, (signal: string) => void>();
    let exited: (code: number) => void = () => undefined;
    const exitCode = new Promise<number>((resolve) => (exited = resolve));
    const source = {
      on: (signal: string, listener: (signal: string) => void) => listeners.set(signal, listener),
      exit: (code: number) => exited(code),
    };
    return { source, exitCode, send: (signal: string) => listeners.get(signal)?.(signal) };
  }

  it.each(['SIGTERM', 'SIGINT'])('%s ends the steps, then the app, then the process with 0', async (signal) => {
    const { steps } = setUp();
    const order: string[] = [];
    steps.add('close-database', 'pool', () => void order.push('steps'));
    const { source, exitCode, send } = process();
    shutdownOnSignals({ close: async () => void order.push('app') }, steps, source);
    send(signal);
    send(signal);
    expect(await exitCode).toBe(0);
    expect(order).toEqual(['steps', 'app']);
  });

  it.each([
    ['a step fails', () => Promise.reject(new Error('x')), () => Promise.resolve()],
    ["Nest's hooks fail", () => undefined, () => Promise.reject(new Error('x'))],
    ["Nest's hooks hang", () => undefined, never],
  ])('ends with 1 when %s', async (_, step, close) => {
    const { steps } = setUp();
    steps.add('finish-jobs', 'step', step);
    const { source, exitCode, send } = process();
    shutdownOnSignals({ close }, steps, source, 20);
    send('SIGTERM');
    expect(await exitCode).toBe(1);
  });
});
