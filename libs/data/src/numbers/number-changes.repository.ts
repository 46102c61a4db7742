import { ACCOUNT_PAUSE, type NumberChange, type TenantId } from '@parley/domain';
import { Holds } from '../sending/holds.repository.js';
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

const USERNAME = fact('username', 'username_at', 'username = $5, username_status = $6', false);

const REVIEW: Statement = {
  name: 'accounts.apply-review',
  text: `
    UPDATE accounts SET review_status = $4, review_at = $3, updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND (review_at IS NULL OR review_at < $3) RETURNING id`,
};

const STATE: Statement = {
  name: 'accounts.apply-state',
  text: `
    UPDATE accounts SET state = $4, state_reason = $5, state_at = $3, updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND (state_at IS NULL OR state_at < $3)
    RETURNING (extract(epoch FROM $6::timestamptz - now()) * 1000)::float8 AS "untilMs"`,
};

// A template has one hold of its account at most; the newest word says until when.
const HOLD_TEMPLATES: Statement = {
  name: 'accounts.hold-templates',
  text: `
    INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor, until)
    SELECT t.tenant_id, 'template', t.id, 'account', $3, 'meta', $4::timestamptz
      FROM templates t WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.status <> 'DRAFT'
     ORDER BY t.id
    ON CONFLICT (tenant_id, scope_id, scope, cause) WHERE ended_at IS NULL
      DO UPDATE SET reason = excluded.reason, actor = excluded.actor, until = excluded.until`,
};

const FREE_TEMPLATES: Statement = {
  name: 'accounts.free-templates',
  text: `
    UPDATE holds h SET ended_at = least(now(), h.until), ended_by = 'meta'
      FROM templates t
     WHERE t.tenant_id = $1 AND t.account_id = $2
       AND h.tenant_id = t.tenant_id AND h.scope_id = t.id AND h.scope = 'template' AND h.cause = 'account' AND h.ended_at IS NULL`,
};

const NUMBERS: Statement = {
  name: 'accounts.numbers',
  text: `SELECT id FROM phone_numbers WHERE tenant_id = $1 AND account_id = $2 ORDER BY id`,
};

const SIGHTED: Statement = {
  name: 'numbers.sighted',
  text: `UPDATE phone_numbers SET last_webhook_at = now() WHERE graph_id = ANY ($1::text[])`,
};

/** Applies a change of numbers that Meta told at that time. Answers those that it changed; an older word changes none. */
export function applyNumberFact(tx: SystemTx, account: ChangedAccount, change: Change<'tier' | 'throughput' | 'quality' | 'name' | 'username'>, at: Date): Promise<ChangedNumber[]> {
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
    case 'username':
      return tx.query<ChangedNumber>(USERNAME, [...named, change.username, change.status]);
  }
}

/** Whether Meta's decision on the account was news. */
export async function applyAccountReview(tx: SystemTx, { tenantId, id }: ChangedAccount, decision: string, at: Date): Promise<boolean> {
  return (await tx.query(REVIEW, [tenantId, id, at, decision])).length > 0;
}

/**
 * Brings an account to a state, and holds it or lets it go: Meta's newest word stands alone. Answers the numbers that are
 * paused by it, or that nothing holds any more; null: an older word, which changes nothing.
 */
export async function applyAccountState(
  tx: SystemTx,
  { tenantId, id }: ChangedAccount,
  { state, reason, until, templates }: Change<'account-state'>,
  at: Date,
): Promise<ChangedNumber[] | null> {
  const [moved] = await tx.query<{ untilMs: number | null }>(STATE, [tenantId, id, at, state, reason ?? templates?.reason ?? null, until]);
  if (!moved) return null;
  if (templates) await tx.query(HOLD_TEMPLATES, [tenantId, id, templates.reason, templates.until]);
  else await tx.query(FREE_TEMPLATES, [tenantId, id]);
  const holds = new Holds(tx);
  const scope = { tenantId, scope: 'account', scopeId: id, actor: 'meta' } as const;
  const isOver = reason === null || (moved.untilMs !== null && moved.untilMs <= 0);
  const cause = reason?.startsWith(ACCOUNT_PAUSE) ? 'account' : 'credential';
  const freed: string[] = [];
  for (const former of ['account', 'credential'] as const) {
    if (isOver || former !== cause) freed.push(...((await holds.end({ ...scope, cause: former }))?.numberIds ?? []));
  }
  if (isOver) return freed.map((numberId) => ({ id: numberId, became: 'resumed' }));
  await holds.begin({ ...scope, cause, reason, untilMs: moved.untilMs });
  return (await tx.query<{ id: string }>(NUMBERS, [tenantId, id])).map(({ id: numberId }) => ({ id: numberId, became: 'paused' }));
}

/** Notes that webhooks of these numbers arrive, by Meta's ids of them. */
export async function noteSightedNumbers(db: SystemDb, graphIds: readonly string[]): Promise<void> {
  if (graphIds.length > 0) await db.query(SIGHTED, [graphIds]);
}
