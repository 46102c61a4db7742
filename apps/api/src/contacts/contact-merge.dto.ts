import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsUUID } from 'class-validator';
import { Optional } from '../http/optional.js';

/** Which contact this one turned out to be. */
export class MergeContactDto {
  @ApiProperty({ format: 'uuid', description: 'The contact that stays.' })
  @IsUUID()
  intoId!: string;

  @ApiPropertyOptional({ default: false, description: 'Answers what would happen, and changes nothing.' })
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

/** Which merge to undo. */
export class SplitContactDto {
  @ApiProperty({ format: 'uuid', description: 'The `id` that the merge answered with; the history of the contact has it too.' })
  @IsUUID()
  mergeId!: string;
}
