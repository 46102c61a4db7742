import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { SIGNATURE_KINDS, type SignatureKind } from '../../webhooks/signature.js';

/** POST /control/webhooks */
export class WebhookDto {
  @ApiProperty({ examples: ['2000000000000002'] })
  @Matches(/^\d{1,20}$/)
  readonly appId!: string;

  @ApiProperty({
    type: Object,
    description: "Any JSON, written with Meta's escapes; a string goes out as it is, byte for byte.",
  })
  @IsDefined()
  readonly body!: unknown;

  @ApiPropertyOptional({ enum: SIGNATURE_KINDS, default: 'good' })
  @IsOptional()
  @IsIn(SIGNATURE_KINDS)
  readonly signature: SignatureKind = 'good';

  @ApiPropertyOptional({ description: 'How often, all at the same time.', default: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly times: number = 1;
}

/** How a receiver answered. */
export class WebhookAnswerView {
  @ApiProperty({ type: Number, nullable: true, description: 'Null: no answer came.', examples: [200] })
  readonly status!: number | null;

  @ApiProperty({ examples: [3.1] })
  readonly latencyMs!: number;

  @ApiProperty({ examples: [''] })
  readonly body!: string;

  @ApiProperty({ type: String, nullable: true, examples: [null] })
  readonly error!: string | null;
}

export class WebhookAnswers {
  @ApiProperty({ type: [WebhookAnswerView] })
  readonly answers!: WebhookAnswerView[];
}
