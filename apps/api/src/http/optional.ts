import { ValidateIf } from 'class-validator';

/** The field may be left out. Unlike IsOptional it does not let null through, which no column here takes. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
