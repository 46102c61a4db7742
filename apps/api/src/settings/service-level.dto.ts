import { ApiProperty } from '@nestjs/swagger';
import { DEFAULT_SERVICE_LEVEL, type ServiceLevelSettings } from '@parley/domain';
import { IsInt, IsNumber, Max, Min, ValidateIf } from 'class-validator';

const WEEK_MINUTES = 7 * 24 * 60;
const YEAR_HOURS = 365 * 24;
const YEAR_DAYS = 365;

const isSaid = (_: object, value: unknown): boolean => value !== null;

/** How soon customers are answered, and what becomes of conversations in which nothing happens. */
export class ServiceLevelBody implements ServiceLevelSettings {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: WEEK_MINUTES,
    examples: [DEFAULT_SERVICE_LEVEL.answerMinutes],
    description: 'Minutes within which every question of a customer is to be answered, by your business hours. null: no service level.',
  })
  @ValidateIf(isSaid)
  @IsInt()
  @Min(1)
  @Max(WEEK_MINUTES)
  answerMinutes!: number | null;

  @ApiProperty({ minimum: 0, maximum: 1, examples: [DEFAULT_SERVICE_LEVEL.dueSoonShare], description: 'The last share of those minutes, in which a conversation is `due-soon` and its priority rises.' })
  @IsNumber()
  @Min(0)
  @Max(1)
  dueSoonShare!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: YEAR_HOURS, examples: [DEFAULT_SERVICE_LEVEL.idleHours], description: 'Hours without any message after which a conversation is idle.' })
  @IsInt()
  @Min(1)
  @Max(YEAR_HOURS)
  idleHours!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: YEAR_HOURS,
    examples: [72],
    description: 'Hours without any message after which a conversation is resolved by itself; not less than idleHours. null: never.',
  })
  @ValidateIf(isSaid)
  @IsInt()
  @Min(1)
  @Max(YEAR_HOURS)
  autoCloseHours!: number | null;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: YEAR_DAYS, examples: [DEFAULT_SERVICE_LEVEL.archiveDays], description: 'Days after which a resolved conversation is archived, at 01:00 of your time zone.' })
  @IsInt()
  @Min(1)
  @Max(YEAR_DAYS)
  archiveDays!: number;
}
