import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { diffTemplates, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import type { Page } from '../http/page.js';
import type { TemplateDiffView, TemplateVersionQuery, TemplateVersionView } from './template-version.view.js';

interface VersionRow {
  version: number;
  category: string;
  components: unknown;
  origin: string;
  createdAt: Date;
}

/** What a tenant's templates said before. */
@Injectable()
export class ReadTemplateVersions {
  constructor(private readonly db: TenantDb) {}

  /** Newest first. @throws resource.not-found */
  async list(tenantId: TenantId, templateId: string, { limit, cursor }: TemplateVersionQuery): Promise<Page<TemplateVersionView>> {
    const rows = await this.db.run(tenantId, async (tx) => {
      found(await tx.template.findUnique({ where: { tenantId_id: { tenantId, id: templateId } }, select: { id: true } }));
      const where = { tenantId, templateId, ...(cursor !== undefined && { version: { lt: Number(cursor) } }) };
      return tx.templateVersion.findMany({ where, orderBy: { version: 'desc' }, take: limit + 1 });
    });
    const data = rows.slice(0, limit).map(versionView);
    const hasMore = rows.length > limit;
    return { data, hasMore, nextCursor: hasMore ? String(data.at(-1)?.version) : null };
  }

  /** @throws resource.not-found */
  async diff(tenantId: TenantId, templateId: string, ...places: [from: string, to: string]): Promise<TemplateDiffView> {
    const [from, to] = places.map(versionOf) as [number, number];
    const read = await this.db.run(tenantId, (tx) => tx.templateVersion.findMany({ where: { tenantId, templateId, version: { in: [from, to] } } }));
    const [one, other] = [from, to].map((version) => versionView(found(read.find((row) => row.version === version) ?? null)));
    return { from, to, ...diffTemplates(one!, other!) };
  }
}

function versionView({ version, category, components, origin, createdAt }: VersionRow): TemplateVersionView {
  return { version, category, components: Array.isArray(components) ? (components as unknown[]) : [], origin, createdAt };
}

/** Whatever is no version leads nowhere. */
function versionOf(place: string): number {
  return Number(found(/^[1-9]\d{0,8}$/.test(place) ? place : null));
}
