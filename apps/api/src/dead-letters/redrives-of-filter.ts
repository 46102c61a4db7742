import { Injectable } from '@nestjs/common';
import { TenantDb, type DeadLetterFilter } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { JobProducer } from '@parley/queue';
import type { TenantCaller } from '../auth/index.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import type { RedriveView } from './redrive.view.js';

type RedriveRow = Omit<RedriveView, 'filter'> & { filter: unknown };

/** Redrives of many: begun here, done by the worker. */
@Injectable()
export class RedrivesOfFilter {
  constructor(
    private readonly db: TenantDb,
    private readonly producer: JobProducer,
  ) {}

  /** Begins one. It takes what is dead now: what fails again meanwhile is not taken twice. */
  async begin({ tenantId, actor }: TenantCaller, filter: DeadLetterFilter, allowDuplicate: boolean): Promise<RedriveView> {
    const data = { tenantId, actor, filter: { ...filter, ...(filter.reasons && { reasons: [...filter.reasons] }) }, allowDuplicate };
    const row = await this.db.run(tenantId, (tx) => tx.redrive.create({ data }));
    this.producer.wake('messages.redrive', {});
    return redriveView(row);
  }

  list(tenantId: TenantId, query: PageQuery): Promise<Page<RedriveView>> {
    const { where, ...window } = prismaWindow(query);
    return this.db.run(tenantId, async (tx) => pageOf(await tx.redrive.findMany({ ...window, where: { tenantId, ...where } }), query, redriveView));
  }

  /** @throws resource.not-found */
  get(tenantId: TenantId, id: string): Promise<RedriveView> {
    return this.db.run(tenantId, async (tx) => redriveView(found(await tx.redrive.findUnique({ where: { tenantId_id: { tenantId, id } } }))));
  }
}

function redriveView({ id, state, actor, cause, filter, allowDuplicate, looked, redriven, createdAt, finishedAt }: RedriveRow): RedriveView {
  return { id, state, actor, cause, filter: filter as object, allowDuplicate, looked, redriven, createdAt, finishedAt };
}
