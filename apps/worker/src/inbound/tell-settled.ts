import { Injectable } from '@nestjs/common';
import { messageType, type WebhookItem } from '@parley/domain';
import { Governor } from '@parley/limits';
import { TemplateChanges } from '@parley/messaging';
import { Clock, logEvent, Metrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import type { SettledItem } from './apply-items.js';
import { DUPLICATE_SUSPECTED } from './apply-statuses.js';
import { inboundOf } from './count-inbound.js';
import { kindLabel, type ItemNews, type ItemOf } from './inbound-item.js';

/** After COMMIT: what became of a set of items goes to metrics and log, and what follows from it is woken. */
@Injectable()
export class TellSettled {
  constructor(
    private readonly clock: Clock,
    private readonly producer: JobProducer,
    private readonly templates: TemplateChanges,
    private readonly governor: Governor,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  async tell(settled: readonly SettledItem[]): Promise<void> {
    for (const one of settled) {
      this.count(one);
      for (const news of one.news ?? []) this.tellNews(news);
    }
    for (const [numberId, count] of inboundOf(settled, this.clock.now().getTime())) this.countInbound(numberId, count);
    const hasMessages = settled.some(({ outcome, work }) => outcome === 'applied' && work.item.kind === 'message');
    if (hasMessages) this.producer.wake('automation.wake', {});
    if (settled.some(bringsMedia)) this.producer.wake('media.fetch', {});
    await this.followTemplates(settled);
  }

  /** Nothing waits for it: after an error the number is as fast for a moment as if nothing had come in. */
  private countInbound(numberId: string, count: number): void {
    void this.governor.noteInbound(numberId, count).catch((err: unknown) => {
      logEvent(this.logger, 'limiter.feedback_failed', { numberId, err: err instanceof Error ? err : new Error(String(err)) });
    });
  }

  private async followTemplates(settled: readonly SettledItem[]): Promise<void> {
    const aftermaths = settled.flatMap(({ templates }) => templates ?? []);
    await this.templates.follow(aftermaths.flatMap(({ changed }) => changed));
    await this.templates.askForSync(aftermaths.flatMap(({ unread }) => unread));
  }

  private count({ work: { item, eventId }, outcome, row }: SettledItem): void {
    this.metrics.inc('webhook_items_total', { kind: kindLabel(item), outcome });
    if (outcome === 'applied' && item.kind === 'message') this.metrics.inc('events_received_total', { type: messageType(item.content.kind) });
    // What Meta tells of earlier times says nothing of how late it is now.
    if (outcome === 'applied' && (item.kind === 'message' || item.kind === 'status') && item.content.at !== null) {
      this.metrics.observe('message_delay_seconds', (this.clock.now().getTime() - item.content.at.getTime()) / 1_000);
    }
    if (outcome === 'applied' && item.kind === 'status') this.metrics.inc('message_statuses_total', { status: item.content.status });
    const fields = { eventId, path: item.path, kind: item.kind, reason: row?.error, attempts: row?.attempts };
    if (outcome === 'unrouted') logEvent(this.logger, 'ledger.item_unrouted', fields);
    if (outcome === 'retry' || outcome === 'dead') logEvent(this.logger, 'ledger.item_failed', fields);
    if (outcome === 'refused') logEvent(this.logger, 'ledger.item_refused', fields);
  }

  private tellNews({ resource, id, to, event, numberId, logAs = `${resource}.state_changed` }: ItemNews): void {
    if (event !== null) this.metrics.inc('events_published_total', { event });
    if (event === 'whatsapp.message_accepted') this.metrics.inc('outbound_message_queued_total', { channel: 'WHATSAPP' });
    if (numberId !== undefined) this.producer.wake('number.wake', { numberId });
    if (to === DUPLICATE_SUSPECTED) this.metrics.inc('message_duplicates_suspected_total');
    if (event === 'whatsapp.number_resumed') this.producer.wake('number.wake', { numberId: id });
    logEvent(this.logger, logAs, { id, to });
  }
}

const SAID = ['message', 'echo', 'history', 'edit'] as const;

const isSaid = (item: WebhookItem): item is ItemOf<(typeof SAID)[number]> => SAID.some((kind) => kind === item.kind);

function bringsMedia({ outcome, work: { item } }: SettledItem): boolean {
  return outcome === 'applied' && isSaid(item) && messageType(item.content.kind) === 'media';
}
