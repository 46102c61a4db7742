import { Injectable } from '@nestjs/common';
import { onePerson, TenantDb, type TenantTx } from '@parley/data';
import { DomainError, parsePhone, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, windowOf, type Page, type PageQuery } from '../http/page.js';
import type { StandingConsentsQuery } from './consent.dto.js';
import { consentEventView, standingConsentView, type ConsentEventView, type StandingConsentsView } from './consent.view.js';

/** What stands, and how it came to that. */
@Injectable()
export class ReadConsents {
  constructor(private readonly db: TenantDb) {}

  /**
   * Of one contact all that stands, of all contacts a page.
   * @throws resource.not-found for a phone or id of no contact of this tenant; request.invalid
   */
  standing(tenantId: TenantId, query: StandingConsentsQuery): Promise<StandingConsentsView> {
    const { phone, contactId } = query;
    if (phone !== undefined && contactId !== undefined) throw ambiguous();
    const value = phone === undefined ? undefined : parsePhone(phone, undefined, '/phone');
    return this.db.run(tenantId, async (tx) => {
      if (phone === undefined && contactId === undefined) return listAll(tx, tenantId, query);
      const asked = found(value === undefined ? contactId : await contactOfPhone(tx, tenantId, value));
      const { id } = found(await onePerson(tx, tenantId, asked));
      return listOf(tx, tenantId, id, query);
    });
  }

  /** The append-only record of a contact, newest first. @throws resource.not-found */
  async history(tenantId: TenantId, contactId: string, query: PageQuery): Promise<Page<ConsentEventView>> {
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, async (tx) => {
      const { ids } = found(await onePerson(tx, tenantId, contactId));
      return tx.consentEvent.findMany({ ...window, where: { ...page, contactId: { in: ids } } });
    });
    return pageOf(rows, query, consentEventView);
  }
}

async function listOf(tx: TenantTx, tenantId: TenantId, id: string, { purpose, status }: StandingConsentsQuery): Promise<StandingConsentsView> {
  const where = { ...(purpose && { purpose }), ...(status && { status }) };
  const select = { consents: { where, orderBy: [{ purpose: 'asc' as const }, { channel: 'asc' as const }] } };
  const { consents } = found(await tx.contact.findUnique({ where: { tenantId_id: { tenantId, id } }, select }));
  return { contactId: id, data: consents.map(standingConsentView), hasMore: false, nextCursor: null };
}

async function listAll(tx: TenantTx, tenantId: TenantId, query: StandingConsentsQuery): Promise<StandingConsentsView> {
  const { purpose, status } = query;
  const { take, before } = windowOf(query);
  const where = { tenantId, contact: { mergedInto: null }, ...(purpose && { purpose }), ...(status && { status }), ...(before && { eventId: { lt: before } }) };
  const rows = await tx.consent.findMany({ where, orderBy: { eventId: 'desc' }, take });
  const page = pageOf(rows.map((row) => ({ ...row, id: row.eventId })), query, standingConsentView);
  return { contactId: null, ...page };
}

async function contactOfPhone(tx: TenantTx, tenantId: TenantId, value: string): Promise<string | undefined> {
  const where = { tenantId_kind_value: { tenantId, kind: 'phone', value } };
  return (await tx.contactIdentity.findUnique({ where, select: { contactId: true } }))?.contactId;
}

function ambiguous(): DomainError {
  const detail = 'give phone or contactId, not both';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/contactId', code: 'field.invalid', detail }] });
}
