import { readTemplates, type FactsRow, type SystemQueries, type TemplateRow } from '@parley/data';
import {
  isJsonObject,
  parameterFormatOf,
  templateCategoryOf,
  TEMPLATE_STATUSES,
  type TemplateDefinition,
  type TemplateStatus,
  type TenantId,
} from '@parley/domain';

/** Definitions that a process keeps. One is some kilobytes; a platform's busy templates are few. */
const MAX_KEPT = 2_000;

/** A definition, and the version of the row that it was read from. */
export interface CurrentTemplate {
  definition: TemplateDefinition;
  version: string;
}

/**
 * Template definitions by (id, version of the row). The facts of every set say which version is current, so a change
 * takes effect with the next message, without any dropping.
 */
export class TemplateDefinitions {
  private readonly kept = new Map<string, TemplateDefinition>();
  /** By number, name and language, as the facts told last. */
  private readonly latest = new Map<string, CurrentTemplate>();

  /** Makes sure that the definitions of these facts are at hand. */
  async load(db: SystemQueries, facts: readonly { tenantId: TenantId; row: FactsRow }[]): Promise<void> {
    const missing = new Map<string, { tenantId: TenantId; id: string }>();
    for (const { tenantId, row } of facts) {
      if (row.templateId === null || this.kept.has(keyOf(row.templateId, row.templateVersion))) continue;
      missing.set(row.templateId, { tenantId, id: row.templateId });
    }
    if (missing.size > 0) for (const row of await readTemplates(db, [...missing.values()])) this.keep(row);
    for (const { row } of facts) this.noteLatest(row);
  }

  /** What this name and language meant for the number a moment ago; undefined when that is not known. */
  current(numberId: string, name: string, language: string): CurrentTemplate | undefined {
    return this.latest.get(placeOf(numberId, name, language));
  }

  /** The definition of a fact; null where the fact names no template. */
  of(row: FactsRow): TemplateDefinition | null {
    return row.templateId === null ? null : (this.kept.get(keyOf(row.templateId, row.templateVersion)) ?? null);
  }

  private noteLatest(row: FactsRow): void {
    const definition = this.of(row);
    if (!definition || row.numberId === null || row.templateVersion === null) return;
    const place = placeOf(row.numberId, definition.name, definition.language);
    if (this.latest.get(place)?.version === row.templateVersion) return;
    if (this.latest.size >= MAX_KEPT) this.latest.delete(this.latest.keys().next().value!);
    this.latest.set(place, { definition, version: row.templateVersion });
  }

  private keep(row: TemplateRow): void {
    if (this.kept.size >= MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(keyOf(row.id, row.version), definitionOf(row));
  }
}

const placeOf = (numberId: string, name: string, language: string) => `${numberId} ${name} ${language}`;

const keyOf = (id: string, version: string | null) => `${id} ${version}`;

/** A row of `templates` as sending reads it. */
export function definitionOf(row: Omit<TemplateRow, 'version'>): TemplateDefinition {
  const components = Array.isArray(row.components) ? row.components.filter(isJsonObject) : [];
  return {
    id: row.id,
    name: row.name,
    language: row.language,
    status: statusOf(row.status),
    category: templateCategoryOf(row.category),
    parameterFormat: parameterFormatOf(row.parameterFormat),
    components,
  };
}

// A state that a newer release wrote is read as "not to be sent yet".
function statusOf(status: string): TemplateStatus {
  return TEMPLATE_STATUSES.find((known) => known === status) ?? 'PENDING';
}
