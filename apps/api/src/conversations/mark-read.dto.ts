import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Optional } from '../http/optional.js';

/** How a conversation is read. */
export class MarkReadDto {
  @ApiPropertyOptional({
    default: false,
    example: true,
    description: 'Show the customer that somebody is typing, too: for 25 seconds, or until the answer.',
  })
  @Optional()
  @IsBoolean()
  typing?: boolean;
}
