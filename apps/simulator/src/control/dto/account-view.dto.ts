import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '../../json.js';
import {
  MESSAGING_LIMITS,
  NUMBER_STATUSES,
  QUALITY_RATINGS,
  TEMPLATE_CATEGORIES,
  TEMPLATE_STATUSES,
  THROUGHPUT_LEVELS,
  TOKEN_STATES,
} from '../../state/account.js';

const ID = { examples: ['2000000000000001'] };

export class NumberView {
  @ApiProperty(ID)
  readonly id!: string;

  @ApiProperty(ID)
  readonly wabaId!: string;

  @ApiProperty({ examples: ['+40 21 555 0100'] })
  readonly displayPhoneNumber!: string;

  @ApiProperty({ examples: ['Trattoria'] })
  readonly verifiedName!: string;

  @ApiProperty({ enum: NUMBER_STATUSES })
  readonly status!: string;

  @ApiProperty({ enum: THROUGHPUT_LEVELS })
  readonly throughputLevel!: string;

  @ApiProperty({ enum: QUALITY_RATINGS })
  readonly qualityRating!: string;
}

export class TemplateView {
  @ApiProperty(ID)
  readonly id!: string;

  @ApiProperty(ID)
  readonly wabaId!: string;

  @ApiProperty({ examples: ['order_ready'] })
  readonly name!: string;

  @ApiProperty({ examples: ['en_US'] })
  readonly language!: string;

  @ApiProperty({ enum: TEMPLATE_STATUSES })
  readonly status!: string;

  @ApiProperty({ enum: TEMPLATE_CATEGORIES })
  readonly category!: string;

  @ApiProperty({ enum: QUALITY_RATINGS })
  readonly quality!: string;

  @ApiProperty({ examples: ['NONE'] })
  readonly rejectedReason!: string;

  @ApiProperty({ type: [Object], examples: [[{ type: 'BODY', text: 'Hello {{1}}' }]] })
  readonly components!: JsonObject[];
}

export class AccountView {
  @ApiProperty(ID)
  readonly wabaId!: string;

  @ApiProperty({ examples: ['Trattoria'] })
  readonly name!: string;

  @ApiProperty({ enum: TOKEN_STATES })
  readonly tokenState!: string;

  @ApiProperty({ type: String, nullable: true, ...ID })
  readonly portfolioId!: string | null;

  @ApiProperty({ enum: MESSAGING_LIMITS, nullable: true, description: 'Null: not held to any.' })
  readonly messagingLimit!: string | null;

  @ApiProperty({
    type: [String],
    description: 'Ids of the apps that get its webhooks.',
    examples: [['2000000000000002']],
  })
  readonly subscribedApps!: string[];

  @ApiProperty({ type: [NumberView] })
  readonly numbers!: NumberView[];

  @ApiProperty({ type: [TemplateView] })
  readonly templates!: TemplateView[];
}

/** A code that the embedded signup hands to the browser. */
export class SignupCodeView {
  @ApiProperty({ description: 'For GET /oauth/access_token; good once.', examples: ['AQBx7'] })
  readonly code!: string;

  @ApiProperty({ description: 'The app that may redeem it.', examples: ['2000000000000002'] })
  readonly appId!: string;

  @ApiProperty(ID)
  readonly wabaId!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The first number of the account.', ...ID })
  readonly phoneNumberId!: string | null;

  @ApiProperty({ description: 'The business portfolio.', ...ID })
  readonly businessId!: string;
}

export class TokenView {
  @ApiProperty({ examples: ['EAAx7'] })
  readonly token!: string;
}

/** How a callback took its handshake. */
export class HandshakeView {
  @ApiProperty({ examples: [true] })
  readonly ok!: boolean;

  @ApiProperty({ type: Number, nullable: true, examples: [200] })
  readonly status!: number | null;

  @ApiProperty({ examples: [4.2] })
  readonly latencyMs!: number;

  @ApiProperty({ type: String, nullable: true, examples: ['HTTP status 403 instead of 200'] })
  readonly reason!: string | null;
}

export class AppView {
  @ApiProperty({ examples: ['2000000000000002'] })
  readonly appId!: string;

  @ApiProperty({ examples: ['http://127.0.0.1:3000/webhooks/whatsapp'] })
  readonly callbackUrl!: string;
}

export class AppAnswer {
  @ApiProperty({ examples: ['2000000000000002'] })
  readonly appId!: string;

  @ApiProperty({ type: HandshakeView, nullable: true, description: 'Null: it was not asked for.' })
  readonly handshake!: HandshakeView | null;
}

/** The code on its way to the phone of a number that is being verified. */
export class VerificationCodeView {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null: none was asked for, or it was used.',
    examples: ['123830'],
  })
  readonly code!: string | null;

  @ApiProperty({ type: String, nullable: true, examples: ['SMS'] })
  readonly method!: string | null;
}
