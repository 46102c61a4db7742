import { Injectable } from '@nestjs/common';
import { changeContact, onePerson, SystemDb, TenantDb, type TenantTx } from '@parley/data';
import { DomainError, IDENTITY_KINDS, parsePhone, variantsOf, type Identity, type TenantId } from '@parley/domain';
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
    const { customerId, tag } = query;
    const sought = identitiesIn(query);
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, async (tx) => {
      const owners = await Promise.all(sought.map((identities) => ownersOf(tx, tenantId, identities)));
      const where = { AND: [page, ...owners], mergedInto: null, customerId, ...(tag !== undefined && { tags: { some: { tag } } }) };
      return tx.contact.findMany({ ...window, where, include: CONTACT_INCLUDE });
    });
    return pageOf(rows, query, (row) => contactView(row));
  }

  /** The contact, or the one that it was joined to, which then says so. @throws resource.not-found */
  get(tenantId: TenantId, id: string): Promise<ContactView> {
    return this.db.run(tenantId, async (tx) => {
      const where = { tenantId_id: { tenantId, id: found(await onePerson(tx, tenantId, id)).id } };
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
      const { ids } = found(await onePerson(tx, tenantId, id));
      return tx.contactEvent.findMany({ ...window, where: { ...page, tenantId, contactId: { in: ids } } });
    });
    return pageOf(rows, query, contactEventView);
  }
}

/** The identities of which a contact has to have one, for each filter that names some. */
function identitiesIn({ phone, identity }: ContactQuery): Identity[][] {
  const number: Identity | undefined = phone === undefined ? undefined : { kind: 'phone', value: parsePhone(phone, undefined, '/phone') };
  return [
    ...(number === undefined ? [] : [[number, ...variantsOf(number)]]),
    ...(identity === undefined ? [] : [IDENTITY_KINDS.map((kind) => ({ kind, value: identity }))]),
  ];
}

/** Looked up first, by the key of the identities: the contacts are then found by theirs. */
async function ownersOf(tx: TenantTx, tenantId: TenantId, identities: readonly Identity[]): Promise<{ id: { in: string[] } }> {
  const rows = await tx.contactIdentity.findMany({ where: { tenantId, OR: [...identities] }, select: { contactId: true } });
  return { id: { in: rows.map(({ contactId }) => contactId) } };
}

function refuseLargeContext({ context }: ChangeContactDto): void {
  if (context === undefined || context === null || Buffer.byteLength(JSON.stringify(context)) <= CONTEXT_BYTES) return;
  const detail = `context must be at most ${CONTEXT_BYTES} bytes as JSON`;
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/context', code: 'field.invalid', detail }] });
}
