import { Injectable } from '@nestjs/common';
import { PlatformAlertChannels, TenantDb, type AlertChannelRow } from '@parley/data';
import type { Caller } from '../auth/index.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, windowOf, type Page, type PageQuery } from '../http/page.js';
import { alertChannelView, type AlertChannelView } from './alert-channel.view.js';
import { ownChannel, SHOWN } from './own-alert-channels.js';

/** Alert channels: a tenant's own, or with the platform's key those of the configuration. */
@Injectable()
export class ReadAlertChannels {
  constructor(
    private readonly db: TenantDb,
    private readonly platform: PlatformAlertChannels,
  ) {}

  async list(caller: Caller, query: PageQuery): Promise<Page<AlertChannelView>> {
    return pageOf(await this.rows(caller, query), query, alertChannelView);
  }

  /** @throws resource.not-found */
  async find(caller: Caller, id: string): Promise<AlertChannelView> {
    if (caller.kind === 'platform') return alertChannelView(found(await this.platform.find(id)));
    return alertChannelView(await this.db.run(caller.tenantId, (tx) => ownChannel(tx, caller.tenantId, id)));
  }

  private rows(caller: Caller, query: PageQuery): Promise<AlertChannelRow[]> {
    if (caller.kind === 'platform') return this.platform.list(windowOf(query));
    const { tenantId } = caller;
    const { where, ...window } = prismaWindow(query);
    return this.db.run(tenantId, (tx) => tx.alertChannel.findMany({ ...window, where: { ...where, tenantId, removedAt: null }, select: SHOWN }));
  }
}
