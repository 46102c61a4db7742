import { syncTemplates, type ListedTemplate, type SyncedTemplate, type SystemDb } from '@parley/data';
import {
  dropInvalidText,
  EVENTS,
  isJsonObject,
  normalizeLanguage,
  parameterFormatOf,
  templateCategoryOf,
  templateStatusOf,
  type EventName,
  type TenantId,
} from '@parley/domain';
import { logEvent, type EventLogger, type Metrics } from '@parley/platform';

/** A template as Meta lists it; every member beside the first four may be missing. */
export interface MetaTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category?: string;
  readonly parameter_format?: string;
  readonly components?: readonly unknown[];
  readonly rejected_reason?: string;
  readonly quality_score?: { readonly score?: string };
}

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
  readonly metrics: Pick<Metrics, 'inc'>;
  readonly logger: EventLogger;
}

/** Makes an account's templates those that Meta lists. Nothing is written before the whole list was read. */
export class SyncTemplates {
  constructor(private readonly parts: SyncTemplatesParts) {}

  /** @throws whatever the source throws, with nothing changed; database.unavailable. */
  async sync(tenantId: TenantId, accountId: string, source: TemplateSource): Promise<SyncReport> {
    const listed = new Map<string, ListedTemplate>();
    for await (const node of source) {
      const template = listedTemplate(node);
      listed.set(`${template.name} ${template.language}`, template);
    }
    const rows = await this.parts.db.transaction((tx) => syncTemplates(tx, tenantId, accountId, [...listed.values()]));
    for (const row of rows) this.tell(tenantId, row);
    return {
      synced: listed.size,
      added: rows.filter((row) => row.before === null).length,
      changed: rows.filter((row) => row.before !== null && !row.removed).length,
      removed: rows.filter((row) => row.removed).length,
    };
  }

  private tell(tenantId: TenantId, { id, name, language, before, status }: SyncedTemplate): void {
    if (before === status) return;
    const { logger, metrics } = this.parts;
    logEvent(logger, 'template.state_changed', { tenantId, templateId: id, name, language, from: before, to: status });
    const event = EVENTS.find((known): known is EventName => known === `whatsapp.template_${status.toLowerCase()}`);
    if (before !== null && event) metrics.inc('events_published_total', { event });
  }
}

/** Meta's node in our words. */
export function listedTemplate(node: MetaTemplate): ListedTemplate {
  const { rejected_reason: reason, quality_score: quality } = node;
  return {
    metaId: node.id,
    name: dropInvalidText(node.name),
    language: normalizeLanguage(dropInvalidText(node.language)),
    category: templateCategoryOf(node.category ?? ''),
    status: templateStatusOf(node.status),
    parameterFormat: parameterFormatOf(node.parameter_format),
    components: JSON.stringify((node.components ?? []).map(withoutHandle)),
    quality: quality?.score ?? 'UNKNOWN',
    rejectedReason: reason === undefined || reason === 'NONE' ? null : dropInvalidText(reason),
  };
}

/**
 * A component without the example of its media header: Meta lists it as the address of a file that changes with every
 * reading and would make each sync a change.
 */
function withoutHandle(component: unknown): unknown {
  if (!isJsonObject(component) || !isJsonObject(component.example)) return component;
  const { header_handle: _handle, ...example } = component.example;
  return { ...component, example };
}
