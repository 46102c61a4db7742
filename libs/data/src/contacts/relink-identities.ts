import { matchPerson, variantsOf, type Identity, type Relinking, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import { ensureContacts } from './ensure-contacts.js';
import { findFormerOwners, findOwners, identityKey, lockIdentities, proposeMerges } from './identities.repository.js';

/** A person who has other ids from a moment on, as Meta tells it. */
export interface IdentityRelink extends Relinking {
  tenantId: TenantId;
  /** number-changed, user-id-changed */
  type: string;
  /** The wamid of the system message: the same one counts once. */
  evidence: string;
  /** Meta's time. */
  at: Date;
}

const KNOWN: Statement = {
  name: 'contacts.change-known',
  text: `SELECT id FROM contact_events WHERE tenant_id = $1 AND type = $2 AND evidence = $3`,
};

// What a later change gave back to the contact is not taken away by an earlier one that comes after it.
const RETIRE: Statement = {
  name: 'contacts.retire-identities',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($3::text[], $4::text[]) AS i (kind, value)
    ), gone AS (
      DELETE FROM contact_identities ci USING input i
       WHERE ci.tenant_id = $1 AND ci.kind = i.kind AND ci.value = i.value AND ci.contact_id = $2 AND (ci.confirmed_at IS NULL OR ci.confirmed_at < $5)
    )
    INSERT INTO retired_identities (tenant_id, kind, value, retired_at, contact_id)
    SELECT $1::uuid, i.kind, i.value, $5::timestamptz, $2::uuid FROM input i
    ON CONFLICT DO NOTHING`,
};

const GAIN: Statement = {
  name: 'contacts.gain-identities',
  text: `
    INSERT INTO contact_identities AS ci (tenant_id, kind, value, contact_id, confirmed_at)
    SELECT $1::uuid, i.kind, i.value, $2::uuid, $5::timestamptz FROM unnest($3::text[], $4::text[]) AS i (kind, value) ORDER BY 2, 3
    ON CONFLICT (tenant_id, kind, value) DO UPDATE SET confirmed_at = greatest(ci.confirmed_at, excluded.confirmed_at)
     WHERE ci.contact_id = excluded.contact_id`,
};

const NOTE: Statement = {
  name: 'contacts.note-change',
  text: `
    INSERT INTO contact_events (tenant_id, contact_id, type, actor, evidence, detail)
    VALUES ($1, $2, $3, 'meta', $4, $5) ON CONFLICT DO NOTHING`,
};

/**
 * Gives a person other ids: the old ones are retired, so that whoever comes with one of them next is somebody else, and the new
 * ones are added to the same contact, with all of its history. Any order of changes and messages, and any number of
 * deliveries, ends alike.
 * @returns the contact; null where this change has been made already
 */
export async function relinkIdentities(tx: SystemTx, change: IdentityRelink): Promise<string | null> {
  const { tenantId, type, evidence, at, retired, gained } = change;
  await lockIdentities(tx, [...retired, ...gained].map((one) => ({ tenantId, ...one })));
  if ((await tx.query(KNOWN, [tenantId, type, evidence])).length > 0) return null;
  const { valid, later } = await stillTrue(tx, change);
  const owners = await findOwners(tx, [...retired, ...retired.flatMap(variantsOf), ...valid].map((one) => ({ tenantId, ...one })));
  const ownerOf = (one: Identity): string | undefined => owners.get(identityKey({ tenantId, ...one }));
  const before = matchPerson(retired, retired.flatMap(variantsOf), ownerOf).contactId;
  const after = matchPerson(valid, [], ownerOf).contactId;
  const contactId = before ?? after ?? later ?? (await ensureContacts(tx, [{ tenantId, identities: gained, name: null, at }]))[0]!;
  const same = [before, after, later].filter((id): id is string => id !== null && id !== contactId);
  await proposeMerges(tx, same.map((other) => ({ tenantId, one: contactId, other })), 'meta:change');
  const given = [...retired, ...retired.flatMap(variantsOf).filter((one) => ownerOf(one) === contactId)];
  await tx.query(RETIRE, [tenantId, contactId, ...columns(given, (i) => i.kind, (i) => i.value), at]);
  await tx.query(GAIN, [tenantId, contactId, ...columns(valid, (i) => i.kind, (i) => i.value), at]);
  await tx.query(NOTE, [tenantId, contactId, type, evidence, JSON.stringify({ retired: given, gained: valid, at })]);
  return contactId;
}

/** The new ids without those that were given up again later on, and whose these were. */
async function stillTrue(tx: SystemTx, { tenantId, gained, at }: IdentityRelink): Promise<{ valid: Identity[]; later: string | null }> {
  const former = await findFormerOwners(tx, gained.map((one) => ({ tenantId, ...one, at })));
  const valid = gained.filter((_, place) => former[place] === null);
  return { valid, later: former.find((owner) => owner !== null) ?? null };
}

/** WhatsApp's word that somebody's messages are encrypted with another key. */
export interface KeyChange {
  tenantId: TenantId;
  identities: readonly Identity[];
  evidence: string;
  keyHash: string | null;
  at: Date;
}

const NOTE_KEY: Statement = {
  name: 'contacts.note-key-change',
  text: `
    WITH noted AS (
      INSERT INTO contact_events (tenant_id, contact_id, type, actor, evidence, detail)
      VALUES ($1, $2, 'identity-key-changed', 'meta', $3, json_build_object('keyHash', $4::text, 'at', $5::timestamptz))
      ON CONFLICT DO NOTHING RETURNING tenant_id, contact_id
    )
    UPDATE contacts c SET identity_changed_at = greatest(c.identity_changed_at, $5), updated_at = now()
      FROM noted n WHERE c.tenant_id = n.tenant_id AND c.id = n.contact_id
    RETURNING c.id`,
};

/** Notes that the device behind a contact's number changed. @returns the contact; null where that is known already */
export async function noteKeyChange(tx: SystemTx, { tenantId, identities, evidence, keyHash, at }: KeyChange): Promise<string | null> {
  const [contactId] = await ensureContacts(tx, [{ tenantId, identities, name: null, at }]);
  const [row] = await tx.query<{ id: string }>(NOTE_KEY, [tenantId, contactId, evidence, keyHash, at]);
  return row?.id ?? null;
}
