import { ACCOUNT_PAUSE, type NumberChange, type TenantId } from '@parley/domain';
import type { Statement, SystemDb, SystemTx } from '../system-db.js';

/** A number that a change touched, and what became of it. */
export interface ChangedNumber {
  id: string;
  became: 'changed' | 'paused' | 'resumed';
}

/** An account of a tenant, as a change finds it. */
export interface ChangedAccount {
  tenantId: TenantId;
  id: string;
}

type Change<Kind extends NumberChange['kind']> = Extract<NumberChange, { kind: Kind }>;

const NAMED = `n.tenant_id = $1 AND n.account_id = $2 AND ($3::text IS NULL OR regexp_replace(n.display_phone_number, '\\D', '', 'g') = $3)`;

/** One fact of one number, or of all numbers of an account, where it is newer than what stands there. $4 is its time. */
function fact(name: string, at: string, set: string, isTold: boolean): Statement {
  return {
    name: `numbers.apply-${name}`,
    text: `
      WITH changed AS (
        UPDATE phone_numbers n SET ${set}, ${at} = $4, updated_at = now()
         WHERE ${NAMED} AND (n.${at} IS NULL OR n.${at} < $4)
        RETURNING n.tenant_id, n.id, n.quality, n.tier, n.per_second
      )${
        isTold
          ? `, published AS (
        INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
        SELECT tenant_id, 'whatsapp.number_quality_changed', 'number', id,
               json_build_object('numberId', id, 'quality', quality, 'tier', tier, 'perSecond', per_second)
          FROM changed
      )`
          : ''
      }
      SELECT id, 'changed' AS became FROM changed ORDER BY id`,
  };
}

const TIER = fact('tier', 'tier_at', 'tier = $5', true);
// A number beside the Business app keeps its fixed throughput, whatever Meta writes to the others of its account.
const THROUGHPUT = fact('throughput', 'throughput_at', 'throughput_level = $5, per_second = CASE WHEN n.per_second = 20 THEN 20 ELSE $6::int END', true);
const QUALITY = fact('quality', 'quality_at', 'quality = $5', true);
const NAME = fact('name', 'name_at', 'name_status = $5, verified_name = coalesce($6, n.verified_name)', false);

const REVIEW: Statement = {
  name: 'accounts.apply-review',
  text: `
    UPDATE accounts SET review_status = $4, review_at = $3, updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND (review_at IS NULL OR review_at < $3) RETURNING id`,
};

// A pause without an end lasts until Meta's next word; a hundred years stand for it, since clients read no infinity.
const STATE: Statement = {
  name: 'accounts.apply-state',
  text: `
    WITH moved AS (
      UPDATE accounts SET state = $4, state_reason = $5, state_at = $3, updated_at = now()
       WHERE tenant_id = $1 AND id = $2 AND (state_at IS NULL OR state_at < $3)
      RETURNING tenant_id, id
    ), paused AS (
      UPDATE phone_numbers n SET paused_until = coalesce($6::timestamptz, now() + interval '100 years'), pause_reason = $5, updated_at = now()
        FROM moved m
       WHERE n.tenant_id = m.tenant_id AND n.account_id = m.id AND $5::text IS NOT NULL AND coalesce($6::timestamptz > now(), true)
      RETURNING n.tenant_id, n.id, n.paused_until, n.pause_reason
    ), resumed AS (
      UPDATE phone_numbers n SET paused_until = NULL, pause_reason = NULL, updated_at = now()
        FROM moved m
       WHERE n.tenant_id = m.tenant_id AND n.account_id = m.id AND $5::text IS NULL AND n.paused_until > now()
         AND (starts_with(n.pause_reason, '${ACCOUNT_PAUSE}') OR n.pause_reason = 'credential.disconnected')
      RETURNING n.tenant_id, n.id
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.number_paused', 'number', id, json_build_object('numberId', id, 'until', paused_until, 'reason', pause_reason) FROM paused
      UNION ALL
      SELECT tenant_id, 'whatsapp.number_resumed', 'number', id, json_build_object('numberId', id) FROM resumed
    )
    SELECT m.id AS "accountId", p.id, 'paused' AS became FROM moved m LEFT JOIN paused p ON true WHERE $5::text IS NOT NULL
    UNION ALL
    SELECT m.id, r.id, 'resumed' FROM moved m LEFT JOIN resumed r ON true WHERE $5::text IS NULL`,
};

const SIGHTED: Statement = {
  name: 'numbers.sighted',
  text: `UPDATE phone_numbers SET last_webhook_at = now() WHERE graph_id = ANY ($1::text[])`,
};

/** Applies a change of numbers that Meta told at that time. Answers those that it changed; an older word changes none. */
export function applyNumberFact(tx: SystemTx, account: ChangedAccount, change: Change<'tier' | 'throughput' | 'quality' | 'name'>, at: Date): Promise<ChangedNumber[]> {
  const named = [account.tenantId, account.id, change.digits, at];
  switch (change.kind) {
    case 'tier':
      return tx.query<ChangedNumber>(TIER, [...named, change.tier]);
    case 'throughput':
      return tx.query<ChangedNumber>(THROUGHPUT, [...named, change.level, change.perSecond]);
    case 'quality':
      return tx.query<ChangedNumber>(QUALITY, [...named, change.quality]);
    case 'name':
      return tx.query<ChangedNumber>(NAME, [...named, change.nameStatus, change.verifiedName]);
  }
}

/** Whether Meta's decision on the account was news. */
export async function applyAccountReview(tx: SystemTx, { tenantId, id }: ChangedAccount, decision: string, at: Date): Promise<boolean> {
  return (await tx.query(REVIEW, [tenantId, id, at, decision])).length > 0;
}

/** Brings an account to a state and pauses or resumes its numbers. null: an older word, which changes nothing. */
export async function applyAccountState(
  tx: SystemTx,
  { tenantId, id }: ChangedAccount,
  { state, reason, until }: Change<'account-state'>,
  at: Date,
): Promise<ChangedNumber[] | null> {
  const rows = await tx.query<ChangedNumber & { id: string | null }>(STATE, [tenantId, id, at, state, reason, until]);
  return rows.length === 0 ? null : rows.filter((row) => row.id !== null);
}

/** Notes that webhooks of these numbers arrive, by Meta's ids of them. */
export async function noteSightedNumbers(db: SystemDb, graphIds: readonly string[]): Promise<void> {
  if (graphIds.length > 0) await db.query(SIGHTED, [graphIds]);
}
