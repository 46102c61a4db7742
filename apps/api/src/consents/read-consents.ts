import { Injectable } from '@nestjs/common';
import { TenantDb, type TenantTx } from '@parley/data';
import { DomainError, parsePhone, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import type { StandingConsentsQuery } from './consent.dto.js';
import { consentEventView, type ConsentEventView, type StandingConsentsView } from './consent.view.js';

/** What stands, and how it came to that. */
@Injectable()
export class ReadConsents {
  constructor(private readonly db: TenantDb) {}

  /** @throws resource.not-found for a phone or id of no contact of this tenant; request.invalid */
  standing(tenantId: TenantId, { phone, contactId }: StandingConsentsQuery): Promise<StandingConsentsView> {
    if ((phone === undefined) === (contactId === undefined)) throw ambiguous();
    const value = phone === undefined ? undefined : parsePhone(phone, undefined, '/phone');
    return this.db.run(tenantId, async (tx) => {
      const id = found(value === undefined ? contactId : await contactOfPhone(tx, tenantId, value));
      const { consents } = found(
        await tx.contact.findUnique({
          where: { tenantId_id: { tenantId, id } },
          select: { consents: { orderBy: { purpose: 'asc' } } },
        }),
      );
      const data = consents.map(({ purpose, status, updatedAt, eventId }) => ({ contactId: id, purpose, status, recordedAt: updatedAt, eventId }));
      return { contactId: id, data };
    });
  }

  /** The append-only record of a contact, newest first. @throws resource.not-found */
  async history(tenantId: TenantId, contactId: string, query: PageQuery): Promise<Page<ConsentEventView>> {
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, async (tx) => {
      found(await tx.contact.findUnique({ where: { tenantId_id: { tenantId, id: contactId } }, select: { id: true } }));
      return tx.consentEvent.findMany({ ...window, where: { ...page, contactId } });
    });
    return pageOf(rows, query, consentEventView);
  }
}

async function contactOfPhone(tx: TenantTx, tenantId: TenantId, value: string): Promise<string | undefined> {
  const where = { tenantId_kind_value: { tenantId, kind: 'phone', value } };
  return (await tx.contactIdentity.findUnique({ where, select: { contactId: true } }))?.contactId;
}

function ambiguous(): DomainError {
  const detail = 'give either phone or contactId';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/contactId', code: 'field.invalid', detail }] });
}
