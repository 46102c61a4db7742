import { DomainError } from '@parley/domain';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The header Idempotency-Key; null when it is absent. @throws idempotency.key-invalid */
export function idempotencyKeyOf(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new DomainError('idempotency.key-invalid');
}
