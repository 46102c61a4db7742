import { ApiProperty } from '@nestjs/swagger';
import { ChatError, ChatMessage, TICKS, type Tick } from './chat.dto.js';

/** `message`: something new in a chat, in either direction. */
export class MessageEvent {
  @ApiProperty({
    description: "Digits of the customer's phone, as in the address of the chat.",
    examples: ['40721000001'],
  })
  readonly phone!: string;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly phoneNumberId!: string;

  @ApiProperty({ type: ChatMessage })
  readonly message!: ChatMessage;
}

/** `status`: the ticks of a message changed; also where the business read what the customer wrote. */
export class StatusEvent {
  @ApiProperty({ examples: ['40721000001'] })
  readonly phone!: string;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly phoneNumberId!: string;

  @ApiProperty({ examples: ['wamid.HBgL'] })
  readonly wamid!: string;

  @ApiProperty({ enum: TICKS })
  readonly status!: Tick;

  @ApiProperty({ type: ChatError, nullable: true })
  readonly error!: ChatError | null;

  @ApiProperty({ description: 'Unix milliseconds.', examples: [1795251600000] })
  readonly at!: number;
}

/** `typing`: the business is typing; the phone shows it for 25 seconds or until the next message. */
export class TypingEvent {
  @ApiProperty({ examples: ['40721000001'] })
  readonly phone!: string;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly phoneNumberId!: string;
}

/** `template`: a template is new or changed. */
export class TemplateEvent {
  @ApiProperty({ examples: ['2000000000000001'] })
  readonly wabaId!: string;

  @ApiProperty({ examples: ['594425479261596'] })
  readonly id!: string;

  @ApiProperty({ examples: ['order_ready'] })
  readonly name!: string;

  @ApiProperty({ examples: ['en_US'] })
  readonly language!: string;

  @ApiProperty({ examples: ['APPROVED'] })
  readonly status!: string;

  @ApiProperty({ examples: ['UTILITY'] })
  readonly category!: string;

  @ApiProperty({ examples: ['GREEN'] })
  readonly quality!: string;
}

/** `delivery`: a webhook was brought to a receiver. */
export class DeliveryEvent {
  @ApiProperty({ examples: ['2000000000000002'] })
  readonly appId!: string;

  @ApiProperty({ examples: ['http://127.0.0.1:3000/webhooks/whatsapp'] })
  readonly callbackUrl!: string;

  @ApiProperty({ description: 'The field of its first update.', examples: ['messages'] })
  readonly field!: string;

  @ApiProperty({ description: 'How many updates it carries.', examples: [1] })
  readonly updates!: number;

  @ApiProperty({ description: 'From 1.', examples: [1] })
  readonly attempt!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Null: no answer came.', examples: [200] })
  readonly status!: number | null;

  @ApiProperty({ examples: [12.5] })
  readonly latencyMs!: number;

  @ApiProperty({ type: String, nullable: true, examples: ['connect ECONNREFUSED'] })
  readonly error!: string | null;
}

/** `reset`: everything was forgotten; read again what is shown. */
export class ResetEvent {
  @ApiProperty({ examples: [42] })
  readonly seed!: number;
}

/** What GET /control/stream tells, by the name of the event. */
export interface FeedEvents {
  readonly message: MessageEvent;
  readonly status: StatusEvent;
  readonly typing: TypingEvent;
  readonly template: TemplateEvent;
  readonly delivery: DeliveryEvent;
  readonly reset: ResetEvent;
}

export type FeedEventName = keyof FeedEvents;
