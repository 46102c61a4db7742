export interface MemoryCacheOptions {
  readonly ttlMs: number;
  /** When there are more, the one that was loaded longest ago is forgotten. */
  readonly maxEntries: number;
  readonly nowMs?: () => number;
}

interface Entry<T> {
  readonly value: T;
  readonly freshUntilMs: number;
}

/**
 * Values kept in this process for a short time, where even Redis would be too far: credentials, secrets of apps. Many
 * readers of one key that is not fresh share one load. What is no longer fresh stays until it is pushed out, for
 * callers that would rather have an old value than none.
 */
export class MemoryCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly loads = new Map<string, Promise<T>>();
  private readonly nowMs: () => number;

  constructor(private readonly options: MemoryCacheOptions) {
    this.nowMs = options.nowMs ?? (() => performance.now());
  }

  /** The value, if it was loaded within the time to live. */
  fresh(key: string): T | undefined {
    const entry = this.entries.get(key);
    return entry && entry.freshUntilMs > this.nowMs() ? entry.value : undefined;
  }

  /** The value, however old. */
  last(key: string): T | undefined {
    return this.entries.get(key)?.value;
  }

  /** The fresh value, or what `load` brings. A load that fails changes nothing and is told to all who wait for it. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    const value = this.fresh(key);
    if (value !== undefined) return value;
    const running = this.loads.get(key) ?? this.start(key, load);
    return running;
  }

  /** Keeps a value, as the newest entry. */
  set(key: string, value: T): void {
    this.entries.delete(key);
    this.entries.set(key, { value, freshUntilMs: this.nowMs() + this.options.ttlMs });
    if (this.entries.size <= this.options.maxEntries) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  /** Forgets a value because it has changed; a load that is under way will not bring it back. */
  forget(key: string): void {
    this.entries.delete(key);
    this.loads.delete(key);
  }

  private start(key: string, load: () => Promise<T>): Promise<T> {
    const running = load().then((value) => {
      // After `forget` this load is not the key's any more, and what it read may be the old value.
      if (this.loads.get(key) === running) this.set(key, value);
      return value;
    });
    this.loads.set(key, running);
    const finished = (): void => {
      if (this.loads.get(key) === running) this.loads.delete(key);
    };
    running.then(finished, finished);
    return running;
  }
}
