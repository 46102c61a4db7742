import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import type { LedgerEventState } from '@parley/data';
import { IsIn, IsISO8601, IsString, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

export const EVENT_STATES = ['NEW', 'DONE', 'PARTIAL', 'DEAD'] as const satisfies readonly LedgerEventState[];

const PATH_LENGTH = 300;
const VALUE_LENGTH = 300;
const NUMBER = /^(\d{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Which webhooks, by what is in them and when they came: of the list and of replays alike. */
export class LedgerItemsFilterDto {
  @ApiPropertyOptional({ example: 'status', description: 'With an item of this kind: message, status, template-status, number-quality, account-update, user-preference, echo, history, unknown, …' })
  @Optional()
  @IsString()
  @MaxLength(50)
  kind?: string;

  @ApiPropertyOptional({ example: '106540352242922', description: "With an item of this phone number: Meta's id of it, or ours." })
  @Optional()
  @Matches(NUMBER, { message: "number is Meta's id of a phone number, which holds digits, or ours" })
  number?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received since then.' })
  @Optional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received before then.' })
  @Optional()
  @IsISO8601({ strict: true })
  to?: string;
}

class LedgerEventFilterDto extends LedgerItemsFilterDto {
  @ApiPropertyOptional({ enum: EVENT_STATES, description: 'PARTIAL: an item did not apply at the first pass. DEAD: no envelope.' })
  @Optional()
  @IsIn(EVENT_STATES)
  state?: LedgerEventState;

  @ApiPropertyOptional({
    example: 'entry.changes.value.statuses.errors.code',
    description:
      'A place in the payload: a JSON pointer (`/entry/0/changes/0/field`), or a dotted path, in which a list stands for each of its members.',
  })
  @Optional()
  @IsString()
  @MaxLength(PATH_LENGTH)
  path?: string;

  @ApiPropertyOptional({ example: '131026', description: 'What stands at that place. Without it, anything.' })
  @Optional()
  @IsString()
  @MaxLength(VALUE_LENGTH)
  value?: string;
}

export class LedgerEventQuery extends IntersectionType(PageQuery, LedgerEventFilterDto) {}
