import { Injectable } from '@nestjs/common';
import { gripMessages, lockCampaign, steerCampaign, SystemDb, TenantDb, undoUpload, type CampaignGrip } from '@parley/data';
import {
  campaignActionIn,
  campaignStatesBefore,
  DomainError,
  PAUSED_BY_REQUEST,
  type CampaignAction,
  type CampaignSchedule,
  type CampaignState,
  type TenantId,
} from '@parley/domain';
import { logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { campaignFaults } from './campaign-readiness.js';
import type { CampaignDetailView, CampaignRow } from './campaign.view.js';
import { OwnCampaigns, stateOf } from './own-campaigns.js';
import { busy } from './take-audience.js';

/** What each action does to messages that are accepted and have not left. */
const GRIPS: Readonly<Record<CampaignAction, CampaignGrip | null>> = { start: null, pause: 'hold', resume: 'release', cancel: 'cancel' };

/** Starts, pauses, resumes and cancels campaigns. An action that has had its effect before is answered like the first. */
@Injectable()
export class SteerCampaign {
  constructor(
    private readonly tenants: TenantDb,
    private readonly db: SystemDb,
    private readonly campaigns: OwnCampaigns,
    private readonly producer: JobProducer,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws resource.not-found, campaign.state-conflict, campaign.not-ready, campaign.audience-busy */
  async act(tenantId: TenantId, id: string, action: CampaignAction): Promise<CampaignDetailView> {
    const row = await this.tenants.run(tenantId, (tx) => this.campaigns.find(tx, tenantId, id));
    const meaning = campaignActionIn(action, stateOf(row));
    if (meaning === 'refused') throw new DomainError('campaign.state-conflict', `The campaign is ${row.state}.`);
    // What stood in its way may pass; what somebody asked for stays.
    const isTakenOver = action === 'pause' && row.state === 'PAUSED' && row.reason !== PAUSED_BY_REQUEST;
    if (meaning === 'move' || isTakenOver) await this.move(tenantId, row, action, isTakenOver ? ['PAUSED'] : campaignStatesBefore(action));
    // Also where the state was right already: whoever set it may have been cut off before this.
    const grip = GRIPS[action];
    if (grip) await gripMessages(this.db, { tenantId, id }, grip);
    this.producer.wake('campaign.wake', { campaignId: id });
    if (grip === 'release') this.producer.wake('number.wake', { numberId: row.phoneNumberId });
    return this.campaigns.get(tenantId, id);
  }

  private async move(tenantId: TenantId, row: CampaignRow, action: CampaignAction, from: readonly CampaignState[]): Promise<void> {
    const to = targetOf(action, row);
    const reason = action === 'pause' ? PAUSED_BY_REQUEST : null;
    if (action === 'start') await this.refuseUnready(tenantId, row);
    const key = { tenantId, id: row.id };
    const hasMoved = action === 'start' ? await this.start(tenantId, row.id, to) : await steerCampaign(this.db, key, from, to, reason);
    // Somebody else was quicker.
    if (!hasMoved) throw new DomainError('campaign.state-conflict', 'The state of the campaign has just changed.');
    logEvent(this.logger, 'campaign.state_changed', { id: row.id, from: row.state, to, reason });
  }

  private async refuseUnready(tenantId: TenantId, row: CampaignRow): Promise<void> {
    const errors = await this.tenants.run(tenantId, (tx) => campaignFaults(tx, tenantId, row));
    if (errors.length > 0) throw new DomainError('campaign.not-ready', undefined, { errors });
  }

  /** Only with a whole audience: under the lock nobody is adding to it, and what broke off before is taken out first. */
  private async start(tenantId: TenantId, id: string, to: CampaignState): Promise<boolean> {
    for (;;) {
      const left = await this.db.transaction(async (tx) => {
        const campaign = await lockCampaign(tx, tenantId, id);
        if (!campaign || campaign.uploadIsAlive) throw busy();
        if (campaign.uploadId !== null) return campaign.uploadId;
        return steerCampaign(tx, { tenantId, id }, ['DRAFT'], to, null);
      });
      if (typeof left === 'boolean') return left;
      await undoUpload(this.db, { tenantId, campaignId: id, id: left }, { problem: 'The upload broke off.' });
    }
  }
}

/** What was never fed waits for its schedule; what was goes on. */
function targetOf(action: CampaignAction, { schedule, startedAt }: CampaignRow): CampaignState {
  if (action === 'pause') return 'PAUSED';
  if (action === 'cancel') return 'CANCELLED';
  const isAtOnce = (schedule as CampaignSchedule).kind === 'now';
  return isAtOnce || (action === 'resume' && startedAt !== null) ? 'RUNNING' : 'SCHEDULED';
}
