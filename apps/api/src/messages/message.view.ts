import { ApiProperty } from '@nestjs/swagger';
import {
  MESSAGE_KINDS,
  MESSAGE_SENDERS,
  PUBLIC_STATUSES,
  publicReason,
  publicStatus,
  WAIT_CAUSES,
  type JsonObject,
  type MessageKind,
  type MessageSender,
  type MessageState,
  type PublicStatus,
  type WaitCause,
} from '@parley/domain';
import type { QueueHold } from '../holds/open-holds.js';
import { MessageMediaView, type MediaOfMessages } from './message-media.js';

/** A row of `messages`, as far as tenants see it. Prisma's `Message` is one. */
export interface MessageRow {
  id: string;
  phoneNumberId: string;
  contactId: string;
  conversationId: string | null;
  direction: string;
  sender: string;
  kind: string;
  content: unknown;
  displayContent: string;
  transcript: string | null;
  intent: string | null;
  intentConfidence: number | null;
  recipient: string | null;
  state: string;
  waitCause: string | null;
  waitUntil: Date | null;
  reason: string | null;
  wamid: string | null;
  replyToWamid: string | null;
  /** Empty for none. */
  mediaIds: string[];
  duplicateSuspected: boolean;
  attempts: number;
  maxAttempts: number;
  errorCode: number | null;
  errorText: string | null;
  customerId: string | null;
  orderId: string | null;
  quoteId: string | null;
  userId: string | null;
  createdAt: Date;
  sendingAt: Date | null;
  acceptedAt: Date | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  playedAt: Date | null;
  failedAt: Date | null;
  editedAt: Date | null;
  revokedAt: Date | null;
  pricing: unknown;
}

/** Why a message is where it is. */
export class MessageReasonView {
  @ApiProperty({ example: 'EARLIER_MESSAGE', description: 'Stable; for programs.' })
  code!: string;

  @ApiProperty({ type: String, nullable: true, example: WAIT_CAUSES.pair.text, description: 'For people.' })
  text!: string | null;
}

/** What went wrong at the last attempt, or what Meta reported. */
export class MessageErrorView {
  @ApiProperty({ type: Number, nullable: true, example: 131026, description: "Meta's code, where Meta named one." })
  code!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Message undeliverable' })
  text!: string | null;
}

/** When a message came to each status; null for those that it has not come to. */
export class MessageTimesView {
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Taken by Parley to be sent.' })
  queuedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The last attempt to hand it to Meta.' })
  sendingAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Taken by Meta.' })
  acceptedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  sentAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  deliveredAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'A voice message was listened to.' })
  playedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Its writer changed it in WhatsApp; the content is the latest version.' })
  editedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Its writer took it back; the content is what it was.' })
  revokedAt!: Date | null;
}

/** What Meta says that it charges, in the statuses of a message. */
export class MessagePricingView {
  @ApiProperty({ type: Boolean, nullable: true, example: true, description: 'Older versions of the webhooks only; the type says it too.' })
  billable!: boolean | null;

  @ApiProperty({ type: String, nullable: true, example: 'PMP' })
  model!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'regular', description: '`regular` is charged; `free_customer_service` and `free_entry_point` are free.' })
  type!: string | null;

  @ApiProperty({ example: 'utility' })
  category!: string;
}

/** What an intent step of the automatic answers found out. */
export class MessageIntentView {
  @ApiProperty({ example: 'reservation' })
  name!: string;

  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 1, example: 0.93 })
  confidence!: number | null;
}

/** A message of either direction, as tenants see it. */
export class MessageView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['INBOUND', 'OUTBOUND'] })
  direction!: 'INBOUND' | 'OUTBOUND';

  @ApiProperty({ enum: MESSAGE_SENDERS })
  sender!: MessageSender;

  @ApiProperty({ enum: MESSAGE_KINDS })
  kind!: MessageKind;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'By kind: as it was given, or as Meta sent it: the latest version of what its writer changed. What Meta tells beside it stands here too, such as the ad (`referral`).',
    example: { id: '0199a1b2-0000-7000-8000-000000000002', caption: 'The dish of the day' },
  })
  content!: JsonObject;

  @ApiProperty({ type: [MessageMediaView], description: 'The media that it carries; empty for none.' })
  media!: MessageMediaView[];

  @ApiProperty({ description: 'One line that stands for the message in lists.' })
  displayContent!: string;

  @ApiProperty({ type: String, nullable: true, description: 'What was said in a voice note, where your automatic answers transcribe them.', example: 'O masă pentru doi, vă rog.' })
  transcript!: string | null;

  @ApiProperty({ type: MessageIntentView, nullable: true, description: 'What the customer wants, where your automatic answers find that out.' })
  intent!: MessageIntentView | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '+40723000111',
    description: 'The recipient in E.164, or the WhatsApp user id of one whose number is not known; null inbound.',
  })
  to!: string | null;

  @ApiProperty({ format: 'uuid' })
  numberId!: string;

  @ApiProperty({ format: 'uuid' })
  contactId!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Known once Meta has taken the message.' })
  conversationId!: string | null;

  @ApiProperty({ enum: PUBLIC_STATUSES })
  status!: PublicStatus;

  @ApiProperty({ type: MessageReasonView, nullable: true })
  reason!: MessageReasonView | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Until when it waits, where that is known.' })
  waitUntil!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'With reason RETRY: the next attempt.' })
  nextAttemptAt!: Date | null;

  @ApiProperty({ example: 1 })
  attempts!: number;

  @ApiProperty({ example: 5 })
  maxAttempts!: number;

  @ApiProperty({ type: MessageErrorView, nullable: true })
  error!: MessageErrorView | null;

  @ApiProperty({ description: 'WhatsApp took two attempts of it: the customer may have it twice.', example: false })
  duplicateSuspected!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Your own id of the customer.' })
  customerId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Your own id of the order.' })
  orderId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Your own id of the quote.' })
  quoteId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Your own id of the user who sent it.' })
  userId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: "Meta's id of the message." })
  wamid!: string | null;

  @ApiProperty({ type: String, nullable: true, description: "Meta's id of the message that this one answers." })
  replyTo!: string | null;

  @ApiProperty({ type: MessagePricingView, nullable: true, description: 'Null until Meta names it.' })
  pricing!: MessagePricingView | null;

  @ApiProperty({ type: MessageTimesView })
  times!: MessageTimesView;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;
}

/**
 * What a tenant sees of a message's row.
 * @param media knows at least those of the message
 * @param hold what holds the queue of its number, where something does
 */
export function messageView(row: MessageRow, media: MediaOfMessages, hold?: QueueHold): MessageView {
  const state = row.state as MessageState;
  const waitCause = row.waitCause as WaitCause | null;
  const isOutbound = row.direction === 'OUTBOUND';
  const held = state === 'QUEUED' ? hold : undefined;
  return {
    id: row.id,
    direction: isOutbound ? 'OUTBOUND' : 'INBOUND',
    sender: row.sender as MessageSender,
    kind: row.kind as MessageKind,
    content: row.content as JsonObject,
    media: row.mediaIds.flatMap((id) => media.get(id) ?? []),
    displayContent: row.displayContent,
    transcript: row.transcript,
    intent: row.intent === null ? null : { name: row.intent, confidence: row.intentConfidence },
    to: row.recipient,
    numberId: row.phoneNumberId,
    contactId: row.contactId,
    conversationId: row.conversationId,
    status: publicStatus(state),
    reason: publicReason(state, waitCause) ?? (held ? heldReason(held) : row.reason === null ? null : { code: row.reason, text: null }),
    waitUntil: state === 'WAITING' && waitCause !== 'pair' && waitCause !== 'template' ? row.waitUntil : (held?.until ?? null),
    nextAttemptAt: state === 'WAITING' && waitCause === 'retry' ? row.waitUntil : null,
    attempts: row.attempts,
    maxAttempts: row.maxAttempts,
    error: row.errorCode === null && row.errorText === null ? null : { code: row.errorCode, text: row.errorText },
    duplicateSuspected: row.duplicateSuspected,
    customerId: row.customerId,
    orderId: row.orderId,
    quoteId: row.quoteId,
    userId: row.userId,
    wamid: row.wamid,
    replyTo: row.replyToWamid,
    pricing: row.pricing as MessagePricingView | null,
    times: {
      queuedAt: isOutbound ? row.createdAt : null,
      sendingAt: row.sendingAt,
      acceptedAt: row.acceptedAt,
      sentAt: row.sentAt,
      deliveredAt: row.deliveredAt,
      readAt: row.readAt,
      playedAt: row.playedAt,
      failedAt: row.failedAt,
      editedAt: row.editedAt,
      revokedAt: row.revokedAt,
    },
    createdAt: row.createdAt,
  };
}

function heldReason({ cause, reason }: QueueHold): MessageReasonView {
  const { code, text } = WAIT_CAUSES[cause];
  return { code, text: reason === null ? text : `${text} (${reason})` };
}
