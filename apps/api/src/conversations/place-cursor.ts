import { DomainError } from '@parley/domain';

const NUMBER_BYTES = 8;
const ID_BYTES = 16;

/** A place in a list: what it is ordered by, as whole numbers, and the id of the row. */
export interface Place {
  readonly keys: readonly number[];
  readonly id: string;
}

/** The place as text that nobody is tempted to read or to build. */
export function cursorOf({ keys, id }: Place): string {
  const bytes = Buffer.alloc(keys.length * NUMBER_BYTES + ID_BYTES);
  keys.forEach((key, at) => bytes.writeBigInt64BE(BigInt(key), at * NUMBER_BYTES));
  bytes.write(id.replaceAll('-', ''), keys.length * NUMBER_BYTES, 'hex');
  return bytes.toString('base64url');
}

/**
 * @param count how many numbers the list is ordered by
 * @param pointer where the cursor came from
 * @throws request.invalid for a cursor that is none of this list
 */
export function placeOf(cursor: string, count: number, pointer = '/cursor'): Place {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== count * NUMBER_BYTES + ID_BYTES || bytes.toString('base64url') !== cursor) throw foreign(pointer);
  const keys = Array.from({ length: count }, (_, at) => Number(bytes.readBigInt64BE(at * NUMBER_BYTES)));
  if (keys.some((key) => !Number.isSafeInteger(key) || key < 0)) throw foreign(pointer);
  const id = bytes.toString('hex', count * NUMBER_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { keys, id };
}

/** The same for a list by time. @throws request.invalid */
export function timeOf(cursor: string): { at: Date; id: string } {
  const { keys, id } = placeOf(cursor, 1);
  const at = new Date(keys[0]!);
  if (Number.isNaN(at.getTime())) throw foreign('/cursor');
  return { at, id };
}

function foreign(pointer: string): DomainError {
  const detail = `${pointer.slice(1)} must be a cursor that a page of this list gave.`;
  return new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'field.invalid', detail }] });
}
