import { DomainError } from '@parley/domain';

/** A place in the list of conversations: the customer who wrote last stands first. */
export interface ConversationPlace {
  lastInboundAt: Date;
  id: string;
}

const TIME_BYTES = 8;
const ID_BYTES = 16;

/** The time in milliseconds and the id, as bytes. */
export function cursorOf({ lastInboundAt, id }: ConversationPlace): string {
  const bytes = Buffer.alloc(TIME_BYTES + ID_BYTES);
  bytes.writeBigUInt64BE(BigInt(lastInboundAt.getTime()));
  bytes.write(id.replaceAll('-', ''), TIME_BYTES, 'hex');
  return bytes.toString('base64url');
}

/** @throws request.invalid for a cursor that is none of ours */
export function placeOf(cursor: string): ConversationPlace {
  const bytes = Buffer.from(cursor, 'base64url');
  const lastInboundAt = new Date(bytes.length === TIME_BYTES + ID_BYTES ? Number(bytes.readBigUInt64BE()) : NaN);
  if (Number.isNaN(lastInboundAt.getTime()) || bytes.toString('base64url') !== cursor) {
    const detail = 'cursor must be the nextCursor of a page of this list';
    throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/cursor', code: 'field.invalid', detail }] });
  }
  const id = bytes.toString('hex', TIME_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { lastInboundAt, id };
}
