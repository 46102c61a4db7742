import type { OnModuleDestroy } from '@nestjs/common';
import { logEvent, type EventLogger } from './logging/log-events.js';

/** What a shutdown does, in this order. */
export const SHUTDOWN_PHASES = [
  'stop-intake',
  'finish-jobs',
  'flush-batchers',
  'close-redis',
  'close-database',
] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

interface Step {
  readonly name: string;
  readonly run: () => unknown;
}

/** Each phase leaves this share of the whole time to every phase after it. */
const RESERVED_SHARE = 0.05;

/**
 * The one list of what has to end, and in which order. Nest calls its shutdown hooks by the distance of modules, and
 * libraries close their connections in hooks of their own, so that a pool may be gone while jobs still need it. Whoever
 * has something to end adds a step here instead of implementing a hook; Nest's first hook runs them all.
 */
export class ShutdownSteps implements OnModuleDestroy {
  private readonly steps = new Map<ShutdownPhase, Step[]>(SHUTDOWN_PHASES.map((phase) => [phase, []]));
  private running: Promise<boolean> | undefined;

  constructor(
    private readonly logger: EventLogger,
    private readonly timeoutMs: number,
  ) {}

  /** Adds a step. The steps of one phase run side by side. */
  add(phase: ShutdownPhase, name: string, run: () => unknown): void {
    this.steps.get(phase)?.push({ name, run });
  }

  get isShuttingDown(): boolean {
    return this.running !== undefined;
  }

  async onModuleDestroy(): Promise<void> {
    await this.run('the application closes');
  }

  /**
   * Runs all phases once; later calls get the same promise. It never rejects and never takes longer than the timeout:
   * a step that fails or hangs is logged, and the next phase goes on.
   * @returns whether every step succeeded.
   */
  run(reason: string): Promise<boolean> {
    this.running ??= this.runPhases(reason);
    return this.running;
  }

  private async runPhases(reason: string): Promise<boolean> {
    const startedAt = performance.now();
    logEvent(this.logger, 'shutdown.started', { reason });
    let succeeded = true;
    for (const [at, phase] of SHUTDOWN_PHASES.entries()) {
      const phaseStartedAt = performance.now();
      const reservedMs = this.timeoutMs * RESERVED_SHARE * (SHUTDOWN_PHASES.length - 1 - at);
      const budgetMs = this.timeoutMs - reservedMs - (phaseStartedAt - startedAt);
      const results = await Promise.all(
        (this.steps.get(phase) ?? []).map((step) => this.runStep(phase, step, budgetMs)),
      );
      succeeded = succeeded && results.every(Boolean);
      logEvent(this.logger, 'shutdown.phase_completed', { phase, durationMs: since(phaseStartedAt) });
    }
    logEvent(this.logger, 'shutdown.completed', { succeeded, durationMs: since(startedAt) });
    return succeeded;
  }

  private async runStep(phase: ShutdownPhase, { name, run }: Step, budgetMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not over after ${Math.round(budgetMs)} ms`)), Math.max(budgetMs, 1));
    });
    try {
      await Promise.race([(async () => run())(), timeout]);
      return true;
    } catch (error) {
      logEvent(this.logger, 'shutdown.step_failed', { phase, step: name, err: asError(error) });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What is closed on a signal: a Nest application. */
interface Closable {
  close(): Promise<void>;
}

/** What of `process` is needed; tests hand in their own. */
interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown;
  exit(code: number): unknown;
}

/** How long Nest's own hooks may take after our steps. */
const HOOKS_TIMEOUT_MS = 1_000;

/**
 * Ends the process in order on SIGTERM and SIGINT: the steps, then Nest's hooks, then exit code 0, or 1 when a step did
 * not succeed. Use it instead of `enableShutdownHooks()`. Further signals change nothing, since Ctrl-C reaches a
 * process twice when its parent passes it on; the timeout of the steps bounds the wait.
 */
export function shutdownOnSignals(
  app: Closable,
  steps: ShutdownSteps,
  source: SignalSource = process,
  hooksTimeoutMs = HOOKS_TIMEOUT_MS,
): void {
  let signalled = false;
  const end = async (signal: string): Promise<void> => {
    if (signalled) return;
    signalled = true;
    const succeeded = await steps.run(signal);
    const closed = await Promise.race([
      app.close().then(
        () => true,
        () => false,
      ),
      elapsed(hooksTimeoutMs),
    ]);
    source.exit(succeeded && closed ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) source.on(signal, (name) => void end(name));
}

function elapsed(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
