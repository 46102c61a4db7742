import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsOptional, Max, Min, ValidateNested } from 'class-validator';

/** Times of settings go up to here, in milliseconds. */
export const MAX_MS = 600_000;

/** A whole number of milliseconds. */
export const Milliseconds = (max = MAX_MS): PropertyDecorator =>
  all(ApiProperty({ type: Number, minimum: 0, maximum: max }), IsInt(), Min(0), Max(max));

/** On or off. */
export const Switch = (description: string): PropertyDecorator =>
  all(ApiPropertyOptional({ type: Boolean, description }), IsOptional(), IsBoolean());

/** A share from 0 to 1. */
export const Share = (description: string): PropertyDecorator =>
  all(
    ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1, description }),
    IsOptional(),
    IsNumber(),
    Min(0),
    Max(1),
  );

/** A whole number. */
export const Whole = (min: number, max: number, description: string): PropertyDecorator =>
  all(
    ApiPropertyOptional({ type: Number, minimum: min, maximum: max, description }),
    IsOptional(),
    IsInt(),
    Min(min),
    Max(max),
  );

/** An object of settings. */
export const Part = (type: () => new () => object, description: string): PropertyDecorator =>
  all(ApiPropertyOptional({ type: () => type(), description }), IsOptional(), ValidateNested(), Type(type));

function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
}
