import type { ValidationPipeOptions } from '@nestjs/common';
import { DomainError, type FieldError } from '@parley/domain';
import type { ValidationError } from 'class-validator';

/**
 * Options for Nest's ValidationPipe. Unknown fields are refused instead of dropped, so that a misspelt field is heard
 * of. `transform` is on because the pipe builds the instance anyway: without it, it would copy it back to a plain
 * object. Nothing is converted by guess: a field that wants a number from a query says so with `@Type`.
 */
export const VALIDATION_OPTIONS: ValidationPipeOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  transform: true,
  transformOptions: { enableImplicitConversion: false },
  validationError: { target: false, value: false },
  exceptionFactory: invalidRequest,
};

/** More than this tells nobody more; a body with thousands of wrong fields must not get as many back. */
const MOST_FIELD_ERRORS = 50;

/** Every field that is wrong, in one error; the first fifty of them. */
export function invalidRequest(errors: readonly ValidationError[]): DomainError {
  const all = errors.flatMap((error) => fieldErrors(error, ''));
  return new DomainError('request.invalid', undefined, { errors: all.slice(0, MOST_FIELD_ERRORS) });
}

const CODES: Readonly<Record<string, string>> = {
  whitelistValidation: 'field.unknown',
  isDefined: 'field.missing',
  isNotEmpty: 'field.missing',
};

function fieldErrors(error: ValidationError, parent: string): readonly FieldError[] {
  const pointer = `${parent}/${pointerToken(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, detail]) => ({
    pointer,
    code: CODES[constraint] ?? 'field.invalid',
    detail,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}

/** RFC 6901: `~` and `/` inside a name are written `~0` and `~1`. */
function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
