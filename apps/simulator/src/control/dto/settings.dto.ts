import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, Max, Min, ValidateIf, ValidateNested } from 'class-validator';
import type { SettingValues } from '../../state/settings.js';
import { MAX_MS, Part, Share, Switch, Whole } from './settings-decorators.js';
import { SpanDto, StatusDelaysDto, StatusSpansDto, ThroughputDto } from './settings-parts.dto.js';

/** PUT /control/settings: what is left out stays. */
export class SettingsDto implements Partial<SettingValues> {
  @ApiPropertyOptional({
    type: StatusDelaysDto,
    nullable: true,
    description: 'Fixed delays; null: drawn from statusSpansMs.',
  })
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @ValidateNested()
  @Type(() => StatusDelaysDto)
  readonly statusDelaysMs?: StatusDelaysDto | null;

  @Part(() => StatusSpansDto, 'Spans that delays are drawn from.')
  readonly statusSpansMs?: StatusSpansDto;

  @Switch('Whether statuses are sent at all.')
  readonly statuses?: boolean;

  @Share('Share of the delivered messages that are read.')
  readonly readShare?: number;

  @Share('Share of the voice notes read that are played.')
  readonly playedShare?: number;

  @Share('Share of the messages that are read without `delivered`.')
  readonly readWithoutDeliveredShare?: number;

  @Share('Share of the failures by status that come after `sent`.')
  readonly failedAfterSentShare?: number;

  @Switch('Whether statuses carry `conversation`, as up to v23.0.')
  readonly conversationObjects?: boolean;

  @Switch('Whether statuses carry `contacts`, as from 2026 on.')
  readonly statusContacts?: boolean;

  @Part(() => SpanDto, 'How long the answer to a send takes.')
  readonly answerDelayMs?: SpanDto;

  @Switch('Pair rate, 131056.')
  readonly pairLimit?: boolean;

  @Whole(1, 100_000, 'Messages to one person at once. Meta: 45.')
  readonly pairBurst?: number;

  @Whole(1, MAX_MS, 'How long each of them takes to be paid. Meta: 6000.')
  readonly pairIntervalMs?: number;

  @Switch('Throughput of a number, 130429.')
  readonly throughputLimit?: boolean;

  @Part(() => ThroughputDto, 'Messages a second by level.')
  readonly throughputPerSecond?: ThroughputDto;

  @Switch('Whether what customers write counts towards the throughput.')
  readonly inboundCounts?: boolean;

  @Switch('Messaging limit of a portfolio (messagingLimit of its accounts), 131048.')
  readonly messagingLimit?: boolean;

  @Switch('24 hours of service window, 131047 by status.')
  readonly serviceWindow?: boolean;

  @Switch('131050 by status to people who stopped marketing.')
  readonly marketingOptOut?: boolean;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Marketing templates to one person in 24 hours, then 131049.',
  })
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @IsInt()
  @Min(0)
  readonly marketingCap?: number | null;

  @Share('Share of the marketing templates that are held for quality assessment.')
  readonly heldShare?: number;

  @Part(() => SpanDto, 'How long they are held.')
  readonly heldMs?: SpanDto;

  @Switch('wa_id of Brazil, Mexico and Argentina as WhatsApp writes it.')
  readonly waIdRewriting?: boolean;

  @Switch('Whether a recipient that ends in a code or the number of a fault gets it.')
  readonly magicRecipients?: boolean;

  @Whole(0, 100, 'How many further times each update is sent.')
  readonly duplicates?: number;

  @Switch('The statuses of a message in a random order.')
  readonly shuffle?: boolean;

  @Switch('`sent` reaches the receiver before the send is answered.')
  readonly statusBeforeAnswer?: boolean;

  @Switch('Whether the ledger keeps the requests of the newest messages.')
  readonly ledgerBodies?: boolean;

  @Whole(1000, 5_000_000, 'Accepted messages that are remembered.')
  readonly ledgerCapacity?: number;

  @Whole(1, 256, 'Webhook requests under way at once, for each callback.')
  readonly webhookConcurrency?: number;

  @Whole(1, 1000, 'Updates in one webhook at most. Meta: 1,000.')
  readonly webhookBatchMax?: number;

  @Whole(1, MAX_MS, 'How long a receiver may take.')
  readonly webhookTimeoutMs?: number;

  @Part(() => SpanDto, 'How much later each update goes out; mixes up their order.')
  readonly webhookDelayMs?: SpanDto;

  @Share('Share of the updates that are never sent.')
  readonly webhookDropShare?: number;

  @ApiPropertyOptional({
    type: [Number],
    nullable: true,
    description: "Waits before further attempts; null: Meta's 7 days, compressed.",
  })
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @IsArray()
  @ArrayMaxSize(100)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(MAX_MS, { each: true })
  readonly webhookRetryDelaysMs?: number[] | null;

  @Whole(1, 10_000_000, 'How many times faster than with Meta webhooks are repeated.')
  readonly webhookRetryFactor?: number;

  @ApiPropertyOptional({
    type: SpanDto,
    nullable: true,
    description: 'How long the review of a template takes; null: by hand only.',
  })
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @ValidateNested()
  @Type(() => SpanDto)
  readonly templateReviewDelayMs?: SpanDto | null;

  @Share('Share of the templates that the review rejects.')
  readonly templateRejectShare?: number;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: "Management calls of an app to an account in an hour; null: Meta's own.",
  })
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @IsInt()
  @Min(1)
  readonly managementCallsPerHour?: number | null;

  @ApiPropertyOptional({ type: Number, nullable: true, description: 'Calls of an app in an hour; null: no limit.' })
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @IsInt()
  @Min(1)
  readonly appCallsPerHour?: number | null;
}
