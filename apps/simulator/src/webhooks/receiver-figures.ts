import { createHistogram } from 'node:perf_hooks';
import type { WebhookAnswer } from './webhook-transport.js';

/** Meta's targets for a receiver: half of the answers within 250 ms, and fewer than 1 % above 1 s. */
const SLOW_MS = 1000;
const TARGET_MS = 250;
const MICROSECONDS = 1000;

/** What GET /control/receiver says of one callback. */
export interface ReceiverReport {
  readonly requests: number;
  readonly updates: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly retried: number;
  readonly givenUp: number;
  /** Answers by HTTP status; `none` where no answer came. */
  readonly answers: Record<string, number>;
  readonly lastError: string | null;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly aboveOneSecond: number;
  /** Share of the requests that took longer than 250 ms, and than 1 s (0 to 1). */
  readonly shareAbove250Ms: number;
  readonly shareAboveOneSecond: number;
}

/** How well one receiver does. */
export class ReceiverFigures {
  private readonly latencies = createHistogram();
  private readonly answers = new Map<string, number>();
  private updates = 0;
  private succeeded = 0;
  private retried = 0;
  private givenUp = 0;
  private slow = 0;
  private aboveTarget = 0;
  private lastError: string | null = null;

  recordAnswer(answer: WebhookAnswer, updateCount: number, attempt: number): void {
    const key = answer.status === null ? 'none' : String(answer.status);
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    this.latencies.record(Math.max(1, Math.round(answer.latencyMs * MICROSECONDS)));
    if (answer.latencyMs > TARGET_MS) this.aboveTarget += 1;
    if (answer.latencyMs > SLOW_MS) this.slow += 1;
    if (attempt > 1) this.retried += 1;
    else this.updates += updateCount;
    if (answer.status === 200) this.succeeded += 1;
    else this.lastError = answer.error ?? `HTTP ${key}`;
  }

  recordGivenUp(): void {
    this.givenUp += 1;
  }

  report(): ReceiverReport {
    const requests = this.latencies.count;
    return {
      requests,
      updates: this.updates,
      succeeded: this.succeeded,
      failed: requests - this.succeeded,
      retried: this.retried,
      givenUp: this.givenUp,
      answers: Object.fromEntries(this.answers),
      lastError: this.lastError,
      latencyMs: {
        p50: this.percentile(50),
        p95: this.percentile(95),
        p99: this.percentile(99),
        max: requests === 0 ? 0 : this.latencies.max / MICROSECONDS,
      },
      aboveOneSecond: this.slow,
      shareAbove250Ms: requests === 0 ? 0 : this.aboveTarget / requests,
      shareAboveOneSecond: requests === 0 ? 0 : this.slow / requests,
    };
  }

  private percentile(percent: number): number {
    return this.latencies.count === 0 ? 0 : this.latencies.percentile(percent) / MICROSECONDS;
  }
}
