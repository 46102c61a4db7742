import { Injectable } from '@nestjs/common';
import { dropDraft, isUniqueViolation, SystemDb, TenantDb, type TenantTx } from '@parley/data';
import { canonicalComponents, DomainError, TEMPLATE_REMOVED, type ParameterFormat, type TenantId } from '@parley/domain';
import { TemplateChanges } from '@parley/messaging';
import { refuseUnstorableText } from '../contacts/storable-text.js';
import type { StoredTemplate } from './own-templates.js';

/** What a draft says. */
export interface DraftContent {
  category: string;
  components: readonly unknown[];
  parameterFormat: ParameterFormat;
  ttlSeconds: number | null;
}

/** Where a new draft belongs. */
export interface DraftPlace {
  accountId: string;
  name: string;
  language: string;
}

/** Templates that Meta does not know of yet. */
@Injectable()
export class TemplateDrafts {
  constructor(
    private readonly db: TenantDb,
    private readonly system: SystemDb,
    private readonly changes: TemplateChanges,
  ) {}

  /**
   * Makes a draft. A name and language that Meta does not have any more may be used again: the row begins anew, and its
   * versions go on.
   * @throws template.exists, text.invalid-character
   */
  async create(tenantId: TenantId, place: DraftPlace, content: DraftContent): Promise<StoredTemplate> {
    refuseUnstorableText(content);
    try {
      const row = await this.db.run(tenantId, (tx) => this.insert(tx, tenantId, place, content));
      await this.follow(tenantId, row, null);
      return row;
    } catch (error) {
      if (isUniqueViolation(error)) throw exists(place);
      throw error;
    }
  }

  /** Changes a draft. @throws text.invalid-character */
  async edit(tenantId: TenantId, draft: StoredTemplate, content: DraftContent): Promise<StoredTemplate> {
    refuseUnstorableText(content);
    const row = await this.db.run(tenantId, (tx) => this.write(tx, tenantId, draft, content, {}));
    await this.follow(tenantId, row, draft.status);
    return row;
  }

  /** Drops a draft: it stays readable, as a template that Meta does not have. */
  async remove(tenantId: TenantId, { id }: StoredTemplate): Promise<void> {
    await this.changes.follow(await dropDraft(this.system, tenantId, id));
  }

  private async insert(tx: TenantTx, tenantId: TenantId, place: DraftPlace, content: DraftContent): Promise<StoredTemplate> {
    const known = await tx.template.findUnique({ where: { tenantId_accountId_name_language: { tenantId, ...place } } });
    if (known?.status === 'DISABLED' && known.rejectedReason === TEMPLATE_REMOVED) return this.write(tx, tenantId, known, content, ANEW);
    if (known) throw exists(place);
    const row = await tx.template.create({ data: { tenantId, ...place, status: 'DRAFT', ...columnsOf(content) } });
    await this.keep(tx, row);
    return row;
  }

  private async write(tx: TenantTx, tenantId: TenantId, before: StoredTemplate, content: DraftContent, more: object): Promise<StoredTemplate> {
    const columns = columnsOf(content);
    const isNew = before.category !== columns.category || JSON.stringify(before.components) !== JSON.stringify(columns.components);
    const data = { ...columns, ...more, ...(isNew && { version: { increment: 1 } }) };
    // What Meta took or told of meanwhile is not a draft any more.
    const { id, status, submittedAt } = before;
    const { count } = await tx.template.updateMany({ where: { tenantId, id, status, submittedAt }, data });
    if (count === 0) throw new DomainError('template.state-conflict', `The template is no longer ${status}; look at it again.`);
    const row = await tx.template.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } });
    if (isNew) await this.keep(tx, row);
    return row;
  }

  private async keep(tx: TenantTx, { tenantId, id: templateId, version, category, components }: StoredTemplate & { tenantId: string }): Promise<void> {
    const kept = canonicalComponents(Array.isArray(components) ? components : []);
    await tx.templateVersion.create({ data: { tenantId, templateId, version, category, components: kept as object[], origin: 'tenant' } });
  }

  private follow(tenantId: TenantId, { id, name, language, status }: StoredTemplate, before: string | null): Promise<void> {
    return this.changes.follow([{ tenantId, id, name, language, before, status, removed: false }]);
  }
}

/** What a row loses that begins anew. */
const ANEW = {
  status: 'DRAFT',
  metaId: null,
  rejectedReason: null,
  quality: 'UNKNOWN',
  previousCategory: null,
  correctCategory: null,
  submittedAt: null,
  editedAt: [],
  statusAt: null,
  categoryAt: null,
  qualityAt: null,
  componentsAt: null,
};

function columnsOf({ category, components, parameterFormat, ttlSeconds }: DraftContent) {
  return { category, components: canonicalComponents(components, { withSamples: true }) as object[], parameterFormat, ttlSeconds };
}

function exists({ name, language }: DraftPlace): DomainError {
  const detail = `Template ${name} (${language}) exists.`;
  return new DomainError('template.exists', detail, { errors: [{ pointer: '/name', code: 'template.exists', detail }] });
}
