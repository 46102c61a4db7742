import type { Statement, SystemDb } from '../system-db.js';
import type { LeasedCampaign } from './campaign-lease.repository.js';

/** How far one look came. */
export interface Followed {
  /** The last position that was looked at; null: there was nothing more. */
  last: number | null;
  /** Recipients that had moved. */
  moved: number;
  /** Messages that are held for their campaign. */
  held: number;
}

/** States of messages that have not left, for all that we know. */
const ON_ITS_WAY = `('QUEUED', 'WAITING', 'DISPATCHED', 'SENDING', 'UNKNOWN')`;

// What became of the messages of these recipients. A look costs one look-up of a message and one of its conversation for
// each, and writes only what moved; the tallies change by the difference.
const follow = (picked: string, last: string): string => `
    WITH picked AS MATERIALIZED (${picked}), looked AS MATERIALIZED (
      SELECT p.*,
             CASE WHEN m.state IN ${ON_ITS_WAY} THEN 'FED' WHEN m.state = 'PLAYED' THEN 'READ' ELSE m.state END AS now_state,
             CASE WHEN m.state IN ('FAILED', 'CANCELLED', 'EXPIRED') THEN coalesce(m.reason, lower(m.state)) END AS now_reason,
             m.wait_cause IS NOT DISTINCT FROM 'campaign' AS held,
             p.answered OR coalesce(cv.last_inbound_at > m.accepted_at, false) AS now_answered
        FROM picked p
        JOIN messages m ON m.tenant_id = $1 AND m.id = p.message_id
        LEFT JOIN conversations cv ON cv.tenant_id = m.tenant_id AND cv.id = m.conversation_id
    ), moved AS (
      UPDATE campaign_recipients r
         SET state = l.now_state, reason = l.now_reason, answered = l.now_answered, updated_at = now()
        FROM looked l
       WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.position = l.position AND r.state || '' = l.state
         AND (l.state, l.reason, l.answered) IS DISTINCT FROM (l.now_state, l.now_reason, l.now_answered)
      RETURNING r.variant, l.state, l.reason, l.answered, l.now_state, l.now_reason, l.now_answered
    ), changes AS (
      SELECT variant, state, coalesce(reason, '') AS reason, -1 AS change FROM moved
      UNION ALL SELECT variant, now_state, coalesce(now_reason, ''), 1 FROM moved
      UNION ALL SELECT variant, 'ANSWERED', '', 1 FROM moved WHERE now_answered AND NOT answered
    ), counted AS (
      INSERT INTO campaign_tallies AS t (tenant_id, campaign_id, variant, state, reason, count)
      SELECT $1, $2, variant, state, reason, sum(change) FROM changes GROUP BY variant, state, reason HAVING sum(change) <> 0 ORDER BY variant, state, reason
      ON CONFLICT (tenant_id, campaign_id, variant, state, reason) DO UPDATE SET count = t.count + excluded.count
    )
    SELECT (${last}) AS last, (SELECT count(*)::int FROM moved) AS moved,
           (SELECT count(*)::int FROM looked WHERE held) AS held`;

const FOLLOW_QUEUED: Statement = {
  name: 'campaigns.follow-queued',
  text: follow(
    `
      SELECT position, message_id, state, reason, variant, answered FROM campaign_recipients
       WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'FED' AND position > $3 ORDER BY position LIMIT $4`,
    'SELECT max(position) FROM picked',
  ),
};

const FOLLOW_ALL: Statement = {
  name: 'campaigns.follow-all',
  // Positions have no gaps: a range of them is a set of bounded size, and no search for those that have a message.
  text: follow(
    `
      SELECT position, message_id, state, reason, variant, answered FROM campaign_recipients
       WHERE tenant_id = $1 AND campaign_id = $2 AND position > $3 AND position <= $3 + $4 AND message_id IS NOT NULL`,
    'SELECT $3 + $4 FROM campaigns WHERE tenant_id = $1 AND id = $2 AND recipients > $3 + 1',
  ),
};

const NOTE_WALK: Statement = {
  name: 'campaigns.note-walk',
  text: `
    UPDATE campaigns
       SET followed_to = $4, walk_began_at = CASE WHEN $5 THEN NULL ELSE coalesce(walk_began_at, now()) END,
           walk_due_at = CASE WHEN $5 THEN now() + greatest(make_interval(secs => $6 / 1000.0), $7 * (now() - coalesce(walk_began_at, now()))) ELSE walk_due_at END
     WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3
    RETURNING (extract(epoch FROM walk_due_at - now()) * 1000)::float AS "dueInMs"`,
};

/** Looks at the recipients whose messages were on their way, behind this position. */
export function followQueued(db: SystemDb, { tenantId, id }: LeasedCampaign, after: number, limit: number): Promise<Followed> {
  return one(db, FOLLOW_QUEUED, [tenantId, id, after, limit]);
}

/** Looks at all recipients that have a message, behind this position. */
export function followAll(db: SystemDb, { tenantId, id }: LeasedCampaign, after: number, limit: number): Promise<Followed> {
  return one(db, FOLLOW_ALL, [tenantId, id, after, limit]);
}

/** How a walk over all recipients goes on. */
export interface WalkProgress {
  /** The position that it has reached. */
  followedTo: number;
  isOver: boolean;
  /** Until the next walk begins, at least. */
  restMs: number;
  /** And so many times as long as this walk took. */
  restFactor: number;
}

/** Remembers how far the walk is; answers in how many ms the next one is due. */
export async function noteWalk(db: SystemDb, { tenantId, id, epoch }: LeasedCampaign, walk: WalkProgress): Promise<number> {
  const values = [tenantId, id, epoch, walk.followedTo, walk.isOver, walk.restMs, walk.restFactor];
  const [row] = await db.query<{ dueInMs: number | null }>(NOTE_WALK, values);
  return row?.dueInMs ?? 0;
}

async function one(db: SystemDb, statement: Statement, values: readonly unknown[]): Promise<Followed> {
  const [row] = await db.query<Followed>(statement, values);
  return row ?? { last: null, moved: 0, held: 0 };
}
