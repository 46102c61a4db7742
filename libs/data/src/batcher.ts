import { DomainError } from '@parley/domain';
import { runHalving, type RowOutcome } from './halving.js';
import { pgFailure } from './pg-error.js';

export interface BatcherOptions<Row, Result> {
  /** Label of its metrics. */
  name: string;
  /** Writes one sorted set in one transaction and answers by position. */
  run: (rows: readonly Row[]) => Promise<readonly Result[]>;
  /** The unique key by which a set is sorted: crossed orders of two sets would deadlock. */
  keyOf: (row: Row) => string;
  /** Size of a row in bytes, roughly. */
  bytesOf: (row: Row) => number;
  observer?: BatcherObserver;
  limits?: Partial<BatcherLimits>;
}

/** How a set went. Times in milliseconds. */
export interface SetReport {
  rows: number;
  /** How long its oldest row waited for a slot. */
  waitedMs: number;
  tookMs: number;
  /** What still waits, in bytes. */
  waitingBytes: number;
  /** One for each row that was not written. */
  errors: readonly unknown[];
}

/** Told of every set, and of every row refused because too much was waiting. */
export interface BatcherObserver {
  flushed(set: SetReport): void;
  refused(): void;
}

export interface BatcherLimits {
  slots: number;
  maxRows: number;
  maxBytes: number;
  maxWaitingBytes: number;
  aloneBytes: number;
}

const DEFAULT_LIMITS: BatcherLimits = {
  slots: 2,
  maxRows: 500,
  maxBytes: 4 * 1024 * 1024,
  maxWaitingBytes: 64 * 1024 * 1024,
  aloneBytes: 256 * 1024,
};

interface Waiting<Row, Result> {
  row: Row;
  key: string;
  bytes: number;
  /** So many rows, with this one first, share a set if they fit in one. */
  together: number;
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Turns single writes into sets without a timer: a set leaves whenever one of its slots is free, and what arrives
 * meanwhile is the next set. The promise of a row settles after the COMMIT of its set; a bad row fails alone; a lost
 * connection and a full queue are 503 to their callers.
 */
export class Batcher<Row, Result> {
  private readonly limits: BatcherLimits;
  private queue: Waiting<Row, Result>[] = [];
  private waitingBytes = 0;
  private busySlots = 0;
  private scheduled = false;
  private closed = false;
  private idle: (() => void)[] = [];

  constructor(private readonly options: BatcherOptions<Row, Result>) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** Settles when the row is committed. Throws overload.backlog-full, shutdown.in-progress, database.unavailable, or the row's own error. */
  add(row: Row): Promise<Result> {
    return this.enqueue(row, 1);
  }

  /**
   * The same for several, by position: they share one set, and so its order, unless they are more than one holds by rows
   * or bytes.
   */
  addAll(rows: readonly Row[]): Promise<Result>[] {
    return rows.map((row, place) => this.enqueue(row, place === 0 ? rows.length : 1));
  }

  /** Bytes of the rows that are not settled: those that wait for a slot and those under way. */
  get pendingBytes(): number {
    return this.waitingBytes;
  }

  /** Refuses what comes, settles what waits. Call it before the pool is closed. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.queue.length === 0 && this.busySlots === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private enqueue(row: Row, together: number): Promise<Result> {
    const bytes = this.options.bytesOf(row);
    if (this.closed) return Promise.reject(new DomainError('shutdown.in-progress', undefined, { retryAfterSeconds: 1 }));
    if (this.waitingBytes + bytes > this.limits.maxWaitingBytes) {
      this.options.observer?.refused();
      return Promise.reject(new DomainError('overload.backlog-full', undefined, { retryAfterSeconds: 1 }));
    }
    this.waitingBytes += bytes;
    return new Promise<Result>((resolve, reject) => {
      this.queue.push({ row, key: this.options.keyOf(row), bytes, together, since: performance.now(), resolve, reject });
      this.schedule();
    });
  }

  // One turn of the event loop is waited for, so that all requests read in it share a set.
  private schedule(): void {
    if (this.scheduled || this.busySlots >= this.limits.slots) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.busySlots < this.limits.slots && this.queue.length > 0) void this.flush(this.takeSet());
    });
  }

  private takeSet(): Waiting<Row, Result>[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.queue) {
      const alone = waiting.bytes > this.limits.aloneBytes;
      const isFull = count + waiting.together > this.limits.maxRows || bytes + waiting.bytes > this.limits.maxBytes;
      if (count > 0 && (alone || isFull)) break;
      bytes += waiting.bytes;
      count += 1;
      if (alone) break;
    }
    return this.queue.splice(0, count).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  private async flush(set: Waiting<Row, Result>[]): Promise<void> {
    this.busySlots += 1;
    const startedAt = performance.now();
    const outcomes = await runHalving(
      set.map((waiting) => waiting.row),
      this.options.run,
    );
    const errors: unknown[] = [];
    for (const [index, waiting] of set.entries()) {
      this.waitingBytes -= waiting.bytes;
      const outcome = outcomes[index]!;
      if (!outcome.ok) errors.push(asUnavailable(outcome.error));
      settle(waiting, outcome);
    }
    this.busySlots -= 1;
    const oldest = Math.min(...set.map((waiting) => waiting.since));
    const tookMs = performance.now() - startedAt;
    this.options.observer?.flushed({ rows: set.length, waitedMs: startedAt - oldest, tookMs, waitingBytes: this.waitingBytes, errors });
    if (this.queue.length > 0) this.schedule();
    else if (this.busySlots === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}

function settle<Row, Result>(waiting: Waiting<Row, Result>, outcome: RowOutcome<Result>): void {
  if (outcome.ok) waiting.resolve(outcome.result);
  else waiting.reject(asUnavailable(outcome.error));
}

function asUnavailable(error: unknown): unknown {
  // A set that lost two deadlocks in a row was not at fault either: asking again is right.
  const failure = pgFailure(error);
  if (failure !== 'connection' && failure !== 'transient') return error;
  return new DomainError('database.unavailable', undefined, { cause: error, retryAfterSeconds: 1 });
}
