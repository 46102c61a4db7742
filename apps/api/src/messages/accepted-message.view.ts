import { ApiProperty } from '@nestjs/swagger';
import type { AcceptedRow } from '@parley/data';

/**
 * The 202: what was accepted. Made of columns that never change, so that a repetition under the same Idempotency-Key
 * gets the same bytes, whatever has become of the message since.
 */
export class AcceptedMessageView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['QUEUED'], description: 'Committed, and on its way to Meta.' })
  status!: 'QUEUED';

  @ApiProperty({ format: 'uuid' })
  numberId!: string;

  @ApiProperty({ format: 'uuid' })
  contactId!: string;

  @ApiProperty({ example: '+40723000111', description: 'In E.164, or the WhatsApp user id of a contact whose number is not known.' })
  to!: string;

  @ApiProperty({ example: 'template' })
  kind!: string;

  @ApiProperty({ description: 'One line that stands for the message in lists.' })
  displayContent!: string;

  @ApiProperty({ type: String, nullable: true })
  customerId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  orderId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  quoteId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  userId!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it is to leave; null: as soon as its number may.' })
  sendAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'It leaves before this, or becomes EXPIRED. What a hold or a quota takes from it is given back.' })
  validUntil!: Date;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt!: Date;
}

export function acceptedMessageView(row: AcceptedRow): AcceptedMessageView {
  const { id, phoneNumberId: numberId, contactId, recipient: to, kind, displayContent } = row;
  const { customerId, orderId, quoteId, userId, sendAt, validUntil, createdAt } = row;
  return { id, status: 'QUEUED', numberId, contactId, to, kind, displayContent, customerId, orderId, quoteId, userId, sendAt, validUntil, createdAt };
}
