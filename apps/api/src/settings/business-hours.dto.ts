import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { BusinessHoursSettings, Holiday, OpenInterval, Weekday } from '@parley/domain';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsISO8601, IsObject, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';

const MOST_INTERVALS = 6;
const MOST_HOLIDAYS = 200;
const FROM = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const TO = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

export class OpenIntervalBody implements OpenInterval {
  @ApiProperty({ pattern: FROM.source, examples: ['09:00'] })
  @Matches(FROM, { message: 'from must be a time such as 09:00' })
  from!: string;

  @ApiProperty({ pattern: TO.source, examples: ['22:00'], description: '24:00 is the end of the day.' })
  @Matches(TO, { message: 'to must be a time such as 22:00, or 24:00' })
  to!: string;
}

function Intervals(): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ type: [OpenIntervalBody], maxItems: MOST_INTERVALS, description: 'Missing or empty: closed.' }),
    Optional(),
    IsArray(),
    ArrayMaxSize(MOST_INTERVALS),
    ValidateNested({ each: true }),
    Type(() => OpenIntervalBody),
  ];
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
}

export class WeeklyHoursBody implements Partial<Record<Weekday, OpenInterval[]>> {
  @Intervals() monday?: OpenIntervalBody[];
  @Intervals() tuesday?: OpenIntervalBody[];
  @Intervals() wednesday?: OpenIntervalBody[];
  @Intervals() thursday?: OpenIntervalBody[];
  @Intervals() friday?: OpenIntervalBody[];
  @Intervals() saturday?: OpenIntervalBody[];
  @Intervals() sunday?: OpenIntervalBody[];
}

export class HolidayBody implements Holiday {
  @ApiProperty({ format: 'date', examples: ['2026-12-25'] })
  @IsISO8601({ strict: true })
  @Length(10, 10)
  date!: string;

  @ApiPropertyOptional({ maxLength: 100, examples: ['Christmas'] })
  @Optional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @Intervals()
  open?: OpenIntervalBody[];
}

/** When somebody answers, by the organisation's own clock. */
export class BusinessHoursBody implements BusinessHoursSettings {
  @ApiProperty({ type: WeeklyHoursBody, description: 'A day that is missing is closed. Without any day you are always open.' })
  @IsObject()
  @ValidateNested()
  @Type(() => WeeklyHoursBody)
  weekly!: WeeklyHoursBody;

  @ApiProperty({ type: [HolidayBody], maxItems: MOST_HOLIDAYS, description: 'Days with hours of their own.' })
  @IsArray()
  @ArrayMaxSize(MOST_HOLIDAYS)
  @ValidateNested({ each: true })
  @Type(() => HolidayBody)
  holidays!: HolidayBody[];
}
