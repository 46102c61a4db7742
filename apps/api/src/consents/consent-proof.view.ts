import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ConsentEventView, StandingConsentView } from './consent.view.js';

export class ProofIdentityView {
  @ApiProperty({ example: 'phone' })
  kind!: string;

  @ApiProperty({ example: '+40723000111' })
  value!: string;
}

export class ProofContactView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ana' })
  name!: string | null;

  @ApiProperty({ type: [ProofIdentityView] })
  identities!: ProofIdentityView[];

  @ApiProperty({ type: [String], description: 'Contacts that turned out to be this one; their decisions are among the events.' })
  merged!: string[];
}

/** The message in which the contact decided. */
export class ProofMessageView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, description: "WhatsApp's id of it." })
  wamid!: string | null;

  @ApiProperty({ enum: ['INBOUND', 'OUTBOUND'] })
  direction!: string;

  @ApiProperty({ example: 'text' })
  kind!: string;

  @ApiProperty({ example: 'STOP' })
  text!: string;

  @ApiProperty({ format: 'uuid', description: 'The number to which it was written.' })
  numberId!: string;

  @ApiProperty({ format: 'date-time', description: "WhatsApp's time of it." })
  at!: Date;
}

export class ProofEventView extends OmitType(ConsentEventView, ['messageId'] as const) {
  @ApiProperty({ format: 'uuid' })
  contactId!: string;

  @ApiProperty({ type: ProofMessageView, nullable: true })
  message!: ProofMessageView | null;
}

/** All that a contact decided, in a form that can be kept and checked. */
export class ConsentProofView {
  @ApiProperty({ example: 'parley.consent-proof.v1' })
  format!: string;

  @ApiProperty({ type: ProofContactView })
  contact!: ProofContactView;

  @ApiProperty({ type: [StandingConsentView], description: 'What stands, by purpose.' })
  standing!: StandingConsentView[];

  @ApiProperty({ type: [ProofEventView], description: 'Every decision, in the order in which they were recorded.' })
  events!: ProofEventView[];

  @ApiProperty({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', description: 'SHA-256 of the document without this member, in canonical JSON (RFC 8785), as hexadecimal digits.' })
  sha256!: string;
}
