import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

export type IdentityKind = 'phone' | 'wa_id' | 'bsuid' | 'parent_bsuid';

/** Somebody as a message or a caller names them: one or more identities, strongest first. */
export interface ContactRef {
  tenantId: TenantId;
  identities: readonly { kind: IdentityKind; value: string }[];
  name: string | null;
}

interface IdentityRow {
  tenantId: string;
  kind: string;
  value: string;
  contactId: string;
}

const FIND: Statement = {
  name: 'contacts.find',
  text: `
    SELECT ci.tenant_id AS "tenantId", ci.kind, ci.value, ci.contact_id AS "contactId"
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS i (tenant_id, kind, value)
      JOIN contact_identities ci ON ci.tenant_id = i.tenant_id AND ci.kind = i.kind AND ci.value = i.value`,
};

// Two writers that meet the same new person would make two contacts; the later one waits here and then finds the first's.
const LOCK_NEW: Statement = {
  name: 'contacts.lock-new',
  text: `
    SELECT pg_advisory_xact_lock(k) FROM (
      SELECT DISTINCT hashtextextended(tenant_id || kind || value, 0) AS k
        FROM unnest($1::text[], $2::text[], $3::text[]) AS i (tenant_id, kind, value) ORDER BY k) keys`,
};

const CREATE: Statement = {
  name: 'contacts.create',
  text: `
    INSERT INTO contacts (tenant_id, id, name)
    SELECT tenant_id, uuid_v7(statement_timestamp(), ord::int), name
      FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS i (tenant_id, name, ord)
    RETURNING id`,
};

const ADD_IDENTITIES: Statement = {
  name: 'contacts.add-identities',
  text: `
    INSERT INTO contact_identities (tenant_id, kind, value, contact_id)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) AS i (tenant_id, kind, value, contact_id)
     ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING`,
};

const identityKey = (tenantId: string, kind: string, value: string) => `${tenantId}|${kind}|${value}`;

type Identity = { tenantId: TenantId; kind: IdentityKind; value: string };

async function find(tx: SystemTx, refs: readonly ContactRef[]): Promise<Map<string, string>> {
  const identities = refs.flatMap((ref) => ref.identities.map((one) => ({ tenantId: ref.tenantId, ...one })));
  const rows = await tx.query<IdentityRow>(FIND, identityColumns(identities));
  return new Map(rows.map((row) => [identityKey(row.tenantId, row.kind, row.value), row.contactId]));
}

const identityColumns = (identities: readonly Identity[]) =>
  columns(identities, (i) => i.tenantId, (i) => i.kind, (i) => i.value);

function match(known: ReadonlyMap<string, string>, ref: ContactRef): string | undefined {
  for (const { kind, value } of ref.identities) {
    const contactId = known.get(identityKey(ref.tenantId, kind, value));
    if (contactId) return contactId;
  }
  return undefined;
}

/**
 * The contact of each reference, by position: found by its strongest known identity, made where none is known. Every
 * identity that was not known is added to the contact that was found.
 */
export async function ensureContacts(tx: SystemTx, refs: readonly ContactRef[]): Promise<string[]> {
  if (refs.length === 0) return [];
  let known = await find(tx, refs);
  const strangers = refs.filter((ref) => match(known, ref) === undefined);
  if (strangers.length > 0) {
    const identities = strangers.flatMap((ref) => ref.identities.map((one) => ({ tenantId: ref.tenantId, ...one })));
    await tx.query(LOCK_NEW, identityColumns(identities));
    known = await find(tx, refs);
    await createMissing(tx, strangers, known);
  }
  await addIdentities(tx, refs, known);
  return refs.map((ref) => match(known, ref)!);
}

async function createMissing(tx: SystemTx, strangers: readonly ContactRef[], known: Map<string, string>): Promise<void> {
  const fresh: ContactRef[] = [];
  const named = new Map<string, number>();
  for (const ref of strangers) {
    if (match(known, ref) !== undefined) continue;
    const keys = ref.identities.map(({ kind, value }) => identityKey(ref.tenantId, kind, value));
    const place = keys.map((key) => named.get(key)).find((index) => index !== undefined) ?? fresh.push(ref) - 1;
    for (const key of keys) if (!named.has(key)) named.set(key, place);
  }
  if (fresh.length === 0) return;
  const rows = await tx.query<{ id: string }>(CREATE, columns(fresh, (ref) => ref.tenantId, (ref) => ref.name));
  for (const [key, place] of named) known.set(key, rows[place]!.id);
}

async function addIdentities(tx: SystemTx, refs: readonly ContactRef[], known: Map<string, string>): Promise<void> {
  const missing = new Map<string, Identity & { contactId: string }>();
  const stored = await find(tx, refs);
  for (const ref of refs) {
    const contactId = match(known, ref)!;
    for (const { kind, value } of ref.identities) {
      const key = identityKey(ref.tenantId, kind, value);
      if (!stored.has(key)) missing.set(key, { tenantId: ref.tenantId, kind, value, contactId });
    }
  }
  if (missing.size === 0) return;
  const rows = [...missing.values()];
  await tx.query(ADD_IDENTITIES, columns(rows, (i) => i.tenantId, (i) => i.kind, (i) => i.value, (i) => i.contactId));
}

export interface ConsentDecision {
  tenantId: TenantId;
  contactId: string;
  purpose: string;
  status: string;
  source: string;
  evidence: string | null;
  actor: string;
  messageId: string | null;
}

const RECORD_CONSENTS: Statement = {
  name: 'contacts.record-consents',
  text: `
    WITH input AS MATERIALIZED (
      SELECT *, uuid_v7(statement_timestamp(), ord::int) AS id
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[])
               WITH ORDINALITY AS i (tenant_id, contact_id, purpose, status, source, evidence, actor, message_id, ord)
    ), proof AS (
      INSERT INTO consent_events (tenant_id, id, contact_id, purpose, status, source, evidence, actor, message_id)
      SELECT tenant_id, id, contact_id, purpose, status, source, evidence, actor, message_id FROM input
      RETURNING tenant_id, id, contact_id, purpose, status, at
    ), standing AS (
      INSERT INTO consents AS c (tenant_id, contact_id, purpose, status, event_id)
      SELECT DISTINCT ON (tenant_id, contact_id, purpose) tenant_id, contact_id, purpose, status, id
        FROM input ORDER BY tenant_id, contact_id, purpose, ord DESC
      ON CONFLICT (tenant_id, contact_id, purpose, channel)
        DO UPDATE SET status = excluded.status, event_id = excluded.event_id, updated_at = now()
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.consent_changed', 'contact', contact_id,
             json_build_object('contactId', contact_id, 'purpose', purpose, 'status', status, 'consentEventId', id)
        FROM proof
    )
    SELECT p.id, p.at FROM proof p ORDER BY p.id`,
};

/** Appends each decision to the proof and makes it the standing one. By position. */
export function recordConsents(tx: SystemTx, decisions: readonly ConsentDecision[]): Promise<{ id: string; at: Date }[]> {
  return tx.query<{ id: string; at: Date }>(
    RECORD_CONSENTS,
    columns(
      decisions,
      (d) => d.tenantId, (d) => d.contactId, (d) => d.purpose, (d) => d.status, (d) => d.source, (d) => d.evidence, (d) => d.actor, (d) => d.messageId,
    ),
  );
}
