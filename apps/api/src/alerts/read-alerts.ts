import { Injectable } from '@nestjs/common';
import { listAlerts, SystemDb, TenantDb, type AlertRow } from '@parley/data';
import type { Caller } from '../auth/index.js';
import { pageOf, prismaWindow, windowOf, type Page } from '../http/page.js';
import type { AlertQuery } from './alert.query.js';
import { alertView, type AlertView } from './alert.view.js';

const SHOWN = {
  id: true,
  tenantId: true,
  kind: true,
  objectType: true,
  objectId: true,
  subject: true,
  severity: true,
  state: true,
  facts: true,
  openedAt: true,
  lastSeenAt: true,
  resolvedAt: true,
};

/** Alerts: a tenant's own, or with the platform's key all of them. */
@Injectable()
export class ReadAlerts {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly systemDb: SystemDb,
  ) {}

  async list(caller: Caller, query: AlertQuery): Promise<Page<AlertView>> {
    return pageOf(await this.rows(caller, query), query, alertView);
  }

  private rows(caller: Caller, query: AlertQuery): Promise<AlertRow[]> {
    const { state, kind } = query;
    if (caller.kind === 'platform') return listAlerts(this.systemDb, windowOf(query), { state, kind });
    const { tenantId } = caller;
    const { where, ...window } = prismaWindow(query);
    const filter = { ...where, tenantId, ...(state !== undefined && { state }), ...(kind !== undefined && { kind }) };
    return this.tenantDb.run(tenantId, (tx) => tx.alert.findMany({ ...window, where: filter, select: SHOWN }));
  }
}
