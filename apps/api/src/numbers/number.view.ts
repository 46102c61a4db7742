import { ApiProperty } from '@nestjs/swagger';
import { ACCOUNT_STATES, SENDABLE_NUMBER_STATE } from '@parley/domain';
import { holdView, HoldView, type HoldRow } from '../holds/hold.view.js';

/** A row of `phone_numbers` with its account's. */
export interface NumberRow {
  id: string;
  graphId: string;
  displayPhoneNumber: string;
  verifiedName: string;
  nameStatus: string | null;
  status: string;
  quality: string;
  throughputLevel: string;
  perSecond: number;
  tier: string | null;
  createdAt: Date;
  updatedAt: Date;
  account: { id: string; wabaId: string; name: string; tokenVersion: number; state: string; reviewStatus: string | null };
}

/** What a number may carry, in and out together. */
export class ThroughputView {
  @ApiProperty({ example: 'STANDARD', description: "Meta's level." })
  level!: string;

  @ApiProperty({ example: 80, description: 'Messages a second.' })
  perSecond!: number;
}

/** The WhatsApp Business account of a number. */
export class NumberAccountView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: '104996122399160', description: "Meta's id of the account." })
  wabaId!: string;

  @ApiProperty({ example: 'Trattoria Aria' })
  name!: string;

  @ApiProperty({ example: 1, description: 'Rises with each access token; the token itself is never shown.' })
  tokenVersion!: number;

  @ApiProperty({ enum: ACCOUNT_STATES, example: 'ACTIVE', description: 'What Meta told of it last.' })
  state!: string;

  @ApiProperty({ type: String, nullable: true, example: 'APPROVED', description: "Meta's last word from its review of the account." })
  reviewStatus!: string | null;
}

/** A phone number that a tenant has connected. */
export class NumberView {
  @ApiProperty({ format: 'uuid', description: 'The id of the number in Parley.' })
  id!: string;

  @ApiProperty({ example: '106540352242922', description: "Meta's id of the number." })
  phoneNumberId!: string;

  @ApiProperty({ example: '+40 21 555 0100' })
  displayPhoneNumber!: string;

  @ApiProperty({ example: 'Trattoria Aria' })
  verifiedName!: string;

  @ApiProperty({ type: String, nullable: true, example: 'APPROVED', description: "Meta's decision on the display name." })
  nameStatus!: string | null;

  @ApiProperty({ example: SENDABLE_NUMBER_STATE, description: `Meta's state; only ${SENDABLE_NUMBER_STATE} sends.` })
  status!: string;

  @ApiProperty({ example: 'GREEN', description: "Meta's quality rating: GREEN, YELLOW, RED or UNKNOWN." })
  quality!: string;

  @ApiProperty({ type: ThroughputView })
  throughput!: ThroughputView;

  @ApiProperty({ type: String, nullable: true, example: 'TIER_2K', description: 'New recipients in 24 hours, by tier.' })
  tier!: string | null;

  @ApiProperty({ type: [HoldView], description: 'What holds it back now: itself, its account, or all of the organisation. Its messages stay QUEUED.' })
  holds!: HoldView[];

  @ApiProperty({ type: NumberAccountView })
  account!: NumberAccountView;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** What a sync of templates found. */
export class SyncReportView {
  @ApiProperty({ example: 12, description: "Templates in Meta's list." })
  synced!: number;

  @ApiProperty({ example: 2 })
  added!: number;

  @ApiProperty({ example: 1 })
  changed!: number;

  @ApiProperty({ example: 0, description: 'Templates that Meta lists no longer; they are DISABLED now.' })
  removed!: number;
}

/** A number that has just been connected. */
export class ConnectedNumberView extends NumberView {
  @ApiProperty({ type: SyncReportView, nullable: true, description: 'null: Meta did not answer; the sync follows.' })
  templates!: SyncReportView | null;
}

/** The columns of a number's view. */
export const NUMBER_INCLUDE = { account: { select: { id: true, wabaId: true, name: true, tokenVersion: true, state: true, reviewStatus: true } } } as const;

/** What a tenant sees of a number. */
export function numberView(row: NumberRow, holds: readonly HoldRow[]): NumberView {
  const { id, graphId, displayPhoneNumber, verifiedName, nameStatus, status, quality, throughputLevel, perSecond, tier } = row;
  const { createdAt, updatedAt, account } = row;
  return {
    id,
    phoneNumberId: graphId,
    displayPhoneNumber,
    verifiedName,
    nameStatus,
    status,
    quality,
    throughput: { level: throughputLevel, perSecond },
    tier,
    holds: holds.map(holdView),
    account,
    createdAt,
    updatedAt,
  };
}
