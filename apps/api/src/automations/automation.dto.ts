import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsISO8601, IsNumber, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Optional } from '../http/optional.js';

/** A message to try the chain with. */
export class TryChainBody {
  @ApiProperty({ maxLength: 4_096, example: 'Aveți meniul?' })
  @IsString()
  @Length(1, 4_096)
  text!: string;

  @ApiPropertyOptional({ description: 'It came as a voice note; the text is what was said.', example: false })
  @Optional()
  @IsBoolean()
  isVoice?: boolean;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it comes; left out: now.' })
  @Optional()
  @IsISO8601({ strict: true })
  at?: string;

  @ApiPropertyOptional({ example: true, description: 'Left out: true.' })
  @Optional()
  @IsBoolean()
  isFirst?: boolean;

  @ApiPropertyOptional({ example: false, description: 'Somebody has the conversation.' })
  @Optional()
  @IsBoolean()
  isAssigned?: boolean;

  @ApiPropertyOptional({ example: false, description: 'Somebody answered a short while ago.' })
  @Optional()
  @IsBoolean()
  isAgentActive?: boolean;

  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ example: 'ro' })
  @Optional()
  @Matches(/^[a-z]{2,3}(-[A-Z]{2})?$/, { message: 'language must be a code such as ro' })
  language?: string;

  @ApiPropertyOptional({ example: 'reservation' })
  @Optional()
  @IsString()
  @Length(1, 100)
  intent?: string;

  @ApiPropertyOptional({ minimum: 0, maximum: 1, example: 0.9 })
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  intentConfidence?: number;
}

/** A secret of a step. */
export class ChangeSecretBody {
  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 4_000,
    example: 'sk-proj-4f7c…',
    description: "The API key of the endpoint, or the whsec_… key that signs for a bot. Left out, for a bot: one is made, and shown this once.",
  })
  @Optional()
  @IsString()
  @Length(1, 4_000)
  secret?: string;
}
