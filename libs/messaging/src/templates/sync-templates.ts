import { syncTemplates, type SystemDb } from '@parley/data';
import { ANSWER_HINDSIGHT_MS, type TemplateFacts, type TenantId } from '@parley/domain';
import type { Clock } from '@parley/platform';
import { listedTemplate, type MetaTemplate } from './listed-template.js';
import type { TemplateChanges } from './template-changes.js';

/** Meta's list of an account's templates, to its last page. A list that breaks off throws. */
export type TemplateSource = AsyncIterable<MetaTemplate>;

/** What a sync found. */
export interface SyncReport {
  /** Templates in Meta's list. */
  synced: number;
  added: number;
  changed: number;
  /** Templates that Meta lists no longer; they are DISABLED now. */
  removed: number;
}

export interface SyncTemplatesParts {
  readonly db: SystemDb;
  readonly changes: TemplateChanges;
  readonly clock: Pick<Clock, 'now'>;
}

/** Makes an account's templates those that Meta lists. Nothing is written before the whole list was read. */
export class SyncTemplates {
  constructor(private readonly parts: SyncTemplatesParts) {}

  /** @throws whatever the source throws, with nothing changed; database.unavailable. */
  async sync(tenantId: TenantId, accountId: string, source: TemplateSource): Promise<SyncReport> {
    // As it was when the reading began: whatever a webhook tells of later is newer than the list.
    const listedAt = new Date(this.parts.clock.now().getTime() - ANSWER_HINDSIGHT_MS);
    const listed = new Map<string, TemplateFacts>();
    for await (const node of source) {
      const template = listedTemplate(node, listedAt);
      listed.set(`${template.name} ${template.language}`, template);
    }
    const rows = await this.parts.db.transaction((tx) => syncTemplates(tx, tenantId, accountId, [...listed.values()], listedAt));
    await this.parts.changes.follow(rows);
    return {
      synced: listed.size,
      added: rows.filter((row) => row.before === null).length,
      changed: rows.filter((row) => row.before !== null && !row.removed).length,
      removed: rows.filter((row) => row.removed).length,
    };
  }
}
