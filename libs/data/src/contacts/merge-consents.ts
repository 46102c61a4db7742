import { consentsToTake, type ConsentPurpose, type ConsentStatus, type ScopedConsent } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import type { ContactPair } from './merge-conversations.js';

/** A decision that a merge wrote for the contact that stayed. */
export interface TakenConsent extends ScopedConsent {
  /** What stood before; null for nothing. */
  before: ConsentStatus | null;
  beforeDecidedAt: Date | string | null;
  /** The entry that the merge wrote. */
  eventId: string;
}

/** A decision as it is written for a contact, with the time at which the person took it. */
export interface WrittenConsent extends ScopedConsent {
  decidedAt: Date | string | null;
  evidence: string;
}

interface StandingConsent extends ScopedConsent {
  contactId: string;
  eventId: string;
  decidedAt: Date;
  recordedAt: Date;
}

const READ: Statement = {
  name: 'merges.read-consents',
  text: `
    SELECT contact_id AS "contactId", purpose::text AS purpose, phone_number_id AS "phoneNumberId", status::text AS status, event_id AS "eventId",
           coalesce(decided_at, updated_at) AS "decidedAt", updated_at AS "recordedAt"
      FROM consents WHERE tenant_id = $1 AND contact_id = ANY ($2::uuid[]) ORDER BY contact_id, purpose, channel FOR UPDATE`,
};

// Unlike a decision that comes from outside, this one stands whenever it was taken: both people were one.
const WRITE: Statement = {
  name: 'merges.write-consents',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, uuid_v7(statement_timestamp(), i.ord::int) AS id, 'WHATSAPP' || coalesce(':' || i.number_id, '') AS channel
        FROM unnest($4::text[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[]) WITH ORDINALITY AS i (purpose, number_id, status, decided_at, evidence, ord)
    ), proof AS (
      INSERT INTO consent_events (tenant_id, id, contact_id, phone_number_id, purpose, status, source, evidence, actor, decided_at)
      SELECT $1::uuid, id, $2::uuid, number_id, purpose, status, $9, evidence, $3, decided_at FROM input
    ), standing AS (
      INSERT INTO consents (tenant_id, contact_id, purpose, channel, phone_number_id, status, event_id, decided_at)
      SELECT $1::uuid, $2::uuid, purpose, channel, number_id, status, id, decided_at FROM input ORDER BY purpose, channel
      ON CONFLICT (tenant_id, contact_id, purpose, channel) DO UPDATE
        SET status = excluded.status, event_id = excluded.event_id, decided_at = excluded.decided_at, updated_at = now(), confirmation_id = NULL
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT $1::uuid, 'whatsapp.consent_changed', 'contact', $2::uuid,
             json_build_object('contactId', $2::uuid, 'numberId', number_id, 'purpose', purpose, 'status', status, 'consentEventId', id)
        FROM input
    )
    SELECT id FROM input ORDER BY ord`,
};

const FORGET: Statement = {
  name: 'merges.forget-consents',
  text: `DELETE FROM consents WHERE tenant_id = $1 AND contact_id = $2 AND event_id = ANY ($3::uuid[])`,
};

/** Lets the stricter decision of two contacts stand for the one that stays. The other's own stay as they are, for a split. */
export async function takeConsents(tx: SystemTx, { tenantId, fromId, intoId }: ContactPair, actor: string): Promise<TakenConsent[]> {
  const all = await tx.query<StandingConsent>(READ, [tenantId, [fromId, intoId]]);
  const [theirs, own] = [all.filter((one) => one.contactId === fromId), all.filter((one) => one.contactId === intoId)];
  const taken = consentsToTake(own, theirs).map((consent) => {
    const source = sameScope(theirs, consent)!;
    return { ...consent, decidedAt: source.decidedAt, evidence: `${source.contactId} ${source.eventId}` };
  });
  const written = await writeConsents(tx, { tenantId, contactId: intoId, actor, source: 'contact-merge' }, taken);
  return taken.map(({ purpose, phoneNumberId, status }, at) => {
    const before = sameScope(own, { purpose, phoneNumberId });
    return { purpose, phoneNumberId, status, before: before?.status ?? null, beforeDecidedAt: before?.decidedAt ?? null, eventId: written[at]! };
  });
}

/**
 * Undoes it: what the merge wrote and what still stands goes back to what was before; what the person refused while the two
 * were one is refused for both.
 */
export async function returnConsents(tx: SystemTx, { tenantId, fromId, intoId }: ContactPair, actor: string, taken: readonly TakenConsent[], mergedAt: Date): Promise<void> {
  const all = await tx.query<StandingConsent>(READ, [tenantId, [fromId, intoId]]);
  const [theirs, own] = [all.filter((one) => one.contactId === fromId), all.filter((one) => one.contactId === intoId)];
  const standing = taken.filter((one) => own.some(({ eventId }) => eventId === one.eventId));
  const back = standing.map((one): WrittenConsent => ({ ...one, status: one.before ?? 'REVOKED', decidedAt: one.beforeDecidedAt, evidence: one.eventId }));
  const written = await writeConsents(tx, { tenantId, contactId: intoId, actor, source: 'contact-split' }, back);
  // Nothing stood before: nothing stands now. The entry above says since when.
  const empty = written.filter((_, at) => standing[at]!.before === null);
  if (empty.length > 0) await tx.query(FORGET, [tenantId, intoId, empty]);
  const refused = own.filter(({ status, recordedAt, eventId }) => status !== 'GRANTED' && recordedAt >= mergedAt && !taken.some((one) => one.eventId === eventId));
  const shared = consentsToTake(theirs, refused).map((one) => ({ ...one, decidedAt: sameScope(refused, one)!.decidedAt, evidence: `${intoId} ${sameScope(refused, one)!.eventId}` }));
  await writeConsents(tx, { tenantId, contactId: fromId, actor, source: 'contact-split' }, shared);
}

interface Writing {
  tenantId: string;
  contactId: string;
  actor: string;
  source: string;
}

async function writeConsents(tx: SystemTx, { tenantId, contactId, actor, source }: Writing, consents: readonly WrittenConsent[]): Promise<string[]> {
  if (consents.length === 0) return [];
  const values = columns(consents, (c) => c.purpose, (c) => c.phoneNumberId, (c) => c.status, (c) => c.decidedAt, (c) => c.evidence);
  const rows = await tx.query<{ id: string }>(WRITE, [tenantId, contactId, actor, ...values, source]);
  return rows.map(({ id }) => id);
}

function sameScope<One extends Pick<ScopedConsent, 'purpose' | 'phoneNumberId'>>(all: readonly One[], { purpose, phoneNumberId }: { purpose: ConsentPurpose; phoneNumberId: string | null }): One | undefined {
  return all.find((one) => one.purpose === purpose && one.phoneNumberId === phoneNumberId);
}
