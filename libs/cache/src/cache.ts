import type { IPolicy } from 'cockatiel';
import type { Metrics } from '@parley/platform';
import type { Redis } from 'ioredis';

export interface CacheParts {
  readonly redis: Redis;
  /** Stands before Redis. */
  readonly policy: IPolicy;
  readonly metrics: Pick<Metrics, 'inc'>;
  readonly prefix: string;
}

export interface CacheOptions {
  /** The name of the cache, as its metric and its keys carry it. */
  readonly name: string;
  readonly ttlSeconds: number;
}

/**
 * After a change nothing is filled in for so long. A reader that loaded the old value just before the change would
 * otherwise put it back.
 */
const TOMBSTONE_MS = 10_000;
const TOMBSTONE = '';

/**
 * Values that can be read again from Postgres, kept in Redis as JSON: definitions and ids, never personal data. A
 * Redis that is away or slow (50 ms) costs the loader's time and nothing else.
 */
export class Cache<T> {
  /** Drops that Redis did not hear of. */
  private readonly undropped = new Set<string>();

  constructor(
    private readonly parts: CacheParts,
    private readonly options: CacheOptions,
  ) {
    parts.redis.on('ready', () => void this.drop(...this.undropped));
  }

  /** The value of a key; where it is not known, `load` is asked and its answer kept. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    const text = await this.read(key);
    if (typeof text === 'string' && text !== TOMBSTONE) return JSON.parse(text) as T;
    const value = await load();
    // Nobody waits for the filling; where it fails, the next reader loads again. A tombstone is not overwritten.
    if (text === null)
      this.try((redis) => redis.set(this.keyOf(key), JSON.stringify(value), 'EX', this.options.ttlSeconds, 'NX')).catch(
        () => {},
      );
    return value;
  }

  /**
   * Forgets values because they have changed. Call it after COMMIT. Where Redis is away it is made up for when Redis is
   * back; if this process ends before that, the old value lives on for the rest of its time.
   */
  async drop(...keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    try {
      await this.try(async (redis) => {
        const pipeline = redis.pipeline();
        for (const key of keys) pipeline.set(this.keyOf(key), TOMBSTONE, 'PX', TOMBSTONE_MS);
        const failed = (await pipeline.exec())?.map(([error]) => error).find((error) => error !== null);
        if (failed) throw failed;
      });
      for (const key of keys) this.undropped.delete(key);
    } catch {
      for (const key of keys) this.undropped.add(key);
    }
  }

  /** null: not known. undefined: Redis did not answer. */
  private async read(key: string): Promise<string | null | undefined> {
    const { metrics } = this.parts;
    const cache = this.options.name;
    try {
      const text = await this.try((redis) => redis.get(this.keyOf(key)));
      metrics.inc('cache_reads_total', { cache, outcome: text ? 'hit' : 'miss' });
      return text;
    } catch {
      // The breaker logs the outage once; each reader goes to the loader.
      metrics.inc('cache_reads_total', { cache, outcome: 'unavailable' });
      return undefined;
    }
  }

  private try<R>(command: (redis: Redis) => Promise<R>): Promise<R> {
    return this.parts.policy.execute(() => command(this.parts.redis));
  }

  private keyOf(key: string): string {
    return `${this.parts.prefix}:cache:${this.options.name}:${key}`;
  }
}
