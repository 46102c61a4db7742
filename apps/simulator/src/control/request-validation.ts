import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ControlProblem } from './control-problem.js';

/** Checks the bodies and queries of the control API; unknown fields are refused, so that typing errors show. */
export const requestValidation = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  exceptionFactory: (errors) =>
    new ControlProblem(
      400,
      'request.invalid',
      'The request is not valid.',
      errors.flatMap((error) => flatten(error, '')),
    ),
});

function flatten(error: ValidationError, path: string): { pointer: string; detail: string }[] {
  const pointer = `${path}/${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, pointer))];
}
