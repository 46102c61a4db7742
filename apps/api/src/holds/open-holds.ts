import type { HoldCause, TenantTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import type { HoldRow } from './hold.view.js';

/** An open hold, and a number that it holds. */
export interface HeldNumber extends HoldRow {
  numberId: string;
}

/**
 * What holds these numbers now: holds of the number, its account, the tenant and the app, by number; what lasts longest
 * comes first. An empty list of ids stands for none.
 */
export async function readOpenHolds(tx: TenantTx, tenantId: TenantId, numberIds: readonly string[]): Promise<ReadonlyMap<string, HoldRow[]>> {
  const held = new Map<string, HoldRow[]>();
  if (numberIds.length === 0) return held;
  const rows = await tx.$queryRaw<HeldNumber[]>`
    SELECT n.id AS "numberId", h.id, h.scope, h.scope_id AS "scopeId", h.cause, h.reason, h.actor, h.until, h.began_at AS "beganAt"
      FROM phone_numbers n
      JOIN holds h ON h.tenant_id = n.tenant_id AND h.scope_id IN (n.id, n.account_id, n.tenant_id)
                  AND h.ended_at IS NULL AND (h.until IS NULL OR h.until > now())
     WHERE n.tenant_id = ${tenantId}::uuid AND n.id = ANY (${[...numberIds]}::uuid[])
     ORDER BY h.until DESC NULLS FIRST, h.id`;
  for (const { numberId, ...row } of rows) held.set(numberId, [...(held.get(numberId) ?? []), row]);
  return held;
}

/** What keeps the QUEUED messages of a number from leaving. */
export interface QueueHold {
  cause: HoldCause | 'module';
  /** As it was given; null: the cause says all. */
  reason: string | null;
  until: Date | null;
}

/** What holds the queues of these numbers, where something does: a switched-off module first, then what lasts longest. */
export async function readQueueHolds(tx: TenantTx, tenantId: TenantId, numberIds: readonly string[]): Promise<ReadonlyMap<string, QueueHold>> {
  if (numberIds.length === 0) return new Map();
  const { whatsappEnabled, state } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { whatsappEnabled: true, state: true } });
  if (!whatsappEnabled || state !== 'ACTIVE') return new Map(numberIds.map((id) => [id, { cause: 'module', reason: null, until: null }]));
  const held = await readOpenHolds(tx, tenantId, numberIds);
  return new Map([...held].map(([id, [longest]]) => [id, { cause: longest!.cause as HoldCause, reason: longest!.reason, until: longest!.until }]));
}
