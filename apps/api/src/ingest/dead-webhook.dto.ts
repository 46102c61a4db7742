import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import type { DeadWebhook } from '@parley/data';
import { Type as Convert } from 'class-transformer';
import { IsBoolean, IsIn, IsISO8601, IsObject, IsString, IsUUID, Matches, MaxLength, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

const OF = ['event', 'item'] as const;

/** Which dead webhooks: of the list and of redrives alike. */
export class DeadWebhookFilterDto {
  @ApiPropertyOptional({ enum: OF, description: 'event: a POST that could not be read; item: one item of a POST.' })
  @Optional()
  @IsIn(OF)
  of?: (typeof OF)[number];

  @ApiPropertyOptional({ example: 'status', description: 'The kind of the item.' })
  @Optional()
  @IsString()
  @MaxLength(50)
  kind?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The organisation that it is about.' })
  @Optional()
  @IsUUID()
  tenantId?: string;

  @ApiPropertyOptional({ example: '106540352242922', description: "Meta's id of the phone number." })
  @Optional()
  @Matches(/^\d{1,20}$/, { message: 'graphNumberId holds digits' })
  graphNumberId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received since then.' })
  @Optional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received before then.' })
  @Optional()
  @IsISO8601({ strict: true })
  to?: string;
}

export class DeadWebhookQuery extends IntersectionType(PageQuery, DeadWebhookFilterDto) {}

export class RedriveDeadWebhooksDto {
  @ApiProperty({ type: DeadWebhookFilterDto, description: 'An empty one means all.' })
  @IsObject()
  @ValidateNested()
  @Convert(() => DeadWebhookFilterDto)
  filter!: DeadWebhookFilterDto;

  @ApiPropertyOptional({ default: false, description: 'Only count them.' })
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

/** A webhook, or an item of one, that could not be applied. Its content is not shown: it belongs to the organisation. */
export class DeadWebhookView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: OF })
  of!: (typeof OF)[number];

  @ApiProperty({ format: 'uuid', description: 'The POST in the ledger.' })
  eventId!: string;

  @ApiProperty({ type: String, nullable: true, example: '/entry/0/changes/0/value/statuses/0' })
  path!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'status' })
  kind!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  tenantId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '106540352242922' })
  graphNumberId!: string | null;

  @ApiProperty({ example: 3 })
  attempts!: number;

  @ApiProperty({ type: String, nullable: true, example: 'status.message-unknown' })
  error!: string | null;

  @ApiProperty({ example: 'No message has this id. Redrive it if the message was written since.', description: 'What mends it.' })
  whatToDo!: string;

  @ApiProperty({ format: 'date-time' })
  receivedAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failedAt!: Date | null;
}

export class RedrivenWebhooksView {
  @ApiProperty({ description: 'true: nothing was changed.' })
  dryRun!: boolean;

  @ApiProperty({ example: 12, description: 'Items of webhooks that are tried again.' })
  items!: number;

  @ApiProperty({ example: 0, description: 'Webhooks that are read again from the start.' })
  events!: number;
}

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  'status.message-unknown': 'No message has this id: it was sent by something else, or before the number came here. Redrive it if the message was written since.',
  'event.gone': 'The ledger does not keep the webhook any more: nothing can be done.',
};

export function deadWebhookView(row: DeadWebhook): DeadWebhookView {
  const isUnreadable = row.of === 'event';
  const usual = isUnreadable
    ? 'Meta signed it, but it is no envelope that this release can read. Redrive it after an update.'
    : 'Redrive it once the fault named in error is mended; what applied already has no second effect.';
  return { ...row, whatToDo: WHAT_TO_DO[row.error ?? ''] ?? usual };
}
