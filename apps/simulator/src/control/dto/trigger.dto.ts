import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { JsonObject } from '../../json.js';

const NODE_ID = /^\d{1,20}$/;

/** POST /control/trigger */
export class TriggerDto {
  @ApiProperty({ description: 'A name out of GET /control/events.', examples: ['template-approved'] })
  @IsString()
  @MaxLength(100)
  readonly event!: string;

  @ApiPropertyOptional({ description: 'Left out: that of the number, or the first.', examples: ['2000000000000001'] })
  @IsOptional()
  @Matches(NODE_ID)
  readonly wabaId?: string;

  @ApiPropertyOptional({ description: 'Left out: the first number.', examples: ['2000000000000001'] })
  @IsOptional()
  @Matches(NODE_ID)
  readonly phoneNumberId?: string;

  @ApiPropertyOptional({ description: 'Left out: somebody.', examples: ['+40721000001'] })
  @IsOptional()
  @Matches(/^\+?\d{5,15}$/)
  readonly customer?: string;

  @ApiPropertyOptional({ description: 'Left out: the first template of the account.', examples: ['594425479261596'] })
  @IsOptional()
  @Matches(NODE_ID)
  readonly templateId?: string;

  @ApiPropertyOptional({
    description: "Meta's reason, type or decision; the text of a message.",
    examples: ['INVALID_FORMAT'],
  })
  @IsOptional()
  @IsString()
  @MaxLength(4096)
  readonly reason?: string;

  @ApiPropertyOptional({
    type: Object,
    description: 'Laid over the value of the webhook.',
    examples: [{ decision: 'DEFERRED' }],
  })
  @IsOptional()
  @IsObject()
  readonly value?: JsonObject;
}

/** An event that can be triggered. */
export class TriggerableEvent {
  @ApiProperty({ examples: ['template-approved'] })
  readonly name!: string;

  @ApiProperty({ examples: ['A template: Approved'] })
  readonly description!: string;
}

/** GET /control/events */
export class TriggerableEvents {
  @ApiProperty({ type: [TriggerableEvent] })
  readonly events!: TriggerableEvent[];
}

/** What an event was about in the end. */
export class TriggeredEvent {
  @ApiProperty({ examples: ['template-approved'] })
  readonly event!: string;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly wabaId!: string;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly phoneNumberId!: string;

  @ApiProperty({ examples: ['40721000001'] })
  readonly customer!: string;

  @ApiProperty({ type: String, nullable: true, examples: ['594425479261596'] })
  readonly templateId!: string | null;
}
