import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { parsePhone, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page } from '../http/page.js';
import type { ChangeContactDto, ContactQuery } from './contact.dto.js';
import { CONTACT_INCLUDE, contactView, type ContactView } from './contact.view.js';
import { refuseUnstorableText } from './storable-text.js';

/** The people a tenant writes with. They come by consents and messages, not by this API. */
@Injectable()
export class OwnContacts {
  constructor(private readonly db: TenantDb) {}

  async list(tenantId: TenantId, query: ContactQuery): Promise<Page<ContactView>> {
    refuseUnstorableText(query);
    const { customerId, tag } = query;
    const phone = query.phone === undefined ? undefined : parsePhone(query.phone, undefined, '/phone');
    const { where: page, ...window } = prismaWindow(query);
    const where = {
      ...page,
      customerId,
      ...(phone !== undefined && { identities: { some: { kind: 'phone', value: phone } } }),
      ...(tag !== undefined && { tags: { some: { tag } } }),
    };
    const rows = await this.db.run(tenantId, (tx) => tx.contact.findMany({ ...window, where, include: CONTACT_INCLUDE }));
    return pageOf(rows, query, contactView);
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<ContactView> {
    const where = { tenantId_id: { tenantId, id } };
    return contactView(found(await this.db.run(tenantId, (tx) => tx.contact.findUnique({ where, include: CONTACT_INCLUDE }))));
  }

  /** @throws resource.not-found, text.invalid-character */
  async change(tenantId: TenantId, id: string, changes: ChangeContactDto): Promise<ContactView> {
    refuseUnstorableText(changes);
    const { name, customerId } = changes;
    const row = await this.db.run(tenantId, async (tx) => {
      await tx.contact.updateMany({ where: { tenantId, id }, data: { name, customerId } });
      return tx.contact.findUnique({ where: { tenantId_id: { tenantId, id } }, include: CONTACT_INCLUDE });
    });
    return contactView(found(row));
  }
}
