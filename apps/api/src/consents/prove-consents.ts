import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { onePerson, TenantDb, type TenantTx } from '@parley/data';
import { canonicalJson, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { consentEventView, standingConsentView } from './consent.view.js';
import type { ConsentProofView, ProofMessageView } from './consent-proof.view.js';

/** The document that proves what a contact decided. */
@Injectable()
export class ProveConsents {
  constructor(private readonly db: TenantDb) {}

  /**
   * Every decision, oldest first, with the message in which it was made, and what stands. The same facts give the same document and
   * hash. @throws resource.not-found
   */
  async prove(tenantId: TenantId, contactId: string): Promise<ConsentProofView> {
    const facts = await this.db.run(tenantId, (tx) => read(tx, tenantId, contactId));
    // As it goes out: times as texts, so that whoever has the document gets the same hash.
    const document = JSON.parse(JSON.stringify(facts)) as Omit<ConsentProofView, 'sha256'>;
    return { ...document, sha256: createHash('sha256').update(canonicalJson(document)).digest('hex') };
  }
}

async function read(tx: TenantTx, tenantId: TenantId, contactId: string): Promise<Omit<ConsentProofView, 'sha256'>> {
  const identities = { select: { kind: true, value: true }, orderBy: [{ kind: 'asc' as const }, { value: 'asc' as const }] };
  const consents = { orderBy: [{ purpose: 'asc' as const }, { channel: 'asc' as const }] };
  // What a contact decided before it turned out to be this one stays with its own id in the record.
  const { id, ids } = found(await onePerson(tx, tenantId, contactId));
  const contact = found(await tx.contact.findUnique({ where: { tenantId_id: { tenantId, id } }, include: { identities, consents } }));
  const events = await tx.consentEvent.findMany({ where: { tenantId, contactId: { in: ids } }, orderBy: { id: 'asc' } });
  const messages = await messagesOf(tx, tenantId, events.flatMap(({ messageId }) => messageId ?? []));
  return {
    format: 'parley.consent-proof.v1',
    contact: { id, name: contact.name, identities: contact.identities, merged: ids.slice(1) },
    standing: contact.consents.map(standingConsentView),
    events: events.map((event) => {
      const { messageId, ...view } = consentEventView(event);
      return { ...view, contactId: event.contactId, message: messageId === null ? null : (messages.get(messageId) ?? null) };
    }),
  };
}

async function messagesOf(tx: TenantTx, tenantId: TenantId, ids: readonly string[]): Promise<ReadonlyMap<string, ProofMessageView>> {
  if (ids.length === 0) return new Map();
  const select = { id: true, wamid: true, direction: true, kind: true, displayContent: true, phoneNumberId: true, createdAt: true } as const;
  const rows = await tx.message.findMany({ where: { tenantId, id: { in: [...new Set(ids)] } }, select });
  return new Map(
    rows.map(({ id, wamid, direction, kind, displayContent, phoneNumberId, createdAt }) => {
      return [id, { id, wamid, direction, kind, text: displayContent, numberId: phoneNumberId, at: createdAt }];
    }),
  );
}
