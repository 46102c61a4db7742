import { ApiProperty } from '@nestjs/swagger';
import { RECIPIENT_STATES, type RecipientState } from '@parley/domain';

/** How many came how far. Each of accepted, sent, delivered and read includes those who came further. */
export class CampaignCountsView {
  @ApiProperty({ example: 120, description: 'Accepted by us, and on its way to WhatsApp.' })
  fed!: number;

  @ApiProperty({ example: 3_950, description: 'Taken by WhatsApp.' })
  accepted!: number;

  @ApiProperty({ example: 3_940 })
  sent!: number;

  @ApiProperty({ example: 3_800 })
  delivered!: number;

  @ApiProperty({ example: 1_700, description: 'As far as people let it be known.' })
  read!: number;

  @ApiProperty({ example: 210, description: 'People who wrote after they got the message, within three days.' })
  answered!: number;

  @ApiProperty({ example: 12 })
  failed!: number;

  @ApiProperty({ example: 118, description: 'Refused, each with its reason, before there was a message.' })
  skipped!: number;

  @ApiProperty({ example: 0 })
  cancelled!: number;

  @ApiProperty({ example: 0 })
  expired!: number;
}

export class CampaignVariantResultView extends CampaignCountsView {
  @ApiProperty({ example: 'A' })
  name!: string;

  @ApiProperty({ example: 50 })
  percent!: number;
}

export class CampaignReasonCountView {
  @ApiProperty({ enum: RECIPIENT_STATES })
  state!: RecipientState;

  @ApiProperty({ example: 'consent.missing' })
  code!: string;

  @ApiProperty({ example: 'The recipient has not agreed to this kind of message' })
  text!: string;

  @ApiProperty({ example: 118 })
  count!: number;
}

export class CampaignProgressView extends CampaignCountsView {
  @ApiProperty({ example: 4_200 })
  total!: number;

  @ApiProperty({ example: 0, description: 'Not fed yet.' })
  waiting!: number;

  @ApiProperty({ type: [CampaignReasonCountView], description: 'Why recipients were skipped or failed, most first.' })
  reasons!: CampaignReasonCountView[];

  @ApiProperty({ type: [CampaignVariantResultView], description: 'What each variant achieved. Judge by the counts, not by the rates alone: small numbers differ by chance.' })
  variants!: CampaignVariantResultView[];
}
