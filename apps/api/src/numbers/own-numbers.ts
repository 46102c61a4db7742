import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { accountTokenPlace } from '@parley/messaging';
import { Sealer } from '@parley/platform';
import type { OpenedAccount } from './account-templates.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import { NUMBER_INCLUDE, numberView, type NumberView } from './number.view.js';

/** The numbers of a tenant. */
@Injectable()
export class OwnNumbers {
  constructor(
    private readonly db: TenantDb,
    private readonly sealer: Sealer,
  ) {}

  async list(tenantId: TenantId, query: PageQuery): Promise<Page<NumberView>> {
    const rows = await this.db.run(tenantId, (tx) => tx.phoneNumber.findMany({ ...prismaWindow(query), include: NUMBER_INCLUDE }));
    return pageOf(rows, query, numberView);
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<NumberView> {
    const where = { tenantId_id: { tenantId, id } };
    return numberView(found(await this.db.run(tenantId, (tx) => tx.phoneNumber.findUnique({ where, include: NUMBER_INCLUDE }))));
  }

  /** The account of a number, with its access token in the clear, for a call to Meta. @throws resource.not-found */
  async openAccount(tenantId: TenantId, id: string): Promise<OpenedAccount> {
    const where = { tenantId_id: { tenantId, id } };
    const { account } = found(await this.db.run(tenantId, (tx) => tx.phoneNumber.findUnique({ where, select: { account: true } })));
    const { id: accountId, wabaId, tokenSealed, tokenVersion } = account;
    return { tenantId, accountId, wabaId, accessToken: this.sealer.open(tokenSealed, accountTokenPlace(tenantId, accountId, tokenVersion)) };
  }
}
