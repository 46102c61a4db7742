import type { TenantId } from '@parley/domain';
import type { Statement, SystemDb, SystemTx } from '../system-db.js';
import { lockCampaign } from './campaign-audience.repository.js';

/** How long an upload may stand still until it counts as broken. */
export const UPLOAD_LEASE_SECONDS = 60;

/** Rows that one transaction takes out at most. */
const CHUNK = 10_000;

const BEGIN: Statement = {
  name: 'campaigns.begin-upload',
  text: `
    INSERT INTO campaign_uploads (tenant_id, campaign_id, source, name, first_position, until)
    SELECT c.tenant_id, c.id, $3, $4, c.recipients, now() + interval '${UPLOAD_LEASE_SECONDS} seconds'
      FROM campaigns c WHERE c.tenant_id = $1 AND c.id = $2
    RETURNING id`,
};

const TOUCH: Statement = {
  name: 'campaigns.touch-upload',
  text: `
    UPDATE campaign_uploads SET until = now() + interval '${UPLOAD_LEASE_SECONDS} seconds'
     WHERE tenant_id = $1 AND id = $2 AND state = 'RECEIVING' AND until > now()
    RETURNING id`,
};

const END: Statement = {
  name: 'campaigns.end-upload',
  text: `
    UPDATE campaign_uploads SET state = $3, report = $4::json, until = NULL, ended_at = now()
     WHERE tenant_id = $1 AND id = $2 AND state = 'RECEIVING'
    RETURNING id`,
};

const REMOVE: Statement = {
  name: 'campaigns.undo-upload',
  text: `
    WITH gone AS (
      DELETE FROM campaign_recipients r WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM campaign_uploads u JOIN campaign_recipients r
            ON r.tenant_id = u.tenant_id AND r.campaign_id = u.campaign_id AND r.position >= u.first_position
         WHERE u.tenant_id = $1 AND u.id = $2 AND u.state = 'RECEIVING' LIMIT ${CHUNK}))
      RETURNING 1
    )
    SELECT count(*)::int AS count FROM gone`,
};

const FORGET: Statement = {
  name: 'campaigns.forget-upload',
  text: `
    WITH over AS (
      UPDATE campaign_uploads SET state = 'UNDONE', report = $3::json, until = NULL, ended_at = now()
       WHERE tenant_id = $1 AND id = $2 AND state = 'RECEIVING'
      RETURNING tenant_id, campaign_id, first_position
    )
    UPDATE campaigns c SET recipients = o.first_position, updated_at = now()
      FROM over o WHERE c.tenant_id = o.tenant_id AND c.id = o.campaign_id`,
};

const GIVEN_UP: Statement = {
  name: 'campaigns.given-up-uploads',
  text: `
    SELECT tenant_id AS "tenantId", campaign_id AS "campaignId", id FROM campaign_uploads
     WHERE state = 'RECEIVING' AND until <= now() ORDER BY until LIMIT 10`,
};

/** An upload by its keys. */
export interface CampaignUploadKey {
  tenantId: TenantId;
  campaignId: string;
  id: string;
}

/** Opens an upload for a campaign that this transaction has locked and that has none. */
export async function beginUpload(tx: SystemTx, tenantId: TenantId, campaignId: string, source: 'file' | 'tag', name: string | null): Promise<CampaignUploadKey> {
  const [row] = await tx.query<{ id: string }>(BEGIN, [tenantId, campaignId, source, name]);
  return { tenantId, campaignId, id: row!.id };
}

/** Says that the upload goes on; false when it was given up meanwhile. */
export async function touchUpload(db: Pick<SystemDb, 'query'>, { tenantId, id }: CampaignUploadKey): Promise<boolean> {
  return (await db.query(TOUCH, [tenantId, id])).length > 0;
}

/** Makes what was taken part of the audience; false when the upload was given up meanwhile. */
export async function completeUpload(db: Pick<SystemDb, 'query'>, { tenantId, id }: CampaignUploadKey, report: object): Promise<boolean> {
  return (await db.query(END, [tenantId, id, 'TAKEN', JSON.stringify(report)])).length > 0;
}

/** Takes out again what an upload that broke has put in, chunk by chunk. It may be called by many, and twice. */
export async function undoUpload(db: SystemDb, { tenantId, campaignId, id }: CampaignUploadKey, report: object): Promise<number> {
  let removed = 0;
  for (;;) {
    const count = await db.transaction(async (tx) => {
      // Under the lock no other upload can begin behind the one that is being taken out.
      await lockCampaign(tx, tenantId, campaignId);
      const [{ count: gone }] = (await tx.query<{ count: number }>(REMOVE, [tenantId, id])) as [{ count: number }];
      if (gone < CHUNK) await tx.query(FORGET, [tenantId, id, JSON.stringify(report)]);
      return gone;
    });
    removed += count;
    if (count < CHUNK) return removed;
  }
}

/** Uploads whose process is gone. */
export function givenUpUploads(db: Pick<SystemDb, 'query'>): Promise<CampaignUploadKey[]> {
  return db.query<CampaignUploadKey>(GIVEN_UP);
}
