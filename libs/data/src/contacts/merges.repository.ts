import type { Identity, TenantId } from '@parley/domain';
import type { Statement, SystemTx } from '../system-db.js';
import type { TakenConsent } from './merge-consents.js';
import type { ContactPair, MovedConversations } from './merge-conversations.js';

/** What a merge changed, by which a split changes it back. */
export interface MovedByMerge extends MovedConversations {
  identities: Identity[];
  tags: string[];
  /** Of them, those that the other contact did not have. */
  addedTags: string[];
  /** Contacts that had been joined to this one. */
  followers: string[];
  /** Columns of the contact that stayed which were empty. */
  taken: string[];
  consents: TakenConsent[];
}

export interface StoredMerge extends ContactPair {
  id: string;
  state: 'DUE' | 'MOVING' | 'DONE' | 'RETURNING' | 'SPLIT' | 'KEPT';
  actor: string;
  moved: Partial<MovedByMerge>;
  mergedAt: Date | null;
}

/** A contact as a merge locks it. */
export interface LockedContact {
  id: string;
  mergedInto: string | null;
  row: Readonly<Record<string, unknown>>;
}

const COLUMNS = `tenant_id AS "tenantId", id, from_id AS "fromId", into_id AS "intoId", state, actor, moved, merged_at AS "mergedAt"`;

const LOCK_PENDING: Statement = {
  name: 'merges.lock-pending',
  text: `
    SELECT ${COLUMNS} FROM contact_merges WHERE state IN ('DUE', 'MOVING', 'RETURNING') AND look_at <= now()
     ORDER BY look_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
};

const LOCK: Statement = { name: 'merges.lock', text: `SELECT ${COLUMNS} FROM contact_merges WHERE tenant_id = $1 AND id = $2 FOR UPDATE` };

const WRITE: Statement = {
  name: 'merges.write',
  text: `
    INSERT INTO contact_merges AS m (tenant_id, id, from_id, into_id, state, actor, moved, merged_at)
    VALUES ($1, coalesce($2::uuid, uuid_v7()), $3, $4, $5, $6, $7, now())
    ON CONFLICT (tenant_id, id) DO UPDATE
      SET from_id = excluded.from_id, into_id = excluded.into_id, state = excluded.state, moved = excluded.moved, merged_at = excluded.merged_at, look_at = now()
    RETURNING id, merged_at AS "mergedAt"`,
};

const STEER: Statement = {
  name: 'merges.steer',
  text: `UPDATE contact_merges SET state = $3, moved = $4, look_at = now() + make_interval(secs => $5::float8) WHERE tenant_id = $1 AND id = $2`,
};

const LOCK_CONTACTS: Statement = {
  name: 'merges.lock-contacts',
  text: `
    SELECT id, merged_into AS "mergedInto", row_to_json(c) AS row FROM contacts c
     WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
};

const SURVIVOR: Statement = {
  name: 'contacts.survivor',
  text: `SELECT coalesce(merged_into, id) AS id FROM contacts WHERE tenant_id = $1 AND id = $2`,
};

const NOTE: Statement = {
  name: 'contacts.note',
  text: `
    WITH noted AS (
      INSERT INTO contact_events (tenant_id, id, contact_id, type, actor, detail) VALUES ($1, coalesce($2::uuid, uuid_v7()), $3, $4, $5, $6)
      RETURNING tenant_id, id, contact_id, type, detail
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT tenant_id, 'whatsapp.contact_' || type, 'contact', contact_id, json_build_object('contactId', contact_id, 'eventId', id, 'detail', detail) FROM noted`,
};

/** The next merge that has something to do, locked; null where there is none, or all of them are in other hands. */
export async function lockPendingMerge(tx: SystemTx): Promise<StoredMerge | null> {
  return (await tx.query<StoredMerge>(LOCK_PENDING))[0] ?? null;
}

export async function lockMerge(tx: SystemTx, tenantId: TenantId, id: string): Promise<StoredMerge | null> {
  return (await tx.query<StoredMerge>(LOCK, [tenantId, id]))[0] ?? null;
}

/** Writes a merge that was just made, or that was due. */
export async function writeMerge(tx: SystemTx, { tenantId, fromId, intoId }: ContactPair, id: string | null, actor: string, moved: MovedByMerge): Promise<{ id: string; mergedAt: Date }> {
  return (await tx.query<{ id: string; mergedAt: Date }>(WRITE, [tenantId, id, fromId, intoId, 'MOVING', actor, JSON.stringify(moved)]))[0]!;
}

/** @param lookInSeconds when somebody is to look at it again */
export async function steerMerge(tx: SystemTx, merge: Pick<StoredMerge, 'tenantId' | 'id' | 'state' | 'moved'>, lookInSeconds = 0): Promise<void> {
  await tx.query(STEER, [merge.tenantId, merge.id, merge.state, JSON.stringify(merge.moved), lookInSeconds]);
}

/** The contacts by id, locked in that order, after their conversations as inbound messages do it. */
export async function lockContacts(tx: SystemTx, tenantId: TenantId, ids: readonly string[]): Promise<Map<string, LockedContact>> {
  const rows = await tx.query<LockedContact>(LOCK_CONTACTS, [tenantId, ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The contact itself, or the one that it turned out to be; null where the tenant has no such contact. */
export async function survivorOf(tx: Pick<SystemTx, 'query'>, tenantId: TenantId, id: string): Promise<string | null> {
  return (await tx.query<{ id: string }>(SURVIVOR, [tenantId, id]))[0]?.id ?? null;
}

/** Adds to a contact's history, and tells the tenant. */
export async function noteContact(tx: SystemTx, tenantId: TenantId, contactId: string, type: 'merged' | 'split', actor: string, detail: object, id: string | null = null): Promise<void> {
  await tx.query(NOTE, [tenantId, id, contactId, type, actor, JSON.stringify(detail)]);
}
