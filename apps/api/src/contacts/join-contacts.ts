import { Injectable } from '@nestjs/common';
import { followMerge, lockMerge, mergeContacts, pgFailure, splitContact, survivorOf, SystemDb, type ContactMerge, type SystemTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { found, notFound } from '../http/id.js';
import type { MergeContactDto } from './contact-merge.dto.js';
import { contactMergeView, contactSplitView, type ContactMergeView, type ContactSplitView } from './contact-merge.view.js';

/** Chunks of messages that are moved before the answer; the worker moves the rest. */
const CHUNKS_AT_ONCE = 3;

/** Carries the outcome of a dry run out of the transaction that it undoes. */
class DryRun extends Error {
  constructor(readonly merge: ContactMerge) {
    super('dry run');
  }
}

/** Makes one contact of two, and two of one again. */
@Injectable()
export class JoinContacts {
  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws resource.not-found, contact.not-found for `intoId`, contact.state-conflict */
  async merge(tenantId: TenantId, fromId: string, { intoId, dryRun = false }: MergeContactDto, actor: string): Promise<ContactMergeView> {
    const pair = { tenantId, fromId, intoId: intoId.toLowerCase() };
    const merge = await this.transact(async (tx) => {
      found(await survivorOf(tx, tenantId, fromId));
      const made = await mergeContacts(tx, pair, actor);
      if (dryRun) throw new DryRun(made);
      return made;
    }).catch((error: unknown) => {
      if (error instanceof DryRun) return error.merge;
      throw error;
    });
    if (!dryRun) {
      this.tell('whatsapp.contact_merged', merge.intoId, 'MERGED');
      await followMerge(this.db, merge, CHUNKS_AT_ONCE);
    }
    return contactMergeView(merge, dryRun);
  }

  /** @param id the contact that stayed, or the one that was joined to it. @throws resource.not-found, contact.state-conflict */
  async split(tenantId: TenantId, id: string, mergeId: string, actor: string): Promise<ContactSplitView> {
    const split = await this.transact(async (tx) => {
      const { fromId, intoId } = found(await lockMerge(tx, tenantId, mergeId));
      if (id !== fromId && id !== intoId) throw notFound();
      return splitContact(tx, tenantId, mergeId, actor);
    });
    this.tell('whatsapp.contact_split', split.fromId, 'SPLIT');
    await followMerge(this.db, split, CHUNKS_AT_ONCE);
    return contactSplitView(split);
  }

  /** What waits crosswise with messages that come in is undone by the database, and done once more. */
  private async transact<T>(work: (tx: SystemTx) => Promise<T>): Promise<T> {
    return this.db.transaction(work).catch((error: unknown) => {
      if (pgFailure(error) !== 'transient') throw error;
      return this.db.transaction(work);
    });
  }

  private tell(event: 'whatsapp.contact_merged' | 'whatsapp.contact_split', id: string, to: string): void {
    this.metrics.inc('events_published_total', { event });
    logEvent(this.logger, 'contact.state_changed', { id, to });
  }
}
