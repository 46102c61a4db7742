import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Problem } from '@parley/platform';
import { ProblemView } from '../docs/problem.dto.js';

/** What became of one message of a batch. */
export class BatchResultView {
  @ApiProperty({ type: 'integer', example: 0, description: 'Its place in the body, from 0.' })
  index!: number;

  @ApiProperty({ example: true })
  accepted!: boolean;

  @ApiPropertyOptional({ format: 'uuid', description: 'Of an accepted one: see GET /v1/messages/{id}.' })
  id?: string;

  @ApiPropertyOptional({ enum: ['QUEUED'], description: 'Of an accepted one: committed, and on its way to Meta.' })
  status?: 'QUEUED';

  @ApiPropertyOptional({ type: ProblemView, description: 'Of a refused one. Its pointers begin with /messages/<index>.' })
  problem?: Problem;
}

/** Made of what never changes, so that a repetition under the same keys gets the same answer for what was accepted. */
export class BatchView {
  @ApiProperty({ type: 'integer', example: 998 })
  accepted!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  refused!: number;

  @ApiProperty({ type: [BatchResultView], description: 'One for each message, in their order.' })
  results!: BatchResultView[];
}
