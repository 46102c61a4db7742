import { Injectable } from '@nestjs/common';
import { isUniqueViolation, TenantDb } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import { userView, type CreateUserBody, type UpdateUserBody, type UserView } from './user.dto.js';

/** The people of a tenant. */
@Injectable()
export class ManageUsers {
  constructor(private readonly db: TenantDb) {}

  /** @throws user.exists for an email or a subject that the tenant has already. */
  async create(tenantId: TenantId, { subject, email, name, role }: CreateUserBody): Promise<UserView> {
    const data = { tenantId, subject, email: email.toLowerCase(), name, role };
    try {
      return userView(await this.db.run(tenantId, (tx) => tx.user.create({ data })));
    } catch (error) {
      if (isUniqueViolation(error))
        throw new DomainError('user.exists', 'A user with this email or subject exists.', { cause: error });
      throw error;
    }
  }

  async list(tenantId: TenantId, query: PageQuery): Promise<Page<UserView>> {
    const { where, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, (tx) => tx.user.findMany({ ...window, where: { ...where, tenantId } }));
    return pageOf(rows, query, userView);
  }

  /** @throws resource.not-found */
  async find(tenantId: TenantId, id: string): Promise<UserView> {
    return userView(found(await this.db.run(tenantId, (tx) => tx.user.findFirst({ where: { id, tenantId } }))));
  }

  /** @throws resource.not-found */
  async update(tenantId: TenantId, id: string, { role, state }: UpdateUserBody): Promise<UserView> {
    const data = { ...(role && { role }), ...(state && { state }) };
    const [row] = await this.db.run(tenantId, (tx) => tx.user.updateManyAndReturn({ where: { id, tenantId }, data }));
    return userView(found(row));
  }
}
