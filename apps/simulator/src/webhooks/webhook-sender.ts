import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventFeed } from '../feed/event-feed.js';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import type { BusinessNumber, MetaApp, Subscription } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { Clock } from '../state/clock.js';
import { Settings } from '../state/settings.js';
import { wabaOf, type WebhookUpdate } from './envelope.js';
import type { ReceiverReport } from './receiver-figures.js';
import { Timers } from './timers.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WebhookTransport } from './webhook-transport.js';

/** What GET /control/receiver says of one callback, with what is still on its way. */
export interface CallbackReport extends ReceiverReport {
  readonly appId: string;
  readonly callbackUrl: string;
  readonly backlog: { readonly waiting: number; readonly inFlight: number; readonly awaitingRetry: number };
}

/** Brings every update to each app that is subscribed to its account. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  private readonly outboxes = new Map<string, WebhookOutbox>();
  private readonly random: RandomStream;
  private unsubscribed = 0;
  private dropped = 0;

  constructor(
    private readonly accounts: Accounts,
    private readonly apps: Apps,
    private readonly settings: Settings,
    private readonly transport: WebhookTransport,
    private readonly timers: Timers,
    private readonly clock: Clock,
    private readonly feed: EventFeed,
    random: SeededRandom,
  ) {
    this.random = random.stream('webhooks');
  }

  /** Queues an update: as often, as late and as surely as the settings want it. */
  send(update: WebhookUpdate): void {
    const { webhookDropShare, webhookDelayMs } = this.settings.values;
    if (this.random.chance(webhookDropShare)) {
      this.dropped += 1;
      return;
    }
    const delayMs = this.random.int(webhookDelayMs.min, webhookDelayMs.max);
    if (delayMs === 0) this.queue(update);
    else this.timers.after(delayMs, () => this.queue(update));
  }

  /** As `send`, and waits until every receiver was asked once. */
  async sendAndWait(update: WebhookUpdate): Promise<void> {
    const attempts: Promise<void>[] = [];
    this.queue(update, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      attempts.push(promise);
      return resolve;
    });
    await Promise.all(attempts);
  }

  /** Updates of accounts that no app is subscribed to: they go nowhere, as with Meta. */
  get unsubscribedCount(): number {
    return this.unsubscribed;
  }

  /** Updates that were dropped because the settings said so. */
  get droppedCount(): number {
    return this.dropped;
  }

  report(): CallbackReport[] {
    return [...this.outboxes.values()].map((outbox) => ({
      appId: outbox.appId,
      callbackUrl: outbox.url,
      backlog: outbox.backlog,
      ...outbox.figures.report(),
    }));
  }

  clear(): void {
    for (const outbox of this.outboxes.values()) outbox.close();
    this.outboxes.clear();
    this.unsubscribed = 0;
    this.dropped = 0;
  }

  onApplicationShutdown(): void {
    this.clear();
  }

  private queue(update: WebhookUpdate, onAttempt?: () => () => void): void {
    const outboxes = this.outboxesFor(update);
    if (outboxes.length === 0) this.unsubscribed += 1;
    for (const outbox of outboxes) {
      for (let copy = 0; copy <= this.settings.values.duplicates; copy += 1) outbox.add(update, onAttempt?.());
    }
  }

  private outboxesFor(update: WebhookUpdate): WebhookOutbox[] {
    const account = this.accounts.find(wabaOf(update));
    if (!account) return [];
    return [...account.subscriptions.values()].flatMap((subscription) => {
      const app = this.apps.find(subscription.appId);
      if (!app) return [];
      // Meta: overrides of the number, then of the account stand in for the app's callback, for `messages` only.
      const override = update.kind === 'field' ? undefined : this.overrideOf(update.number, subscription);
      return [this.outbox(app, override ?? app.callbackUrl)];
    });
  }

  /** The number is looked up anew: an update may have waited while it changed. */
  private overrideOf({ id }: BusinessNumber, { overrideCallbackUri }: Subscription): string | undefined {
    return this.accounts.findNumber(id)?.overrideCallbackUri ?? overrideCallbackUri;
  }

  private outbox(app: MetaApp, url: string): WebhookOutbox {
    const key = `${app.appId} ${url}`;
    let outbox = this.outboxes.get(key);
    if (!outbox) {
      outbox = new WebhookOutbox(app, url, this.transport, this.timers, this.settings, this.clock, this.feed);
      this.outboxes.set(key, outbox);
    }
    return outbox;
  }
}
