import { Param, type PipeTransform } from '@nestjs/common';
import { DomainError } from '@parley/domain';
import { isUUID } from 'class-validator';

/** What no caller may tell apart: a row of another tenant, one that never was, and an id that could not be one. */
export function notFound(): DomainError {
  return new DomainError('resource.not-found');
}

/** The row, or resource.not-found. */
export function found<T>(row: T | null | undefined): T {
  if (row === null || row === undefined) throw notFound();
  return row;
}

class IdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!isUUID(id)) throw notFound();
    return id.toLowerCase();
  }
}

/** An id in the path: `@Id() id: string`. What is no UUID is not found, as any other id that leads nowhere. */
export function Id(name = 'id'): ParameterDecorator {
  return Param(name, new IdPipe());
}
