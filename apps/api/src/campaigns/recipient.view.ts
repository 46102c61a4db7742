import { ApiProperty } from '@nestjs/swagger';
import { RECIPIENT_STATES, type CampaignState, type RecipientState } from '@parley/domain';
import { CampaignReasonView, reasonText } from './campaign.view.js';

/** A row of `campaign_recipients`. */
export interface RecipientRow {
  position: number;
  contactId: string | null;
  phone: string | null;
  locale: string;
  timeZone: string;
  fields: unknown;
  state: string;
  variant: number | null;
  messageId: string | null;
  reason: string | null;
  answered: boolean;
  updatedAt: Date;
}

/** One recipient of a campaign. */
export class RecipientView {
  @ApiProperty({ example: 0, description: 'Its place in the audience, from 0.' })
  position!: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null while the phone number is of nobody whom you know.' })
  contactId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '+40723000111' })
  to!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ro' })
  locale!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Europe/Bucharest', description: "null: your organisation's." })
  timeZone!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true, example: { firstName: 'Ana' } })
  fields!: Record<string, string> | null;

  @ApiProperty({ enum: RECIPIENT_STATES, description: 'As it was last looked at; the message itself tells the latest.' })
  state!: RecipientState;

  @ApiProperty({ type: String, nullable: true, example: 'A' })
  variant!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  messageId!: string | null;

  @ApiProperty({ type: CampaignReasonView, nullable: true })
  reason!: CampaignReasonView | null;

  @ApiProperty({ example: false })
  answered!: boolean;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** What a tenant sees of a recipient. Who waits in a campaign that was cancelled is cancelled. */
export function recipientView(row: RecipientRow, campaignState: CampaignState, variantNames: readonly string[]): RecipientView {
  const { position, contactId, phone, locale, timeZone, fields, variant, messageId, reason, answered, updatedAt } = row;
  return {
    position,
    contactId,
    to: phone,
    locale: locale || null,
    timeZone: timeZone || null,
    fields: fields as Record<string, string> | null,
    state: stateOf(row.state, campaignState),
    variant: variant === null ? null : (variantNames[variant] ?? null),
    messageId,
    reason: reason === null ? null : { code: reason, text: reasonText(reason) },
    answered,
    updatedAt,
  };
}

function stateOf(state: string, campaignState: CampaignState): RecipientState {
  const isWaiting = state === 'WAITING' || state === 'FEEDING';
  if (!isWaiting) return state as RecipientState;
  return campaignState === 'CANCELLED' ? 'CANCELLED' : 'WAITING';
}

/** The stored states behind one that a tenant asks for. */
export function storedStates(state: RecipientState, campaignState: CampaignState): string[] {
  const waiting = ['WAITING', 'FEEDING'];
  if (state === 'WAITING') return campaignState === 'CANCELLED' ? [] : waiting;
  return state === 'CANCELLED' && campaignState === 'CANCELLED' ? ['CANCELLED', ...waiting] : [state];
}
