import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { previewTemplate, templateSchema, type JsonSchema, type TenantId } from '@parley/domain';
import { CachedTemplates } from '@parley/messaging';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, windowOf, type Page } from '../http/page.js';
import type { TemplatePreviewView } from './template-preview.view.js';
import type { TemplateQuery } from './template.query.js';
import { definitionOf, templateView, type TemplateGroupView, type TemplateView } from './template.view.js';

/**
 * A tenant's templates, as the last sync, webhook or change left them. Single ones come from Redis, which forgets them at
 * every change; lists come from the database.
 */
@Injectable()
export class ReadTemplates {
  constructor(
    private readonly db: TenantDb,
    private readonly cached: CachedTemplates<TemplateView>,
  ) {}

  /** A number that is not the tenant's has no templates. */
  async list(tenantId: TenantId, query: TemplateQuery): Promise<Page<TemplateView> | Page<TemplateGroupView>> {
    return query.groupBy === 'name' ? this.groups(tenantId, query) : this.rows(tenantId, query);
  }

  /** @throws resource.not-found */
  get(tenantId: TenantId, id: string): Promise<TemplateView> {
    const where = { tenantId_id: { tenantId, id } };
    return this.cached.get({ tenantId, id }, async () => templateView(found(await this.db.run(tenantId, (tx) => tx.template.findUnique({ where })))));
  }

  /** JSON Schema of what a send of it must give as `template.parameters`. @throws resource.not-found */
  async schema(tenantId: TenantId, id: string): Promise<JsonSchema> {
    return templateSchema(definitionOf(await this.get(tenantId, id)));
  }

  /** @throws resource.not-found */
  async preview(tenantId: TenantId, id: string, parameters: unknown): Promise<TemplatePreviewView> {
    const { header, body, footer, buttons, cards, errors } = previewTemplate(definitionOf(await this.get(tenantId, id)), parameters);
    return { header, body, footer, buttons: [...buttons], cards: cards.map((card) => ({ ...card, buttons: [...card.buttons] })), errors: [...errors] };
  }

  private async rows(tenantId: TenantId, query: TemplateQuery): Promise<Page<TemplateView>> {
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, async (tx) => {
      const filters = await filtersOf(tx, tenantId, query);
      return filters === null ? [] : tx.template.findMany({ ...window, where: { ...page, ...filters } });
    });
    return pageOf(rows, query, templateView);
  }

  /** By name, each with all of its languages that the filters let through; the cursor is one of the last name's. */
  private async groups(tenantId: TenantId, query: TemplateQuery): Promise<Page<TemplateGroupView>> {
    const { take, before } = windowOf(query);
    const groups = await this.db.run(tenantId, async (tx) => {
      const filters = await filtersOf(tx, tenantId, query);
      if (filters === null) return [];
      const last = before && found(await tx.template.findUnique({ where: { tenantId_id: { tenantId, id: before } }, select: { name: true } }));
      const where = { AND: [filters, last ? { name: { gt: last.name } } : {}] };
      const names = (await tx.template.groupBy({ by: ['name'], where, orderBy: { name: 'asc' }, take })).map(({ name }) => name);
      const rows = await tx.template.findMany({ where: { AND: [filters, { name: { in: names } }] }, orderBy: [{ accountId: 'asc' }, { language: 'asc' }] });
      const byName = Map.groupBy(rows, ({ name }) => name);
      return names.map((name) => ({ id: byName.get(name)?.[0]?.id ?? '', name, rows: byName.get(name) ?? [] }));
    });
    return pageOf(groups, query, ({ name, rows }) => ({ name, languages: rows.map(templateView) }));
  }
}

type Tx = Parameters<Parameters<TenantDb['run']>[1]>[0];

/** null: the number of the filter is not the tenant's. */
async function filtersOf(tx: Tx, tenantId: TenantId, { numberId, name, language, status, category }: TemplateQuery) {
  const number = numberId && (await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id: numberId } } }));
  if (number === null) return null;
  return { tenantId, name, language, status, category, ...(number && { accountId: number.accountId }) };
}
