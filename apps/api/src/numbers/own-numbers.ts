import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { CredentialSource } from '@parley/messaging';
import type { OpenedAccount } from './account-templates.js';
import { readOpenHolds } from '../holds/open-holds.js';
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
    private readonly credentials: CredentialSource,
  ) {}

  async list(tenantId: TenantId, query: PageQuery): Promise<Page<NumberView>> {
    return this.db.run(tenantId, async (tx) => {
      const rows = await tx.phoneNumber.findMany({ ...prismaWindow(query), include: NUMBER_INCLUDE });
      const held = await readOpenHolds(tx, tenantId, rows.map(({ id }) => id));
      return pageOf(rows, query, (row) => numberView(row, held.get(row.id) ?? []));
    });
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<NumberView> {
    const where = { tenantId_id: { tenantId, id } };
    return this.db.run(tenantId, async (tx) => {
      const row = found(await tx.phoneNumber.findUnique({ where, include: NUMBER_INCLUDE }));
      return numberView(row, (await readOpenHolds(tx, tenantId, [id])).get(id) ?? []);
    });
  }

  /** A number and its account, with the access token in the clear, for a call to Meta. @throws resource.not-found */
  async openAccount(tenantId: TenantId, id: string): Promise<OpenedNumber> {
    const where = { tenantId_id: { tenantId, id } };
    const select = { graphId: true, account: { select: { id: true, wabaId: true } } } as const;
    const { graphId, account } = found(await this.db.run(tenantId, (tx) => tx.phoneNumber.findUnique({ where, select })));
    const { id: accountId, wabaId } = account;
    const accessToken = await this.credentials.accessToken({ tenantId, accountId });
    return { tenantId, numberId: id, graphId, accountId, wabaId, accessToken };
  }
}
