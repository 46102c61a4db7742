import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ACCEPTANCE_RULES, CONSENT_PURPOSES, LANES, type AcceptanceRule, type ConsentPurpose, type LaneName, type TemplatePreview } from '@parley/domain';
import type { Problem } from '@parley/platform';
import { ProblemView } from '../docs/problem.dto.js';
import { TemplatePreviewView } from '../templates/template-preview.view.js';

/** The checks of acceptance, and what comes before them: the form of the request, and room for it. */
export const DRY_RUN_RULES = ['request', 'backlog', ...ACCEPTANCE_RULES] as const;

export type DryRunRule = 'request' | 'backlog' | AcceptanceRule;

/** What Meta would charge once the message is delivered. */
export class PriceView {
  @ApiProperty({ type: String, nullable: true, example: '0.0212', description: 'In the currency of the rate card; null where the country of the recipient is not known.' })
  amount!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ type: String, nullable: true, example: 'RO', description: 'The country of the recipient.' })
  country!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Rest of Central and Eastern Europe', description: "The rate card's name of the market." })
  market!: string | null;

  @ApiProperty({ enum: ['session', 'utility-in-window'], nullable: true, description: 'Why nothing is charged.' })
  free!: 'session' | 'utility-in-window' | null;
}

/** What would become of one message. */
export class DryRunView {
  @ApiProperty({ type: 'integer', example: 0, description: 'Its place in the body, from 0.' })
  index!: number;

  @ApiProperty({ example: true })
  accepted!: boolean;

  @ApiPropertyOptional({ enum: DRY_RUN_RULES, description: 'The check that refuses it.' })
  rule?: DryRunRule;

  @ApiPropertyOptional({ type: ProblemView, description: 'What sending it would be answered. Its pointers begin with /messages/<index>.' })
  problem?: Problem;

  @ApiPropertyOptional({ example: '+40723000111', description: 'In E.164, or the WhatsApp user id of a contact whose number is not known.' })
  to?: string;

  @ApiPropertyOptional({ enum: CONSENT_PURPOSES, description: 'The category of the template; service for everything else.' })
  category?: ConsentPurpose;

  @ApiPropertyOptional({ enum: Object.keys(LANES), description: 'With which others it waits to leave.' })
  lane?: LaneName;

  @ApiPropertyOptional({ example: 'Hello Ana, your order 860198 is confirmed.', description: 'One line that stands for it in lists.' })
  displayContent?: string;

  @ApiPropertyOptional({ type: TemplatePreviewView, nullable: true, description: 'A template as a phone shows it; null for everything else.' })
  preview?: TemplatePreview | null;

  @ApiPropertyOptional({ type: PriceView })
  price?: PriceView;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'When it would have left, as things stand: after what waits on its number already.' })
  leavesAt?: Date;
}

/** What all that would be accepted cost together. */
export class TotalPriceView {
  @ApiProperty({ example: '21.1576', description: 'Of those whose price is known.' })
  amount!: string;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ type: 'integer', example: 0, description: 'Messages whose price is not known.' })
  unknown!: number;

  @ApiProperty({ format: 'date', example: '2026-01-01', description: 'From when the rate card holds.' })
  asOf!: string;
}

export class ValidationView {
  @ApiProperty({ type: 'integer', example: 998 })
  accepted!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  refused!: number;

  @ApiProperty({ type: TotalPriceView })
  price!: TotalPriceView;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the last of them would have left; null where none would be accepted.' })
  finishedAt!: Date | null;

  @ApiProperty({ type: [DryRunView], description: 'One for each message, in their order.' })
  results!: DryRunView[];
}
