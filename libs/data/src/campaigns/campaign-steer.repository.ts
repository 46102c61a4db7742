import type { CampaignState, TenantId } from '@parley/domain';
import { stoodSeconds } from '../sending/validity.js';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';

/** Messages that one statement moves at most. */
const CHUNK = 1_000;

/** What a statement over a campaign's queued messages did. */
export interface SteeredMessages {
  /** The last position that was looked at; null: there was nothing more. */
  last: number | null;
  moved: number;
}

const MOVE: Statement = {
  name: 'campaigns.steer',
  text: `
    UPDATE campaigns
       SET state = $4, reason = $5, next_at = now(), updated_at = now(),
           started_at = CASE WHEN $4 = 'RUNNING' THEN coalesce(started_at, now()) ELSE started_at END,
           ended_at = CASE WHEN $4 = 'CANCELLED' THEN now() END
     WHERE tenant_id = $1 AND id = $2 AND state = ANY ($3)
    RETURNING state`,
};

const picked = `
    WITH picked AS MATERIALIZED (
      SELECT r.position, r.message_id FROM campaign_recipients r
       WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.state = 'FED' AND r.position > $3 ORDER BY r.position LIMIT ${CHUNK}
    )`;

const answer = `SELECT (SELECT max(position) FROM picked) AS last, (SELECT count(*)::int FROM moved) AS moved`;

// What the wait that ends here took from the validity is remembered: while a campaign is held, that stands still.
const stood = `nullif(coalesce(m.stood_seconds, 0) + ${stoodSeconds('m')}, 0)`;

// A message that waits for something of its own (a retry, a template) waits for its campaign from now on; what it waited for
// is looked at again when it is to leave.
const HOLD: Statement = {
  name: 'campaigns.hold-messages',
  text: `${picked}, moved AS (
      UPDATE messages m
         SET state = 'WAITING', wait_cause = 'campaign', wait_until = NULL, stood_seconds = ${stood}, updated_at = now()
        FROM picked p
       WHERE m.tenant_id = $1 AND m.id = p.message_id
         AND (m.state || '' = 'QUEUED' OR (m.state || '' = 'WAITING' AND m.wait_cause IS DISTINCT FROM 'campaign'))
      RETURNING m.tenant_id, m.id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, 'waiting', json_build_object('reason', 'campaign') FROM moved
    ) ${answer}`,
};

const RELEASE: Statement = {
  name: 'campaigns.release-messages',
  text: `${picked}, moved AS (
      UPDATE messages m
         SET state = 'QUEUED', wait_cause = NULL, wait_until = NULL, stood_seconds = ${stood}, updated_at = now()
        FROM picked p
       WHERE m.tenant_id = $1 AND m.id = p.message_id AND m.state || '' = 'WAITING' AND m.wait_cause = 'campaign'
      RETURNING m.tenant_id, m.id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, 'queued', json_build_object('reason', 'campaign resumed') FROM moved
    ) ${answer}`,
};

const CANCEL: Statement = {
  name: 'campaigns.cancel-messages',
  text: `${picked}, moved AS (
      UPDATE messages m SET state = 'CANCELLED', reason = 'campaign.cancelled', wait_cause = NULL, wait_until = NULL, updated_at = now()
        FROM picked p
       WHERE m.tenant_id = $1 AND m.id = p.message_id AND m.state || '' IN ('QUEUED', 'WAITING')
      RETURNING m.tenant_id, m.id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, 'cancelled', json_build_object('reason', 'campaign.cancelled') FROM moved
    ) ${answer}`,
};

const STATEMENTS = { hold: HOLD, release: RELEASE, cancel: CANCEL } as const;

/** What may be done to those messages of a campaign that have not left: hold them back, let them go, or end them. */
export type CampaignGrip = keyof typeof STATEMENTS;

/** A campaign by its keys. tenantId comes from the authenticated context, or from the campaign's row. */
export interface CampaignKey {
  tenantId: TenantId;
  id: string;
}

/** Moves a campaign as somebody asked; false when it was in none of these states any more. */
export async function steerCampaign(
  db: Pick<SystemTx, 'query'>,
  { tenantId, id }: CampaignKey,
  from: readonly CampaignState[],
  to: CampaignState,
  reason: string | null,
): Promise<boolean> {
  return (await db.query(MOVE, [tenantId, id, from, to, reason])).length > 0;
}

/** Grips all messages of the campaign that wait, set by set: at most as many as it may have queued. */
export async function gripMessages(db: SystemQueries, { tenantId, id }: CampaignKey, grip: CampaignGrip): Promise<number> {
  let moved = 0;
  for (let after: number | null = -1; after !== null; ) {
    const rows: SteeredMessages[] = await db.query<SteeredMessages>(STATEMENTS[grip], [tenantId, id, after]);
    after = rows[0]?.last ?? null;
    moved += rows[0]?.moved ?? 0;
  }
  return moved;
}
