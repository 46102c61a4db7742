import { ApiProperty } from '@nestjs/swagger';
import { FAULT_KINDS, type FaultKind } from '../../faults/fault.js';
import { FaultMatchDto } from './fault.dto.js';

/** A fault that waits. */
export class FaultView {
  @ApiProperty({ examples: [1] })
  readonly id!: number;

  @ApiProperty({ type: FaultMatchDto })
  readonly match!: FaultMatchDto;

  @ApiProperty({ enum: FAULT_KINDS })
  readonly kind!: FaultKind;

  @ApiProperty({ examples: [131000] })
  readonly code!: number;

  @ApiProperty({ type: Number, nullable: true, examples: [502] })
  readonly status!: number | null;

  @ApiProperty({ examples: [0] })
  readonly delayMs!: number;

  @ApiProperty({ examples: [3] })
  readonly copies!: number;

  @ApiProperty({ type: Number, nullable: true, examples: [2] })
  readonly retryAfterSeconds!: number | null;

  @ApiProperty({ examples: [1] })
  readonly share!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Unix milliseconds.', examples: [1795251600000] })
  readonly endsAtMs!: number | null;

  @ApiProperty({ description: 'How many requests it still hits.', examples: [1] })
  readonly remaining!: number;
}

/** An ending of a phone number that asks for a fault. */
export class MagicRecipientView {
  @ApiProperty({ description: 'The last six digits.', examples: ['131026'] })
  readonly suffix!: string;

  @ApiProperty({ description: 'The kind of fault; `failed`: by status.', examples: ['failed'] })
  readonly kind!: string;

  @ApiProperty({ examples: ['131026 Message undeliverable'] })
  readonly description!: string;
}
