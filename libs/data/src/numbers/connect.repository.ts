import type { TenantId } from '@parley/domain';
import { Holds, type HoldToEnd } from '../sending/holds.repository.js';
import type { Statement, SystemDb } from '../system-db.js';

/** How the reason of a wait begins that a new access token ends. */
export const CREDENTIAL_PAUSE = 'credential';

const OWNED_BY_OTHER: Statement = {
  name: 'numbers.owned-by-other',
  text: `SELECT EXISTS (SELECT FROM phone_numbers WHERE graph_id = $2 AND tenant_id <> $1) AS taken`,
};

// What waits for another attempt because of the token, on any number of the account.
const DUE: Statement = {
  name: 'numbers.due-after-credential',
  text: `
    UPDATE messages m SET wait_until = now(), updated_at = now()
      FROM phone_numbers n
     WHERE n.tenant_id = $1 AND n.account_id = $2
       AND m.tenant_id = n.tenant_id AND m.phone_number_id = n.id AND m.state = 'WAITING' AND m.wait_cause = 'retry'
       AND starts_with(m.reason, '${CREDENTIAL_PAUSE}')`,
};

const NUMBERS: Statement = {
  name: 'numbers.held-by-credential',
  text: `
    SELECT DISTINCT h.scope, h.scope_id AS "scopeId" FROM phone_numbers n
      JOIN holds h ON h.tenant_id = n.tenant_id AND h.scope_id IN (n.id, n.account_id) AND h.cause = 'credential' AND h.ended_at IS NULL
     WHERE n.tenant_id = $1 AND n.account_id = $2`,
};

/** Whether another tenant has this number of Meta's. Nothing else is told of it. */
export async function isNumberTaken(db: SystemDb, tenantId: TenantId, graphId: string): Promise<boolean> {
  return (await db.query<{ taken: boolean }>(OWNED_BY_OTHER, [tenantId, graphId]))[0]?.taken ?? false;
}

/**
 * Ends what a refused token had caused for an account and its numbers, and makes due at once what waited for another
 * attempt because of it. Answers the ids of the numbers that nothing holds any more.
 */
export async function resumeAfterCredential(db: SystemDb, tenantId: TenantId, accountId: string): Promise<string[]> {
  return db.transaction(async (tx) => {
    const freed: string[] = [];
    for (const held of await tx.query<Pick<HoldToEnd, 'scope' | 'scopeId'>>(NUMBERS, [tenantId, accountId])) {
      const ended = await new Holds(tx).end({ ...held, tenantId, cause: 'credential', actor: 'system' });
      freed.push(...(ended?.numberIds ?? []));
    }
    await tx.query(DUE, [tenantId, accountId]);
    return freed;
  });
}
