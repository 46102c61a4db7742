import type { SendingHistory } from '@parley/data';
import type { CircuitBreakerPolicy } from 'cockatiel';
import type { NumberOfTenant, SlowedNumber } from './permit-store.js';
import type { RedisPermits } from './redis-permits.store.js';
import { slowedDown } from './slow-down.js';

export interface MetaFeedbackParts {
  readonly redis: Pick<RedisPermits, 'slowDown' | 'penalise' | 'forgive'>;
  readonly history: Pick<SendingHistory, 'read' | 'noteSlowDown'>;
  readonly breaker: CircuitBreakerPolicy;
}

/** Pairs whose next acceptance this process still has to notice. */
const MOST_PENALISED = 10_000;

/** Carries what Meta's answers say of limits to where the next start is decided. */
export class MetaFeedback {
  private readonly penalised = new Set<string>();

  constructor(private readonly parts: MetaFeedbackParts) {}

  /** 130429: the number goes on at half its rate. Returns the share; null where the answer said nothing new. */
  async slowDown({ tenantId, numberId }: NumberOfTenant): Promise<number | null> {
    const { redis, history } = this.parts;
    const slowed = (await this.inRedis(() => redis.slowDown(numberId))) ?? (await this.slowedByHistory({ tenantId, numberId }));
    if (slowed.agoMs > 0) return null;
    await history.noteSlowDown(tenantId, numberId, slowed.share, slowed.agoMs);
    return slowed.share;
  }

  /** 131056: the pair rests. Without Redis its message does, which waits for its retry. Returns for how long, in ms. */
  async penalise(numberId: string, contactId: string): Promise<number | null> {
    if (this.penalised.size >= MOST_PENALISED) this.penalised.clear();
    this.penalised.add(`${numberId} ${contactId}`);
    return this.inRedis(() => this.parts.redis.penalise(numberId, contactId));
  }

  /** Meta took a message: a pair that was refused before begins with a short rest again. */
  async forgive(numberId: string, contactId: string): Promise<void> {
    if (this.penalised.delete(`${numberId} ${contactId}`)) await this.inRedis(() => this.parts.redis.forgive(numberId, contactId));
  }

  private async slowedByHistory({ tenantId, numberId }: NumberOfTenant): Promise<SlowedNumber> {
    const { slowed } = await this.parts.history.read(tenantId, numberId, [], 0);
    const nowMs = performance.now();
    const { share, atMs } = slowedDown(slowed && { share: slowed.share, atMs: nowMs - slowed.agoMs }, nowMs);
    return { share, agoMs: nowMs - atMs };
  }

  /** null: Redis did not answer. */
  private async inRedis<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await this.parts.breaker.execute(work);
    } catch {
      // The limiter's change of mode tells of it.
      return null;
    }
  }
}
