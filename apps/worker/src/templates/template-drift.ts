import { Injectable } from '@nestjs/common';
import { MemoryCache } from '@parley/cache';
import { JobProducer } from '@parley/queue';

/** Meta refuses a template that is other there than here: its parameters (132000, 132012, 132018), its name or language, its state. */
const DRIFT_CODES: ReadonlySet<number> = new Set([132_000, 132_001, 132_012, 132_015, 132_016, 132_018]);

/** One list answers for all refusals of this time, and Meta allows 200 lists an hour. */
const ONCE_IN_MS = 5 * 60_000;
const MAX_NUMBERS = 10_000;

/** Reads the templates of an account again when Meta's refusals say that ours are not what they were. */
@Injectable()
export class TemplateDrift {
  private readonly asked = new MemoryCache<true>({ ttlMs: ONCE_IN_MS, maxEntries: MAX_NUMBERS });

  constructor(private readonly producer: JobProducer) {}

  /** @param code Meta's code of a refused send; null where it gave none */
  note(numberId: string, code: number | null): void {
    if (code === null || !DRIFT_CODES.has(code) || this.asked.fresh(numberId)) return;
    this.asked.set(numberId, true);
    this.producer.wake('templates.sync', { numberId });
  }
}
