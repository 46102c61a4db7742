import { Injectable } from '@nestjs/common';
import type { TenantId } from '@parley/domain';
import type { SyncReport } from '@parley/messaging';
import type { Page, PageQuery } from '../http/page.js';
import { AccountTemplates } from './account-templates.js';
import { ConnectNumber } from './connect-number.js';
import type { NumberClaim } from './number-at-meta.js';
import type { ConnectedNumberView, NumberView } from './number.view.js';
import { OwnNumbers } from './own-numbers.js';

/** What the API does with numbers. */
@Injectable()
export class NumbersService {
  constructor(
    private readonly own: OwnNumbers,
    private readonly connection: ConnectNumber,
    private readonly templates: AccountTemplates,
  ) {}

  list(tenantId: TenantId, query: PageQuery): Promise<Page<NumberView>> {
    return this.own.list(tenantId, query);
  }

  get(tenantId: TenantId, id: string): Promise<NumberView> {
    return this.own.get(tenantId, id);
  }

  async connect(tenantId: TenantId, claim: NumberClaim): Promise<{ number: ConnectedNumberView; isNew: boolean }> {
    const { row, isNew, templates } = await this.connection.connect(tenantId, claim);
    return { number: { ...(await this.own.get(tenantId, row.id)), templates }, isNew };
  }

  async rotateToken(tenantId: TenantId, id: string, accessToken: string): Promise<NumberView> {
    const { phoneNumberId, account } = await this.own.get(tenantId, id);
    await this.connection.rotateToken(tenantId, { phoneNumberId, wabaId: account.wabaId, accessToken });
    return this.own.get(tenantId, id);
  }

  async syncTemplates(tenantId: TenantId, id: string): Promise<SyncReport> {
    return this.templates.sync(await this.own.openAccount(tenantId, id));
  }
}
