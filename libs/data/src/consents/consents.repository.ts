import type { ConsentPurpose, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';

export interface ConsentDecision {
  tenantId: TenantId;
  contactId: string;
  /** The number for which it was said; null or missing: for every number. */
  numberId?: string | null;
  purpose: string;
  status: string;
  /** Where it was said: `customer-message`, `form`, `import`, `meta`, … */
  source: string;
  /** What was said, or what proves it. */
  evidence: string | null;
  /** Who recorded it. */
  actor: string;
  messageId: string | null;
  /** When the person decided; null or missing: now. A time to come counts as now. */
  decidedAt?: Date | null;
  /** A decision of this contact and purpose with the same key is the same one, and is kept once. */
  onceKey?: string | null;
  /** Keep it only where it changes what stands. */
  onlyIfNewer?: boolean;
}

/** What became of a decision. */
export interface RecordedConsent {
  /** Of the entry in the append-only record; null where the decision was there already, or may not be kept. */
  id: string | null;
  at: Date;
  /** Whether it is the one that stands. An older one is kept as a proof only. */
  stands: boolean;
  /** What stood before in its scope; null for nothing. */
  before: string | null;
}

const DECIDED_AT = (c: string): string => `coalesce(${c}.decided_at, ${c}.updated_at)`;

// The latest decision stands; of two at the same time the refusal. So any order of recording ends alike. Meta's times are whole
// seconds: what is taken back counts from the end of its second, so that no grant of the same second outlives it. The standing
// row is asked twice: as the statement found it, and as it is when its lock is ours. IS TRUE keeps the look-ups in what was
// written hash tables: as joins, row by row, they would cost the square of the set.
const RECORD: Statement = {
  name: 'consents.record',
  text: `
    WITH said AS MATERIALIZED (
      SELECT i.*, uuid_v7(statement_timestamp(), ord::int) AS id, 'WHATSAPP' || coalesce(':' || i.number_id, '') AS channel,
             least(now(), coalesce(i.said_at + CASE WHEN i.status <> 'GRANTED' AND i.said_at = date_trunc('second', i.said_at)
                                                    THEN interval '999 milliseconds' ELSE interval '0' END, now())) AS decided_at
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::timestamptz[],
                    $11::text[], $12::boolean[])
               WITH ORDINALITY AS i (tenant_id, contact_id, purpose, status, source, evidence, actor, message_id, number_id, said_at, once_key,
                                     only_newer, ord)
    ), input AS MATERIALIZED (
      SELECT s.*, c.status AS before,
             c.status IS NULL OR s.decided_at > ${DECIDED_AT('c')}
               OR (s.decided_at = ${DECIDED_AT('c')} AND (s.status <> 'GRANTED' OR c.status = 'GRANTED')) AS is_newer
        FROM said s
        LEFT JOIN consents c ON c.tenant_id = s.tenant_id AND c.contact_id = s.contact_id AND c.purpose = s.purpose AND c.channel = s.channel
    ), proof AS (
      INSERT INTO consent_events (tenant_id, id, contact_id, phone_number_id, purpose, status, source, evidence, actor, message_id, decided_at, once_key)
      SELECT tenant_id, id, contact_id, number_id, purpose, status, source, evidence, actor, message_id, said_at, once_key
        FROM input WHERE is_newer OR NOT only_newer
      ON CONFLICT (tenant_id, contact_id, purpose, once_key) WHERE once_key IS NOT NULL DO NOTHING
      RETURNING id
    ), standing AS (
      INSERT INTO consents AS c (tenant_id, contact_id, purpose, channel, phone_number_id, status, event_id, decided_at)
      SELECT DISTINCT ON (i.tenant_id, i.contact_id, i.purpose, i.channel)
             i.tenant_id, i.contact_id, i.purpose, i.channel, i.number_id, i.status, i.id, i.decided_at
        FROM input i WHERE (i.id IN (SELECT id FROM proof)) IS TRUE
       ORDER BY i.tenant_id, i.contact_id, i.purpose, i.channel, i.decided_at DESC, i.status = 'GRANTED', i.ord DESC
      ON CONFLICT (tenant_id, contact_id, purpose, channel) DO UPDATE
        SET status = excluded.status, event_id = excluded.event_id, decided_at = excluded.decided_at, updated_at = now(),
            confirmation_id = CASE WHEN excluded.status = c.status THEN c.confirmation_id END
        WHERE excluded.decided_at > ${DECIDED_AT('c')}
           OR (excluded.decided_at = ${DECIDED_AT('c')} AND (excluded.status <> 'GRANTED' OR c.status = 'GRANTED'))
      RETURNING c.event_id
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT i.tenant_id, 'whatsapp.consent_changed', 'contact', i.contact_id,
             json_build_object('contactId', i.contact_id, 'numberId', i.number_id, 'status', i.status,
                               'purpose', CASE WHEN count(*) = 1 THEN min(i.purpose) END, 'purposes', json_agg(i.purpose ORDER BY i.ord),
                               'consentEventId', (array_agg(i.id ORDER BY i.ord))[1])
        FROM input i WHERE (i.id IN (SELECT event_id FROM standing)) IS TRUE
       GROUP BY i.tenant_id, i.contact_id, i.number_id, i.status, i.source, i.message_id
       ORDER BY min(i.ord)
    )
    SELECT CASE WHEN i.id IN (SELECT id FROM proof) THEN i.id END AS id, now() AS at, i.id IN (SELECT event_id FROM standing) AS stands, i.before
      FROM input i
     ORDER BY i.ord`,
};

/**
 * Appends each decision to the proof, and makes it the standing one where no later one stands. What was decided together
 * (one contact, scope, status, source and message) is told in one event. By position.
 */
export async function recordConsents(tx: SystemQueries, decisions: readonly ConsentDecision[]): Promise<RecordedConsent[]> {
  if (decisions.length === 0) return [];
  return tx.query<RecordedConsent>(
    RECORD,
    columns(
      decisions,
      (d) => d.tenantId, (d) => d.contactId, (d) => d.purpose, (d) => d.status, (d) => d.source, (d) => d.evidence, (d) => d.actor, (d) => d.messageId,
      (d) => d.numberId ?? null, (d) => d.decidedAt ?? null, (d) => d.onceKey ?? null, (d) => d.onlyIfNewer ?? false,
    ),
  );
}

/** A refusal of `service`, and the one message that leaves against it. */
export interface StopConfirmation {
  tenantId: TenantId;
  contactId: string;
  numberId: string | null;
  messageId: string;
}

/** How many events told of decisions that were recorded together. */
export function consentEventsTold(decisions: readonly ConsentDecision[], recorded: readonly RecordedConsent[]): number {
  const standing = decisions.filter((_, at) => recorded[at]!.stands);
  return new Set(standing.map((d) => [d.tenantId, d.contactId, d.numberId, d.status, d.source, d.messageId].join(' '))).size;
}

const OWN_NUMBERS: Statement = {
  name: 'consents.own-numbers',
  text: 'SELECT n.id FROM phone_numbers n WHERE n.tenant_id = $1::uuid AND n.id = ANY ($2::uuid[])',
};

/** The tenant's own among these numbers. */
export async function ownNumbers(tx: SystemTx, tenantId: TenantId, ids: readonly string[]): Promise<string[]> {
  return (await tx.query<{ id: string }>(OWN_NUMBERS, [tenantId, ids])).map(({ id }) => id);
}

const REFUSED_BY_NUMBER: Statement = {
  name: 'consents.refused-by-number',
  text: `
    SELECT c.tenant_id AS "tenantId", c.contact_id AS "contactId", c.phone_number_id AS "numberId", c.purpose
      FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, contact_id, number_id)) i
      JOIN consents c ON c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id AND c.phone_number_id = i.number_id AND c.status <> 'GRANTED'`,
};

/** What stands against these numbers alone. */
export function refusedByNumber(
  tx: SystemTx,
  pairs: readonly { tenantId: TenantId; contactId: string; numberId: string }[],
): Promise<{ tenantId: TenantId; contactId: string; numberId: string; purpose: ConsentPurpose }[]> {
  return tx.query(REFUSED_BY_NUMBER, columns(pairs, (p) => p.tenantId, (p) => p.contactId, (p) => p.numberId));
}

const CONFIRM: Statement = {
  name: 'consents.confirm',
  text: `
    UPDATE consents c SET confirmation_id = i.message_id
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS i (tenant_id, contact_id, number_id, message_id)
     WHERE c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id AND c.purpose = 'service' AND c.status = 'REVOKED'
       AND (c.phone_number_id IS NULL OR c.phone_number_id = i.number_id)`,
};

/** Names the confirmation of each STOP: the only message that the claim lets go against it. */
export async function nameConfirmations(tx: SystemTx, confirmations: readonly StopConfirmation[]): Promise<void> {
  if (confirmations.length === 0) return;
  await tx.query(CONFIRM, columns(confirmations, (c) => c.tenantId, (c) => c.contactId, (c) => c.numberId, (c) => c.messageId));
}

// The customer's own message grants "service" and is its proof, unless the customer has said something of it already.
const SERVICE_STRANGERS: Statement = {
  name: 'consents.without-service',
  text: `
    SELECT DISTINCT i.tenant_id AS "tenantId", i.contact_id AS "contactId"
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, contact_id, number_id)
     WHERE (SELECT true FROM consents c WHERE c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id AND c.purpose = 'service'
               AND (c.phone_number_id IS NULL OR c.phone_number_id = i.number_id) LIMIT 1) IS NULL`,
};

/** The contacts among these of whom nothing stands for "service" to the number that they wrote to. */
export function withoutServiceConsent(
  tx: SystemTx,
  contacts: readonly { tenantId: TenantId; contactId: string; numberId: string }[],
): Promise<{ tenantId: TenantId; contactId: string }[]> {
  return tx.query<{ tenantId: TenantId; contactId: string }>(SERVICE_STRANGERS, columns(contacts, (c) => c.tenantId, (c) => c.contactId, (c) => c.numberId));
}

/** Meta's code for a message to somebody who stopped marketing in WhatsApp. */
export const MARKETING_STOPPED = 131050;

/** A message that Meta refused with that code. */
export interface MarketingStop {
  tenantId: TenantId;
  contactId: string;
  messageId: string;
  /** Meta's time; null: now. */
  at: Date | null;
}

/** Takes back marketing for whom Meta says so when we write, for it may have told so before we listened. */
export async function recordMarketingStops(tx: SystemQueries, stops: readonly MarketingStop[]): Promise<void> {
  if (stops.length === 0) return;
  await recordConsents(
    tx,
    stops.map(({ tenantId, contactId, messageId, at }) => ({
      tenantId,
      contactId,
      purpose: 'marketing',
      status: 'REVOKED',
      source: 'meta',
      evidence: `error ${MARKETING_STOPPED}: the recipient stopped marketing messages`,
      actor: 'customer',
      messageId,
      decidedAt: at,
      onceKey: `error ${MARKETING_STOPPED} ${messageId}`,
      onlyIfNewer: true,
    })),
  );
}
