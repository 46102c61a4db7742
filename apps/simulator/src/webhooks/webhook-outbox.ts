import type { EventFeed } from '../feed/event-feed.js';
import type { MetaApp } from '../state/account.js';
import type { Clock } from '../state/clock.js';
import type { Settings } from '../state/settings.js';
import { asciiJson } from './ascii-json.js';
import { buildEnvelope, fieldOf, type WebhookUpdate } from './envelope.js';
import { ReceiverFigures } from './receiver-figures.js';
import { retryScheduleMs } from './retry-schedule.js';
import { signatureHeaders } from './signature.js';
import type { Timers } from './timers.js';
import type { WebhookAnswer, WebhookTransport } from './webhook-transport.js';

/** Meta: a webhook has at most 3 MB. */
const MAX_BYTES = 3 * 1024 * 1024;

interface Queued {
  readonly update: WebhookUpdate;
  /** Called after the first attempt, whatever came of it. */
  readonly attempted: (() => void) | undefined;
}

interface Delivery {
  readonly bytes: Buffer;
  readonly updateCount: number;
  readonly queued: readonly Queued[];
  attempt: number;
}

/**
 * What waits for one callback of one app. Up to `webhookConcurrency` requests are under way at once; while there is a
 * free place each update travels alone, and only what piles up behind a slower receiver is put into batches.
 * A failed request is sent again with the same bytes.
 */
export class WebhookOutbox {
  readonly figures = new ReceiverFigures();
  private waiting: Queued[] = [];
  private due: Delivery[] = [];
  private inFlight = 0;
  private awaitingRetry = 0;
  private closed = false;

  constructor(
    private readonly app: MetaApp,
    readonly url: string,
    private readonly transport: WebhookTransport,
    private readonly timers: Timers,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly feed: EventFeed,
  ) {}

  get appId(): string {
    return this.app.appId;
  }

  /** Requests and updates that are not delivered yet. */
  get backlog(): { waiting: number; inFlight: number; awaitingRetry: number } {
    return { waiting: this.waiting.length, inFlight: this.inFlight, awaitingRetry: this.awaitingRetry };
  }

  add(update: WebhookUpdate, attempted?: () => void): void {
    this.waiting.push({ update, attempted });
    this.pump();
  }

  /** Drops what waits; answers of requests under way are no longer looked at. */
  close(): void {
    this.closed = true;
    for (const { attempted } of this.waiting) attempted?.();
    this.waiting = [];
    this.due = [];
  }

  private pump(): void {
    while (!this.closed && this.inFlight < this.settings.values.webhookConcurrency) {
      const delivery = this.due.shift() ?? this.nextDelivery();
      if (!delivery) return;
      this.inFlight += 1;
      void this.attempt(delivery);
    }
  }

  private nextDelivery(): Delivery | undefined {
    if (this.waiting.length === 0) return undefined;
    const { webhookBatchMax, webhookConcurrency } = this.settings.values;
    const share = Math.ceil(this.waiting.length / (webhookConcurrency - this.inFlight));
    return this.pack(this.waiting.splice(0, Math.min(webhookBatchMax, share)));
  }

  private pack(queued: Queued[]): Delivery {
    const bytes = Buffer.from(
      asciiJson(
        buildEnvelope(
          queued.map(({ update }) => update),
          this.clock.nowMs(),
        ),
      ),
      'latin1',
    );
    if (bytes.length <= MAX_BYTES || queued.length === 1) {
      return { bytes, queued, updateCount: queued.length, attempt: 1 };
    }
    const half = Math.ceil(queued.length / 2);
    this.waiting = [...queued.slice(half), ...this.waiting];
    return this.pack(queued.slice(0, half));
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const { bytes, attempt, updateCount } = delivery;
    const answer = await this.transport.post(this.url, bytes, signatureHeaders(bytes, this.app.appSecret, 'good'));
    this.inFlight -= 1;
    if (attempt === 1) for (const { attempted } of delivery.queued) attempted?.();
    if (this.closed) return;
    this.figures.recordAnswer(answer, updateCount, attempt);
    this.tell(delivery, answer);
    if (answer.status !== 200) this.retryLater(delivery);
    this.pump();
  }

  private tell({ queued, updateCount: updates, attempt }: Delivery, answer: WebhookAnswer): void {
    const [first] = queued;
    if (!first || !this.feed.isWatched) return;
    const { status, latencyMs, error } = answer;
    const [field, callbackUrl] = [fieldOf(first.update), this.url];
    this.feed.publish('delivery', {
      appId: this.appId,
      callbackUrl,
      field,
      updates,
      attempt,
      status,
      latencyMs,
      error,
    });
  }

  private retryLater(delivery: Delivery): void {
    const { webhookRetryDelaysMs, webhookRetryFactor } = this.settings.values;
    const delayMs = (webhookRetryDelaysMs ?? retryScheduleMs(webhookRetryFactor))[delivery.attempt - 1];
    if (delayMs === undefined) return this.figures.recordGivenUp();
    delivery.attempt += 1;
    this.awaitingRetry += 1;
    this.timers.after(delayMs, () => {
      this.awaitingRetry -= 1;
      this.due.push(delivery);
      this.pump();
    });
  }
}
