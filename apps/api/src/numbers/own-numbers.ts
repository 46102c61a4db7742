import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { accountTokenPlace } from '@parley/messaging';
import { Sealer } from '@parley/platform';
import type { OpenedAccount } from './account-templates.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import { NUMBER_INCLUDE, numberView, type NumberView } from './number.view.js';

/** A number of a tenant, with what a call to Meta needs. */
export interface OpenedNumber extends OpenedAccount {
  numberId: string;
  /** Meta's id of the number. */
  graphId: string;
}

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

  /** A number and its account, with the access token in the clear, for a call to Meta. @throws resource.not-found */
  async openAccount(tenantId: TenantId, id: string): Promise<OpenedNumber> {
    const where = { tenantId_id: { tenantId, id } };
    const select = { graphId: true, account: { select: { id: true, wabaId: true, tokenSealed: true, tokenVersion: true } } } as const;
    const { graphId, account } = found(await this.db.run(tenantId, (tx) => tx.phoneNumber.findUnique({ where, select })));
    const { id: accountId, wabaId, tokenSealed, tokenVersion } = account;
    const accessToken = this.sealer.open(tokenSealed, accountTokenPlace(tenantId, accountId, tokenVersion));
    return { tenantId, numberId: id, graphId, accountId, wabaId, accessToken };
  }
}
