import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ReplayFilter, ReplayRow } from '@parley/data';
import { Type as Convert } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsObject, IsUUID, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';
import { LedgerItemsFilterDto } from './ledger-event.query.js';

const MOST_IDS = 1_000;

export class ReplayFilterDto extends LedgerItemsFilterDto {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: MOST_IDS, description: 'These webhooks.' })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @IsUUID(undefined, { each: true })
  eventIds?: string[];
}

export class StartReplayDto {
  @ApiProperty({ type: ReplayFilterDto, description: 'At least one of eventIds, number and from. What is given has to hold together.' })
  @IsObject()
  @ValidateNested()
  @Convert(() => ReplayFilterDto)
  filter!: ReplayFilterDto;

  @ApiPropertyOptional({ default: true, description: 'Only count what would be replayed. Say false to replay it.' })
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

/** Webhooks that are applied once more, or counted, in the background. */
export class ReplayView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['RUNNING', 'DONE'] })
  state!: string;

  @ApiProperty({ description: 'true: nothing is changed.' })
  dryRun!: boolean;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { kind: 'message', number: '106540352242922' } })
  filter!: object;

  @ApiProperty({ example: 12_000, description: 'Webhooks that were looked at so far.' })
  looked!: number;

  @ApiProperty({ example: 340, description: 'Webhooks among them that the filter means.' })
  matched!: number;

  @ApiProperty({ example: 355, description: 'Items of those: applied once more, or counted.' })
  replayed!: number;

  @ApiProperty({ example: 2, description: 'Items that had an effect. All others had theirs before.' })
  changed!: number;

  @ApiProperty({ example: 0, description: 'Items that did not apply; GET /v1/ingest/events shows why.' })
  failed!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: Date | null;
}

export function replayView({ id, state, isDryRun, filter, looked, matched, items, changed, failed, createdAt, finishedAt }: ReplayRow): ReplayView {
  return { id, state, dryRun: isDryRun, filter: shown(filter), looked, matched, replayed: items, changed, failed, createdAt, finishedAt };
}

function shown({ number, ...filter }: ReplayFilter): object {
  return { ...filter, ...(number && { number: number.graphId }) };
}
