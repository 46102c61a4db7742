import type { HealthIndicatorService } from '@nestjs/terminus';

/** `degraded` answers, but slowly. */
export type ComponentStatus = 'ok' | 'degraded' | 'down';

export interface ComponentHealth {
  readonly status: ComponentStatus;
  readonly latencyMs: number;
}

/** What the process depends on, and how it fares. `degraded`: it serves, though not all is well. */
export interface HealthReport {
  readonly status: ComponentStatus;
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** Looks at one thing that the process depends on. */
export interface HealthProbe {
  readonly name: string;
  /** Whether nothing works without it. */
  readonly required: boolean;
  /** Resolves when it answers, rejects when it does not. */
  readonly check: () => Promise<unknown>;
}

/** Probes ask as often as they like; what they ask about is looked at so often. */
const CACHE_MS = 1_500;
const TIMEOUT_MS = 2_500;
const SLOW_MS = 1_000;

/** The health of one process, for its probes and its operators. Says how things are, never why: addresses stay inside. */
export class SystemHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly probes: readonly HealthProbe[],
  ) {}

  /** All components. */
  async report(): Promise<HealthReport> {
    const looked = await Promise.all(this.probes.map(async (probe) => ({ probe, health: await this.look(probe) })));
    const isDown = looked.some(({ probe, health }) => probe.required && health.status === 'down');
    const isWell = looked.every(({ health }) => health.status === 'ok');
    return {
      status: isDown ? 'down' : isWell ? 'ok' : 'degraded',
      components: Object.fromEntries(looked.map(({ probe, health }) => [probe.name, health])),
    };
  }

  /** Whether everything that is required answers. */
  async isReady(): Promise<boolean> {
    const required = await Promise.all(this.probes.filter(({ required }) => required).map((probe) => this.look(probe)));
    return required.every(({ status }) => status !== 'down');
  }

  private async look({ name, check }: HealthProbe): Promise<ComponentHealth> {
    const attempt = this.indicators.check(name).attempt(async () => void (await check()));
    const { status, responseTime } = (await attempt.withTimeout(TIMEOUT_MS).cacheFor(CACHE_MS))[name] as {
      status: string;
      responseTime: number;
    };
    if (status !== 'up') return { status: 'down', latencyMs: responseTime };
    return { status: responseTime > SLOW_MS ? 'degraded' : 'ok', latencyMs: responseTime };
  }
}
