import { Holds, releaseHeldMessages, wantSync, type ChangedTemplate, type HeldTemplate, type SystemDb } from '@parley/data';
import { DomainError, EVENTS, type EventName, type TenantId } from '@parley/domain';
import { logEvent, type EventLogger, type Metrics } from '@parley/platform';
import type { JobProducer } from '@parley/queue';
import type { CachedTemplates } from './cached-templates.js';

export interface TemplateChangesParts {
  readonly db: SystemDb;
  readonly cached: Pick<CachedTemplates<unknown>, 'drop'>;
  readonly producer: Pick<JobProducer, 'wake'>;
  readonly metrics: Pick<Metrics, 'inc'>;
  readonly logger: EventLogger;
}

/** What follows when templates have changed, by whatever way: they are told of, forgotten by caches, and let go or fail what waited. */
export class TemplateChanges {
  constructor(private readonly parts: TemplateChangesParts) {}

  /** Call it after COMMIT. What a crash or an absence of the database leaves undone here, the sweep does. */
  async follow(changed: readonly ChangedTemplate[]): Promise<void> {
    if (changed.length === 0) return;
    for (const one of changed) this.tell(one);
    await this.forget(changed);
    const moved = changed.filter(({ before, status }) => before !== null && before !== status);
    await this.endHolds(moved);
    await this.release(moved.map(({ tenantId, id }) => ({ tenantId, templateId: id })));
  }

  /** Makes caches forget templates; `follow` does it for those that it is told of. Call it after COMMIT. */
  forget(templates: readonly { tenantId: TenantId; id: string }[]): Promise<void> {
    return this.parts.cached.drop(templates);
  }

  /** Asks for the sync of accounts of which something was said that only their lists can tell. */
  async askForSync(accounts: readonly { tenantId: TenantId; id: string }[]): Promise<void> {
    if (accounts.length === 0) return;
    try {
      for (const numberId of await wantSync(this.parts.db, accounts)) this.parts.producer.wake('templates.sync', { numberId });
    } catch (error) {
      // The sync of every six hours finds the same.
      if (!(error instanceof DomainError)) throw error;
    }
  }

  private tell({ tenantId, id, name, language, before, status }: ChangedTemplate): void {
    if (before === status) return;
    const { logger, metrics } = this.parts;
    logEvent(logger, 'template.state_changed', { tenantId, templateId: id, name, language, from: before, to: status });
    const event = EVENTS.find((known): known is EventName => known === `whatsapp.template_${status.toLowerCase()}`);
    if (before !== null && event) metrics.inc('events_published_total', { event });
  }

  /** What a refused message said of its template is over when Meta says something newer. */
  private async endHolds(moved: readonly ChangedTemplate[]): Promise<void> {
    const holds = new Holds(this.parts.db);
    try {
      for (const { tenantId, id } of moved) await holds.end({ tenantId, scope: 'template', scopeId: id, cause: 'template', actor: 'meta' });
    } catch (error) {
      // The database is away: the hold ends by its own time.
      if (!(error instanceof DomainError)) throw error;
    }
  }

  private async release(templates: readonly HeldTemplate[]): Promise<void> {
    if (templates.length === 0) return;
    try {
      for (let moved = await this.releaseChunk(templates); moved > 0; moved = await this.releaseChunk(templates));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  private async releaseChunk(templates: readonly HeldTemplate[]): Promise<number> {
    const released = await releaseHeldMessages(this.parts.db, templates);
    for (const { numberId, state } of released) if (state === 'QUEUED') this.parts.producer.wake('number.wake', { numberId });
    return released.reduce((sum, { count }) => sum + count, 0);
  }
}
