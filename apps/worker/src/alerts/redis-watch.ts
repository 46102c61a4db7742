import { Injectable } from '@nestjs/common';
import { Clock } from '@parley/platform';
import { QueueHealth } from '@parley/queue';

const MS_PER_SECOND = 1_000;

/** For how long this process has not reached Redis. */
@Injectable()
export class RedisWatch {
  private awaySinceMs: number | null = null;

  constructor(
    private readonly queues: QueueHealth,
    private readonly clock: Clock,
  ) {}

  /** Asks Redis; it answers or fails at once. */
  async look(): Promise<void> {
    const { ok } = await this.queues.ping();
    this.awaySinceMs = ok ? null : (this.awaySinceMs ?? this.clock.monotonicMs());
  }

  /** 0 while it answers. */
  get awaySeconds(): number {
    return this.awaySinceMs === null ? 0 : (this.clock.monotonicMs() - this.awaySinceMs) / MS_PER_SECOND;
  }
}
