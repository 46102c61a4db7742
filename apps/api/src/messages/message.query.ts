import { ApiPropertyOptional } from '@nestjs/swagger';
import { MESSAGE_KINDS, MESSAGE_STATES, PUBLIC_STATUSES, publicStatus, type MessageKind, type PublicStatus } from '@parley/domain';
import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

const DIRECTIONS = ['INBOUND', 'OUTBOUND'] as const;
const OWN_ID_LENGTH = 128;

/** Which messages to list. */
export class MessageQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PUBLIC_STATUSES })
  @IsOptional()
  @IsIn(PUBLIC_STATUSES)
  status?: PublicStatus;

  @ApiPropertyOptional({ enum: DIRECTIONS })
  @IsOptional()
  @IsIn(DIRECTIONS)
  direction?: (typeof DIRECTIONS)[number];

  @ApiPropertyOptional({ enum: MESSAGE_KINDS })
  @IsOptional()
  @IsIn(MESSAGE_KINDS)
  kind?: MessageKind;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  conversationId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the customer.' })
  @IsOptional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  customerId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the order.' })
  @IsOptional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  orderId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the quote.' })
  @IsOptional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  quoteId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the user who sent it.' })
  @IsOptional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  userId?: string;
}

/** The conditions of a query on the stored columns. A status that tenants see may stand for several states. */
export function messageFilter(query: MessageQuery) {
  const { status, direction, kind, numberId, contactId, conversationId, customerId, orderId, quoteId, userId } = query;
  const states = status && MESSAGE_STATES.filter((state) => publicStatus(state) === status);
  return {
    direction,
    kind,
    phoneNumberId: numberId,
    contactId,
    conversationId,
    customerId,
    orderId,
    quoteId,
    userId,
    ...(states && { state: { in: states } }),
  };
}
