import { MemoryCache } from '@parley/cache';

const FOUND_MS = 60_000;
const MISSING_MS = 10_000;

class NothingFound extends Error {
  override readonly name = 'NothingFound';
}

/**
 * Answers of tenants' own systems, for a minute, and that there is none for ten seconds. They are personal data, so they
 * stay in the memory of this process. All who ask the same at once share one question.
 */
export class LookupCache<T> {
  private readonly found: MemoryCache<T>;
  private readonly missing: MemoryCache<true>;

  constructor(maxEntries: number, nowMs?: () => number) {
    const options = { maxEntries, ...(nowMs && { nowMs }) };
    this.found = new MemoryCache({ ttlMs: FOUND_MS, ...options });
    this.missing = new MemoryCache({ ttlMs: MISSING_MS, ...options });
  }

  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    if (this.missing.fresh(key)) return null;
    try {
      return await this.found.get(key, async () => {
        const value = await load();
        if (value === null) throw new NothingFound();
        return value;
      });
    } catch (error) {
      if (!(error instanceof NothingFound)) throw error;
      this.missing.set(key, true);
      return null;
    }
  }
}
