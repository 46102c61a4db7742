import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page } from '../http/page.js';
import type { TemplateQuery } from './template.query.js';
import { templateView, type TemplateView } from './template.view.js';

/** A tenant's templates, as the last sync or webhook left them. */
@Injectable()
export class ReadTemplates {
  constructor(private readonly db: TenantDb) {}

  /** A number that is not the tenant's has no templates. */
  async list(tenantId: TenantId, query: TemplateQuery): Promise<Page<TemplateView>> {
    const { numberId, name, language, status, category } = query;
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, async (tx) => {
      const number = numberId && (await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id: numberId } } }));
      if (number === null) return [];
      const filters = { name, language, status, category, ...(number && { accountId: number.accountId }) };
      return tx.template.findMany({ ...window, where: { ...page, ...filters } });
    });
    return pageOf(rows, query, templateView);
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<TemplateView> {
    const where = { tenantId_id: { tenantId, id } };
    return templateView(found(await this.db.run(tenantId, (tx) => tx.template.findUnique({ where }))));
  }
}
