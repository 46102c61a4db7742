import { ApiProperty } from '@nestjs/swagger';

export const DIRECTIONS = ['in', 'out'] as const;
export type ChatDirection = (typeof DIRECTIONS)[number];

/** How far a message of the business came; the ticks of a phone. */
export const TICKS = ['accepted', 'held', 'sent', 'delivered', 'read', 'played', 'failed'] as const;
export type Tick = (typeof TICKS)[number];

export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export const BUTTON_KINDS = [
  'reply',
  'quick_reply',
  'url',
  'phone_number',
  'copy_code',
  'flow',
  'location',
  'other',
] as const;
export type ButtonKind = (typeof BUTTON_KINDS)[number];

/** A picture, a film, a sound or a file of a message. */
export class ChatMedia {
  @ApiProperty({ enum: MEDIA_KINDS })
  readonly kind!: MediaKind;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Media id; GET /control/media/{id} gives its bytes.',
    examples: ['1037543291543636'],
  })
  readonly id!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where it was sent by link.',
    examples: ['https://example.com/menu.pdf'],
  })
  readonly link!: string | null;

  @ApiProperty({ type: String, nullable: true, examples: ['image/jpeg'] })
  readonly mimeType!: string | null;

  @ApiProperty({ type: String, nullable: true, examples: ['menu.pdf'] })
  readonly filename!: string | null;

  @ApiProperty({ description: 'Whether it is a voice note.', examples: [false] })
  readonly voice!: boolean;
}

/** Something to press below a message. */
export class ChatButton {
  @ApiProperty({
    enum: BUTTON_KINDS,
    description:
      '`reply`: of an interactive message, answered with type `interactive`; `quick_reply`: of a template, answered with ' +
      'type `button`. The others lead away from the chat.',
  })
  readonly kind!: ButtonKind;

  @ApiProperty({ examples: ['Confirm'] })
  readonly title!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of a reply, payload of a quick reply.',
    examples: ['confirm'],
  })
  readonly id!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Address, phone number or code of the others.',
    examples: ['https://example.com'],
  })
  readonly target!: string | null;
}

/** A row of a list message. */
export class ChatListRow {
  @ApiProperty({ examples: ['table-2'] })
  readonly id!: string;

  @ApiProperty({ examples: ['Table for two'] })
  readonly title!: string;

  @ApiProperty({ type: String, nullable: true, examples: ['By the window'] })
  readonly description!: string | null;
}

export class ChatListSection {
  @ApiProperty({ type: String, nullable: true, examples: ['Tonight'] })
  readonly title!: string | null;

  @ApiProperty({ type: [ChatListRow] })
  readonly rows!: ChatListRow[];
}

/** The list that opens when its button is pressed. */
export class ChatList {
  @ApiProperty({ examples: ['Choose'] })
  readonly button!: string;

  @ApiProperty({ type: [ChatListSection] })
  readonly sections!: ChatListSection[];
}

export class ChatLocation {
  @ApiProperty({ examples: [44.4268] })
  readonly latitude!: number;

  @ApiProperty({ examples: [26.1025] })
  readonly longitude!: number;

  @ApiProperty({ type: String, nullable: true, examples: ['Trattoria'] })
  readonly name!: string | null;

  @ApiProperty({ type: String, nullable: true, examples: ['Strada Lipscani 1'] })
  readonly address!: string | null;
}

export class ChatContactCard {
  @ApiProperty({ examples: ['Ana Ionescu'] })
  readonly name!: string;

  @ApiProperty({ type: [String], examples: [['+40721000001']] })
  readonly phones!: string[];
}

export class ChatReaction {
  @ApiProperty({ description: 'The message that was reacted to.', examples: ['wamid.HBgL'] })
  readonly wamid!: string;

  @ApiProperty({ description: 'Empty: the reaction was taken back.', examples: ['👍'] })
  readonly emoji!: string;
}

/** What a phone shows of a message, with every parameter filled in. What a message does not have is null or empty. */
export class ChatContent {
  @ApiProperty({ type: String, nullable: true, description: 'Header text.', examples: ['Your order'] })
  readonly header!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Body, or the caption of media.',
    examples: ['Hello Ana, your table is ready.'],
  })
  readonly text!: string | null;

  @ApiProperty({ type: String, nullable: true, examples: ['Reply STOP to end'] })
  readonly footer!: string | null;

  @ApiProperty({ type: ChatMedia, nullable: true })
  readonly media!: ChatMedia | null;

  @ApiProperty({ type: ChatLocation, nullable: true })
  readonly location!: ChatLocation | null;

  @ApiProperty({ type: [ChatContactCard] })
  readonly contacts!: ChatContactCard[];

  @ApiProperty({ type: ChatReaction, nullable: true })
  readonly reaction!: ChatReaction | null;

  @ApiProperty({ type: [ChatButton] })
  readonly buttons!: ChatButton[];

  @ApiProperty({ type: ChatList, nullable: true })
  readonly list!: ChatList | null;

  @ApiProperty({ type: () => [ChatContent], description: 'The cards of a carousel.' })
  readonly cards!: ChatContent[];
}

export class ChatError {
  @ApiProperty({ examples: [131026] })
  readonly code!: number;

  @ApiProperty({ examples: ['Message undeliverable'] })
  readonly title!: string;
}

/** One message of a chat. */
export class ChatMessage {
  @ApiProperty({ examples: ['wamid.HBgL'] })
  readonly wamid!: string;

  @ApiProperty({ enum: DIRECTIONS, description: '`in`: the customer wrote it; `out`: the business did.' })
  readonly direction!: ChatDirection;

  @ApiProperty({ description: "Meta's type.", examples: ['template'] })
  readonly type!: string;

  @ApiProperty({ description: 'Unix milliseconds by the clock of the simulator.', examples: [1795251600000] })
  readonly at!: number;

  @ApiProperty({
    enum: TICKS,
    description: "Of the customer's own messages: `delivered`, or `read` once the business marked it.",
  })
  readonly status!: Tick;

  @ApiProperty({
    type: [String],
    description: 'Every status that was given out, in its order.',
    examples: [['sent', 'delivered']],
  })
  readonly statuses!: string[];

  @ApiProperty({ type: ChatError, nullable: true })
  readonly error!: ChatError | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The message that this one answers.',
    examples: ['wamid.HBgL'],
  })
  readonly contextWamid!: string | null;

  @ApiProperty({ type: ChatContent })
  readonly content!: ChatContent;
}

/** The customer's side of a chat. */
export class ChatCustomer {
  @ApiProperty({ examples: ['40721000001'] })
  readonly phone!: string;

  @ApiProperty({ examples: ['40721000001'] })
  readonly waId!: string;

  @ApiProperty({ examples: ['RO.13491208655302741918'] })
  readonly userId!: string;

  @ApiProperty({ examples: ['Ana'] })
  readonly profileName!: string;

  @ApiProperty({ examples: [false] })
  readonly withoutPhone!: boolean;
}

/** GET /control/customers/:phone/chat */
export class Chat {
  @ApiProperty({ type: ChatCustomer })
  readonly customer!: ChatCustomer;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly phoneNumberId!: string;

  @ApiProperty({ examples: ['Trattoria'] })
  readonly verifiedName!: string;

  @ApiProperty({ description: 'Whether the business may write freely.', examples: [true] })
  readonly isWindowOpen!: boolean;

  @ApiProperty({ type: Number, nullable: true, description: 'Unix milliseconds.', examples: [1795338000000] })
  readonly windowEndsAt!: number | null;

  @ApiProperty({ description: 'Whether the customer blocked the business.', examples: [false] })
  readonly isBlocked!: boolean;

  @ApiProperty({ description: 'Whether the customer stopped marketing messages.', examples: [false] })
  readonly isOptedOut!: boolean;

  @ApiProperty({ type: [ChatMessage], description: 'Oldest first; the last 500 of a chat are kept.' })
  readonly messages!: ChatMessage[];
}
