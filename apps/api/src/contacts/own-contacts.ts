import { Injectable } from '@nestjs/common';
import { changeContact, SystemDb, TenantDb, type TenantTx } from '@parley/data';
import { DomainError, parsePhone, variantsOf, type Identity, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import type { ChangeContactDto, ContactQuery } from './contact.dto.js';
import { CONTACT_INCLUDE, contactView, type ContactView } from './contact.view.js';
import { contactEventView, type ContactEventView } from './contact-event.view.js';
import { refuseUnstorableText } from './storable-text.js';

const CONTEXT_BYTES = 16_384;

/** The people a tenant writes with. They come by consents and messages, not by this API. */
@Injectable()
export class OwnContacts {
  constructor(
    private readonly db: TenantDb,
    private readonly system: SystemDb,
  ) {}

  /** Those that were joined to another contact are not listed: that one is. */
  async list(tenantId: TenantId, query: ContactQuery): Promise<Page<ContactView>> {
    refuseUnstorableText(query);
    const { customerId, tag, identity } = query;
    const numbers = query.phone === undefined ? undefined : formsOf(parsePhone(query.phone, undefined, '/phone'));
    const { where: page, ...window } = prismaWindow(query);
    const where = {
      ...page,
      mergedInto: null,
      customerId,
      AND: [
        ...(numbers === undefined ? [] : [{ identities: { some: { OR: numbers } } }]),
        ...(identity === undefined ? [] : [{ identities: { some: { value: identity } } }]),
      ],
      ...(tag !== undefined && { tags: { some: { tag } } }),
    };
    const rows = await this.db.run(tenantId, (tx) => tx.contact.findMany({ ...window, where, include: CONTACT_INCLUDE }));
    return pageOf(rows, query, (row) => contactView(row));
  }

  /** The contact, or the one that it was joined to, which then says so. @throws resource.not-found */
  get(tenantId: TenantId, id: string): Promise<ContactView> {
    return this.db.run(tenantId, async (tx) => {
      const where = { tenantId_id: { tenantId, id: await survivor(tx, tenantId, id) } };
      return contactView(found(await tx.contact.findUnique({ where, include: CONTACT_INCLUDE })), id);
    });
  }

  /** @throws resource.not-found, text.invalid-character, request.invalid */
  async change(tenantId: TenantId, id: string, changes: ChangeContactDto): Promise<ContactView> {
    refuseUnstorableText(changes);
    refuseLargeContext(changes);
    found(await changeContact(this.system, tenantId, id, changes));
    return this.get(tenantId, id);
  }

  /** What happened to the contact and to those that were joined to it, newest first. @throws resource.not-found */
  async history(tenantId: TenantId, id: string, query: PageQuery): Promise<Page<ContactEventView>> {
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, async (tx) => {
      const contactId = await survivor(tx, tenantId, id);
      const followers = await tx.contact.findMany({ where: { tenantId, mergedInto: contactId }, select: { id: true } });
      return tx.contactEvent.findMany({ ...window, where: { ...page, tenantId, contactId: { in: [contactId, ...followers.map((one) => one.id)] } } });
    });
    return pageOf(rows, query, contactEventView);
  }
}

async function survivor(tx: TenantTx, tenantId: TenantId, id: string): Promise<string> {
  const { mergedInto } = found(await tx.contact.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { mergedInto: true } }));
  return mergedInto ?? id;
}

function formsOf(phone: string): Identity[] {
  return [{ kind: 'phone', value: phone }, ...variantsOf({ kind: 'phone', value: phone })];
}

function refuseLargeContext({ context }: ChangeContactDto): void {
  if (context === undefined || context === null || Buffer.byteLength(JSON.stringify(context)) <= CONTEXT_BYTES) return;
  const detail = `context must be at most ${CONTEXT_BYTES} bytes as JSON`;
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/context', code: 'field.invalid', detail }] });
}
