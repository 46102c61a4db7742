import { Injectable } from '@nestjs/common';
import { countDeadWebhooks, DEAD_WEBHOOKS_CHUNK, listDeadWebhooks, redriveDeadWebhooks, SystemDb, type DeadWebhookCount, type DeadWebhookFilter } from '@parley/data';
import { logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { notFound } from '../http/id.js';
import { pageOf, windowOf, type Page } from '../http/page.js';
import { deadWebhookView, type DeadWebhookQuery, type DeadWebhookView, type RedrivenWebhooksView } from './dead-webhook.dto.js';

/** What of the ledger could not be applied, for operators: to see, and to try again. */
@Injectable()
export class DeadWebhooks {
  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
    private readonly logger: PinoLogger,
  ) {}

  async list(query: DeadWebhookQuery): Promise<Page<DeadWebhookView>> {
    const { take, before } = windowOf(query);
    return pageOf(await listDeadWebhooks(this.db, query, take, before), query, deadWebhookView);
  }

  async count(filter: DeadWebhookFilter): Promise<RedrivenWebhooksView> {
    return { dryRun: true, ...(await countDeadWebhooks(this.db, filter)) };
  }

  /** @throws resource.not-found for what is not dead, or not any more */
  async redriveOne(id: string): Promise<RedrivenWebhooksView> {
    const redriven = await redriveDeadWebhooks(this.db, {}, id);
    if (redriven.items + redriven.events === 0) throw notFound();
    return this.told(redriven);
  }

  /** All that are dead now: what dies again meanwhile is not taken a second time, for it is counted first. */
  async redriveMany(filter: DeadWebhookFilter): Promise<RedrivenWebhooksView> {
    const left = await countDeadWebhooks(this.db, filter);
    const sum: DeadWebhookCount = { items: 0, events: 0 };
    for (let round = 0; round * DEAD_WEBHOOKS_CHUNK < Math.max(left.items, left.events); round += 1) {
      const { items, events } = await redriveDeadWebhooks(this.db, filter);
      sum.items += items;
      sum.events += events;
      if (items + events === 0) break;
    }
    return this.told(sum);
  }

  private told(redriven: DeadWebhookCount): RedrivenWebhooksView {
    logEvent(this.logger, 'ledger.redriven', { ...redriven });
    this.producer.wake('ledger.wake', {});
    return { dryRun: false, ...redriven };
  }
}
