import { meetingPoint, variantsOf, type Identity, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';

/** An identity in a tenant. */
export type TenantIdentity = Identity & { tenantId: TenantId };

/** An identity and the contact that it names. */
export type OwnedIdentity = TenantIdentity & { contactId: string };

const FIND: Statement = {
  name: 'contacts.find',
  text: `
    SELECT ci.tenant_id AS "tenantId", ci.kind, ci.value, ci.contact_id AS "contactId"
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS i (tenant_id, kind, value)
      JOIN contact_identities ci ON ci.tenant_id = i.tenant_id AND ci.kind = i.kind AND ci.value = i.value`,
};

// Whose it was at that time: the first that gave it up afterwards. A contact that was joined to another one is that one.
const FIND_RETIRED: Statement = {
  name: 'contacts.find-retired',
  text: `
    SELECT i.ord::int - 1 AS at,
           (SELECT coalesce(c.merged_into, c.id) FROM retired_identities r JOIN contacts c ON c.tenant_id = r.tenant_id AND c.id = r.contact_id
             WHERE r.tenant_id = i.tenant_id AND r.kind = i.kind AND r.value = i.value AND r.retired_at >= i.at
             ORDER BY r.retired_at LIMIT 1) AS "contactId"
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) WITH ORDINALITY AS i (tenant_id, kind, value, at, ord)`,
};

// Two writers that meet the same new person would make two contacts; the later one waits here and then finds the first's.
const LOCK: Statement = {
  name: 'contacts.lock-new',
  text: `
    SELECT pg_advisory_xact_lock(k) FROM (
      SELECT DISTINCT hashtextextended(tenant_id || ' ' || point, 0) AS k FROM unnest($1::text[], $2::text[]) AS i (tenant_id, point) ORDER BY k) keys`,
};

const ADD: Statement = {
  name: 'contacts.add-identities',
  text: `
    INSERT INTO contact_identities (tenant_id, kind, value, contact_id)
    SELECT i.tenant_id, i.kind, i.value, coalesce(c.merged_into, c.id)
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) AS i (tenant_id, kind, value, contact_id)
      JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
     ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING`,
};

// The older contact stays. What was once undone, or found to be two people, is not proposed again.
const PROPOSE_MERGES: Statement = {
  name: 'contacts.propose-merges',
  text: `
    INSERT INTO contact_merges (tenant_id, from_id, into_id, state, actor)
    SELECT DISTINCT i.tenant_id, greatest(i.one, i.other), least(i.one, i.other), 'DUE', $4
      FROM (SELECT n.tenant_id, coalesce(a.merged_into, a.id) AS one, coalesce(b.merged_into, b.id) AS other
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n (tenant_id, one, other)
              JOIN contacts a ON a.tenant_id = n.tenant_id AND a.id = n.one
              JOIN contacts b ON b.tenant_id = n.tenant_id AND b.id = n.other) i
     WHERE i.one <> i.other
       AND (SELECT true FROM contact_merges m WHERE m.tenant_id = i.tenant_id AND m.state IN ('DUE', 'RETURNING', 'SPLIT', 'KEPT')
               AND ((m.from_id = i.one AND m.into_id = i.other) OR (m.from_id = i.other AND m.into_id = i.one)) LIMIT 1) IS NULL
    ON CONFLICT DO NOTHING`,
};

/** One text for an identity of a tenant. */
export const identityKey = ({ tenantId, kind, value }: TenantIdentity): string => `${tenantId}|${kind}|${value}`;

/** The contacts that have these identities, by `identityKey`. */
export async function findOwners(tx: SystemQueries, identities: readonly TenantIdentity[]): Promise<Map<string, string>> {
  if (identities.length === 0) return new Map();
  const rows = await tx.query<OwnedIdentity>(FIND, columns(identities, (i) => i.tenantId, (i) => i.kind, (i) => i.value));
  return new Map(rows.map((row) => [identityKey(row), row.contactId]));
}

/** The contacts that had these identities at these times and gave them up since, by position. */
export async function findFormerOwners(tx: SystemQueries, identities: readonly (TenantIdentity & { at: Date })[]): Promise<(string | null)[]> {
  if (identities.length === 0) return [];
  const rows = await tx.query<{ at: number; contactId: string | null }>(
    FIND_RETIRED,
    columns(identities, (i) => i.tenantId, (i) => i.kind, (i) => i.value, (i) => i.at),
  );
  const owners = identities.map((): string | null => null);
  for (const { at, contactId } of rows) owners[at] = contactId;
  return owners;
}

/** Waits for every other transaction that makes, or moves, a contact of these identities. */
export async function lockIdentities(tx: SystemTx, identities: readonly TenantIdentity[]): Promise<void> {
  await tx.query(LOCK, columns(identities, (i) => i.tenantId, (i) => meetingPoint(i)));
}

/** Gives identities that nobody has to contacts. */
export async function addIdentities(tx: SystemQueries, identities: readonly OwnedIdentity[]): Promise<void> {
  if (identities.length === 0) return;
  await tx.query(ADD, columns(identities, (i) => i.tenantId, (i) => i.kind, (i) => i.value, (i) => i.contactId));
}

/** Why two contacts are one person: a message named both, or Meta said that one became the other. */
export type MergeHint = 'meta:message' | 'meta:change';

/** Notes contacts that turned out to be one person; they are joined behind the scenes. */
export async function proposeMerges(
  tx: SystemQueries,
  pairs: readonly { tenantId: TenantId; one: string; other: string }[],
  hint: MergeHint = 'meta:message',
): Promise<void> {
  if (pairs.length === 0) return;
  await tx.query(PROPOSE_MERGES, [...columns(pairs, (p) => p.tenantId, (p) => p.one, (p) => p.other), hint]);
}

/** The one contact that WhatsApp knows by each phone number, or that has another form of it, by position; null where there is none, or more than one. */
export async function contactsByVariant(tx: SystemQueries, phones: readonly { tenantId: TenantId; phone: string }[]): Promise<(string | null)[]> {
  const variants = phones.map(({ tenantId, phone }) => {
    const known: Identity[] = [{ kind: 'wa_id', value: phone.slice(1) }, ...variantsOf({ kind: 'phone', value: phone })];
    return known.map((one) => ({ tenantId, ...one }));
  });
  const owners = await findOwners(tx, variants.flat());
  return variants.map((some) => {
    const ids = new Set(some.flatMap((one) => owners.get(identityKey(one)) ?? []));
    return ids.size === 1 ? [...ids][0]! : null;
  });
}
