import { DomainError, findInvalidText } from '@parley/domain';

/** Refuses a body or query with a text that PostgreSQL cannot hold. @throws text.invalid-character with the place */
export function refuseUnstorableText(input: object): void {
  const pointer = findInvalidText(input);
  if (pointer === null) return;
  const detail = 'U+0000 and half surrogate pairs cannot be stored.';
  throw new DomainError('text.invalid-character', detail, { errors: [{ pointer, code: 'text.invalid-character', detail }] });
}
