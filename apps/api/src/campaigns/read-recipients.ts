import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { DomainError, type CampaignVariant, type TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import type { Page } from '../http/page.js';
import { uploadReportView, type UploadReportView } from './audience-report.view.js';
import type { RecipientQuery } from './campaign.dto.js';
import { OwnCampaigns, stateOf } from './own-campaigns.js';
import { recipientView, storedStates, type RecipientView } from './recipient.view.js';

/** The recipients of a tenant's campaigns, in their order. */
@Injectable()
export class ReadRecipients {
  constructor(
    private readonly db: TenantDb,
    private readonly campaigns: OwnCampaigns,
  ) {}

  /** @throws resource.not-found, request.invalid for a cursor that is none of ours */
  async list(tenantId: TenantId, campaignId: string, { limit, cursor, state }: RecipientQuery): Promise<Page<RecipientView>> {
    const after = cursor === undefined ? -1 : positionOf(cursor);
    return this.db.run(tenantId, async (tx) => {
      const campaign = await this.campaigns.find(tx, tenantId, campaignId);
      const names = (campaign.variants as CampaignVariant[]).map(({ name }) => name);
      const states = state && { state: { in: storedStates(state, stateOf(campaign)) } };
      const where = { tenantId, campaignId, position: { gt: after }, ...states };
      const rows = await tx.campaignRecipient.findMany({ where, orderBy: { position: 'asc' }, take: limit + 1 });
      const shown = rows.slice(0, limit);
      const hasMore = rows.length > limit;
      const nextCursor = hasMore ? cursorOf(shown.at(-1)!.position) : null;
      return { data: shown.map((row) => recipientView(row, stateOf(campaign), names)), hasMore, nextCursor };
    });
  }

  /** What became of the last file or tag. @throws resource.not-found, also where there was none */
  async report(tenantId: TenantId, campaignId: string): Promise<UploadReportView> {
    const where = { tenantId, campaignId };
    return uploadReportView(found(await this.db.run(tenantId, (tx) => tx.campaignUpload.findFirst({ where, orderBy: { id: 'desc' } }))));
  }
}

function cursorOf(position: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(position);
  return bytes.toString('base64url');
}

function positionOf(cursor: string): number {
  const bytes = Buffer.from(cursor, 'base64url');
  const position = bytes.length === 4 && bytes.toString('base64url') === cursor ? bytes.readUInt32BE() : NaN;
  if (position <= 0x7fffffff) return position;
  const detail = 'cursor must be the nextCursor of a page of this list';
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/cursor', code: 'field.invalid', detail }] });
}
