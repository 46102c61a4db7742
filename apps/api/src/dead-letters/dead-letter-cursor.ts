import type { DeadLetterPlace } from '@parley/data';
import { DomainError } from '@parley/domain';

const TIME_BYTES = 8;
const BYTES = TIME_BYTES + 16;

/** Time of death and id, so that a list goes on where it was, even when the row of the cursor was redriven meanwhile. */
export function cursorOfPlace({ id, micros }: DeadLetterPlace): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeBigUInt64BE(BigInt(micros));
  bytes.write(id.replaceAll('-', ''), TIME_BYTES, 'hex');
  return bytes.toString('base64url');
}

/** @throws request.invalid for a cursor that is none of ours. */
export function placeOfCursor(cursor: string | undefined): DeadLetterPlace | null {
  if (cursor === undefined) return null;
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== BYTES || bytes.toString('base64url') !== cursor || bytes.readUInt8() > 0x7f) {
    const detail = 'cursor must be the nextCursor of a page of this list';
    throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/cursor', code: 'field.invalid', detail }] });
  }
  const id = bytes.toString('hex', TIME_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { id, micros: String(bytes.readBigUInt64BE()) };
}
