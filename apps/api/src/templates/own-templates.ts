import { Injectable } from '@nestjs/common';
import { TenantDb, type TenantTx } from '@parley/data';
import { DomainError, parameterFormatOf, templateStatusOf, type ParameterFormat, type TemplateStatus, type TenantId } from '@parley/domain';
import { CredentialSource } from '@parley/messaging';
import { found } from '../http/id.js';
import type { TemplateRow } from './template.view.js';

/** A row, with what decides about edits and about what is news. */
export interface StoredTemplate extends TemplateRow {
  editedAt: Date[];
  statusAt: Date | null;
  categoryAt: Date | null;
  componentsAt: Date | null;
}

/** A template with the account that has it, opened for calls to Meta. */
export interface OpenedTemplate {
  tenantId: TenantId;
  row: StoredTemplate;
  status: TemplateStatus;
  parameterFormat: ParameterFormat;
  wabaId: string;
  accessToken: string;
  /** When Meta's list was last read. */
  listedAt: Date | null;
}

/** Templates and accounts of a tenant. */
@Injectable()
export class OwnTemplates {
  constructor(
    private readonly db: TenantDb,
    private readonly credentials: CredentialSource,
  ) {}

  /** @throws resource.not-found */
  get(tenantId: TenantId, id: string): Promise<StoredTemplate> {
    return this.db.run(tenantId, async (tx) => found(await tx.template.findUnique({ where: { tenantId_id: { tenantId, id } } })));
  }

  /** The account that a request names by one of its numbers or by its id. @throws request.invalid, number.not-found, account.not-found */
  async accountId(tenantId: TenantId, { numberId, accountId }: { numberId?: string | undefined; accountId?: string | undefined }): Promise<string> {
    if ((numberId === undefined) === (accountId === undefined)) {
      const detail = 'Give either numberId or accountId.';
      throw new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'account.not-one', detail }] });
    }
    return this.db.run(tenantId, (tx) => (numberId === undefined ? knownAccount(tx, tenantId, accountId!) : accountOfNumber(tx, tenantId, numberId)));
  }

  /** @throws resource.not-found */
  async open(tenantId: TenantId, id: string): Promise<OpenedTemplate> {
    const { row, account } = await this.db.run(tenantId, async (tx) => {
      const row = found(await tx.template.findUnique({ where: { tenantId_id: { tenantId, id } } }));
      return { row, account: await tx.account.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: row.accountId } } }) };
    });
    const { id: accountId, wabaId, templatesListedAt: listedAt } = account;
    const accessToken = await this.credentials.accessToken({ tenantId, accountId });
    const status = row.status === 'DRAFT' ? 'DRAFT' : templateStatusOf(row.status);
    return { tenantId, row, status, parameterFormat: parameterFormatOf(row.parameterFormat), wabaId, accessToken, listedAt };
  }

  /** All languages of a template's name in its account. */
  languages(tenantId: TenantId, { accountId, name }: Pick<TemplateRow, 'accountId' | 'name'>): Promise<StoredTemplate[]> {
    return this.db.run(tenantId, (tx) => tx.template.findMany({ where: { tenantId, accountId, name } }));
  }
}

async function accountOfNumber(tx: TenantTx, tenantId: TenantId, id: string): Promise<string> {
  const number = await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { accountId: true } });
  if (!number) throw new DomainError('number.not-found', undefined, { errors: [{ pointer: '/numberId', code: 'number.not-found', detail: 'There is no such number.' }] });
  return number.accountId;
}

async function knownAccount(tx: TenantTx, tenantId: TenantId, id: string): Promise<string> {
  const account = await tx.account.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } });
  if (!account) throw new DomainError('account.not-found', undefined, { errors: [{ pointer: '/accountId', code: 'account.not-found', detail: 'There is no such account.' }] });
  return account.id;
}
