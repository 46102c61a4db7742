import type { CampaignSchedule, CampaignState, CampaignVariant, TenantId } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** How long a worker owns a campaign without renewing. */
export const CAMPAIGN_LEASE_SECONDS = 30;

/** A campaign whose feeding belongs to this process until the lease runs out. epoch is the fencing token. */
export interface LeasedCampaign {
  tenantId: TenantId;
  id: string;
  epoch: string;
  numberId: string;
  state: CampaignState;
  reason: string | null;
  variants: CampaignVariant[];
  schedule: CampaignSchedule;
  validSeconds: number | null;
  /** The organisation's. */
  timeZone: string;
  /** Of its number. */
  perSecond: number;
  /** How far the walk over its messages is. */
  followedTo: number;
  /** Whether a walk is under way, or due. */
  walkIsDue: boolean;
  /** Seconds since the last recipient was fed; null: none was. */
  fedAgoSeconds: number | null;
  /** The database's time. */
  now: Date;
}

const take = (due: string): string => `
    WITH due AS (
      SELECT c.tenant_id, c.id FROM campaigns c
       WHERE ${due} AND (c.lease_until IS NULL OR c.lease_until <= now())
       ORDER BY c.next_at LIMIT $2 FOR UPDATE OF c SKIP LOCKED
    )
    UPDATE campaigns c
       SET lease_holder = $1, lease_epoch = c.lease_epoch + 1, lease_until = now() + interval '${CAMPAIGN_LEASE_SECONDS} seconds'
      FROM due d
      JOIN tenants t ON t.id = d.tenant_id
     WHERE c.tenant_id = d.tenant_id AND c.id = d.id
    RETURNING c.tenant_id AS "tenantId", c.id, c.lease_epoch AS epoch, c.phone_number_id AS "numberId", c.state, c.reason, c.variants, c.schedule,
              c.valid_seconds AS "validSeconds", t.time_zone AS "timeZone",
              (SELECT n.per_second FROM phone_numbers n WHERE n.tenant_id = c.tenant_id AND n.id = c.phone_number_id LIMIT 1) AS "perSecond",
              c.followed_to AS "followedTo", c.walk_began_at IS NOT NULL OR coalesce(c.walk_due_at <= now(), true) AS "walkIsDue",
              extract(epoch FROM now() - c.fed_at)::float AS "fedAgoSeconds", now() AS now`;

const TAKE_DUE: Statement = { name: 'campaigns.take-due', text: take('c.next_at <= now()') };
const TAKE_ONE: Statement = { name: 'campaigns.take-one', text: take('c.id = $3 AND c.next_at IS NOT NULL') };

const RENEW: Statement = {
  name: 'campaigns.renew',
  text: `
    UPDATE campaigns SET lease_until = now() + interval '${CAMPAIGN_LEASE_SECONDS} seconds'
     WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_until > now()
    RETURNING id`,
};

// Whoever steered the campaign meanwhile wants it looked at now.
const RELEASE: Statement = {
  name: 'campaigns.release',
  text: `
    UPDATE campaigns
       SET lease_until = NULL, lease_holder = NULL,
           next_at = CASE WHEN state = $4 THEN now() + make_interval(secs => $5 / 1000.0) ELSE now() END
     WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3`,
};

const ARE_DUE: Statement = {
  name: 'campaigns.are-due',
  text: `
    (SELECT true AS due FROM campaigns WHERE next_at <= now() AND (lease_until IS NULL OR lease_until <= now()) LIMIT 1)
    UNION ALL
    (SELECT true FROM campaign_uploads WHERE state = 'RECEIVING' AND until <= now() LIMIT 1)`,
};

const MOVE: Statement = {
  name: 'campaigns.move',
  text: `
    UPDATE campaigns
       SET state = $4, reason = $5, updated_at = now(),
           started_at = CASE WHEN $4 = 'RUNNING' THEN coalesce(started_at, now()) ELSE started_at END,
           ended_at = CASE WHEN $4 IN ('DONE', 'CANCELLED') THEN now() END
     WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND state = $6
    RETURNING state`,
};

/** Takes and gives back the right to feed a campaign. */
export class CampaignLeases {
  constructor(
    private readonly db: SystemDb,
    private readonly holder: string,
  ) {}

  /** Campaigns whose time to be looked at has come and that no live worker holds. */
  takeDue(limit: number): Promise<LeasedCampaign[]> {
    return this.db.query<LeasedCampaign>(TAKE_DUE, [this.holder, limit]);
  }

  /** This one, whenever it would be looked at; null while another worker holds it, or nothing will ever be left to do. */
  async take(campaignId: string): Promise<LeasedCampaign | null> {
    const [row] = await this.db.query<LeasedCampaign>(TAKE_ONE, [this.holder, 1, campaignId]);
    return row ?? null;
  }

  /** False when the lease was lost. */
  async renew({ tenantId, id, epoch }: LeasedCampaign): Promise<boolean> {
    return (await this.db.query(RENEW, [tenantId, id, epoch])).length > 0;
  }

  /**
   * Gives the campaign back in the state that this turn left it in.
   * @param nextInMs until the next look; null: there will be none
   */
  async release({ tenantId, id, epoch }: LeasedCampaign, state: CampaignState, nextInMs: number | null): Promise<void> {
    await this.db.query(RELEASE, [tenantId, id, epoch, state, nextInMs]);
  }

  /** Moves a leased campaign; false when somebody steered it meanwhile, or the lease was lost. */
  async move({ tenantId, id, epoch }: LeasedCampaign, from: CampaignState, to: CampaignState, reason: string | null): Promise<boolean> {
    return (await this.db.query(MOVE, [tenantId, id, epoch, to, reason, from])).length > 0;
  }
}

/** Whether a campaign waits for a worker, or an upload that broke for being undone. */
export async function campaignsAreDue(db: Pick<SystemDb, 'query'>): Promise<boolean> {
  return (await db.query(ARE_DUE)).length > 0;
}
