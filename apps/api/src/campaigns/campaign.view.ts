import { ApiProperty } from '@nestjs/swagger';
import {
  CAMPAIGN_STATES,
  ERRORS,
  isErrorCode,
  PAUSED_BY_REQUEST,
  type CampaignSchedule,
  type CampaignState,
  type CampaignVariant,
} from '@parley/domain';
import { CampaignScheduleDto, CampaignVariantDto } from './campaign.dto.js';
import { CampaignProgressView } from './campaign-progress.view.js';

/** A row of `campaigns`. */
export interface CampaignRow {
  id: string;
  name: string;
  phoneNumberId: string;
  state: string;
  reason: string | null;
  variants: unknown;
  schedule: unknown;
  validSeconds: number | null;
  recipients: number;
  startedAt: Date | null;
  endedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export class CampaignReasonView {
  @ApiProperty({ example: PAUSED_BY_REQUEST, description: 'A code of the errors, or campaign.paused: somebody asked for it.' })
  code!: string;

  @ApiProperty({ example: 'Somebody paused it.' })
  text!: string;
}

/** One message to many people. */
export class CampaignView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Spring menu' })
  name!: string;

  @ApiProperty({ format: 'uuid' })
  numberId!: string;

  @ApiProperty({ enum: CAMPAIGN_STATES, description: 'Only a DRAFT changes and takes recipients. DONE: everything left or ended.' })
  state!: CampaignState;

  @ApiProperty({ type: CampaignReasonView, nullable: true, description: 'Why it is PAUSED. What stands in its way is looked at again each minute.' })
  reason!: CampaignReasonView | null;

  @ApiProperty({ type: [CampaignVariantDto] })
  variants!: CampaignVariant[];

  @ApiProperty({ type: CampaignScheduleDto })
  schedule!: CampaignSchedule;

  @ApiProperty({ type: Number, nullable: true, example: 43_200 })
  validSeconds!: number | null;

  @ApiProperty({ example: 4_200 })
  recipients!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: Date | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** A campaign with what has become of it. */
export class CampaignDetailView extends CampaignView {
  @ApiProperty({ type: CampaignProgressView })
  progress!: CampaignProgressView;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the last message leaves, as things stand; null unless it is RUNNING.' })
  expectedFinishAt!: Date | null;
}

/** What a tenant sees of a campaign. */
export function campaignView(row: CampaignRow): CampaignView {
  const { id, name, phoneNumberId, reason, validSeconds, recipients, startedAt, endedAt, createdAt, updatedAt } = row;
  return {
    id,
    name,
    numberId: phoneNumberId,
    state: row.state as CampaignState,
    reason: reason === null ? null : { code: reason, text: reasonText(reason) },
    variants: row.variants as CampaignVariant[],
    schedule: row.schedule as CampaignSchedule,
    validSeconds,
    recipients,
    startedAt,
    endedAt,
    createdAt,
    updatedAt,
  };
}

const OWN_REASONS: Readonly<Record<string, string>> = {
  [PAUSED_BY_REQUEST]: 'Somebody paused it.',
  'campaign.cancelled': 'The campaign was cancelled.',
  'recipient.duplicate': 'The phone number belongs to a contact who is another recipient.',
  'recipient.field-missing': 'The recipient lacks a field that the template needs, and there is no default.',
};

/** A reason in words; those of Meta speak for themselves. */
export function reasonText(code: string): string {
  return OWN_REASONS[code] ?? (isErrorCode(code) ? ERRORS[code].title : code);
}
