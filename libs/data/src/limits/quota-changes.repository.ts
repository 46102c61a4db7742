import type { TenantId } from '@parley/domain';
import { writeAudit } from '../audit/audit-log.repository.js';
import type { Statement, SystemDb } from '../system-db.js';

export interface QuotaChange {
  tenantId: TenantId;
  /** null: the platform's default again. */
  quota: number | null;
  actor: string;
}

const BEGIN: Statement = {
  name: 'quota.begin',
  text: 'INSERT INTO rate_limits (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING',
};

const LOCK: Statement = {
  name: 'quota.lock',
  text: 'SELECT quota FROM rate_limits WHERE tenant_id = $1 FOR UPDATE',
};

const CHANGE: Statement = {
  name: 'quota.change',
  text: 'UPDATE rate_limits SET quota = $2, updated_at = now() WHERE tenant_id = $1',
};

const NUMBERS: Statement = {
  name: 'quota.numbers',
  text: 'SELECT id FROM phone_numbers WHERE tenant_id = $1',
};

// Along the index of what waits, each row once; the promotion finds them due. $4 to $6: where the last chunk ended.
const ASK_AGAIN: Statement = {
  name: 'quota.ask-again',
  text: `
    WITH held AS MATERIALIZED (
      SELECT w.tenant_id, w.id, w.contact_id, w.lane
        FROM messages w
       WHERE w.phone_number_id = $2 AND w.tenant_id = $1 AND w.state = 'WAITING' AND w.wait_cause = 'quota' AND w.wait_until > now()
         AND (w.contact_id, w.lane, w.id) > ($4::uuid, $5::smallint, $6::uuid)
       ORDER BY w.contact_id, w.lane, w.id
       LIMIT $3
    ), due AS (
      -- updated_at stays: since then its validity stands still.
      UPDATE messages m SET wait_until = now()
        FROM held h WHERE m.tenant_id = h.tenant_id AND m.id = h.id AND m.state || '' = 'WAITING'
    )
    SELECT contact_id AS "contactId", lane, id FROM held ORDER BY contact_id, lane, id`,
};

const CHUNK = 500;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Changes the quota of an organisation that exists, with a line in the audit log. */
export async function changeQuota(db: SystemDb, { tenantId, quota, actor }: QuotaChange): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(BEGIN, [tenantId]);
    const [before] = await tx.query<{ quota: number | null }>(LOCK, [tenantId]);
    await tx.query(CHANGE, [tenantId, quota]);
    const target = `tenant:${tenantId}`;
    await writeAudit(tx, { tenantId, actor, action: 'quota.changed', target, before: before ?? null, after: { quota } });
  });
}

/** Lets so many of the messages that wait for the quota ask again now; more would be refused again. Returns how many. */
export async function askForQuotaAgain(db: SystemDb, tenantId: TenantId, most: number): Promise<number> {
  let asked = 0;
  for (const { id: numberId } of await db.query<{ id: string }>(NUMBERS, [tenantId])) {
    let last = { contactId: NIL, lane: 0, id: NIL };
    for (let size = CHUNK; size === CHUNK && asked < most; ) {
      const rows: (typeof last)[] = await db.query(ASK_AGAIN, [tenantId, numberId, CHUNK, last.contactId, last.lane, last.id]);
      size = rows.length;
      asked += size;
      last = rows.at(-1) ?? last;
    }
  }
  return asked;
}
