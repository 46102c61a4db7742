import { ApiProperty } from '@nestjs/swagger';
import { CONSENT_PURPOSES, CONSENT_STATUSES } from '@parley/domain';

/** One decision, as it was recorded. */
export class RecordedConsentView {
  @ApiProperty({ format: 'uuid' })
  contactId!: string;

  @ApiProperty({ enum: CONSENT_PURPOSES })
  purpose!: string;

  @ApiProperty({ enum: CONSENT_STATUSES })
  status!: string;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: Date;

  @ApiProperty({ format: 'uuid', description: 'The entry of the append-only record.' })
  eventId!: string;
}

/** What POST /consents recorded: the first purpose, and all of them. */
export class RecordedConsentsView extends RecordedConsentView {
  @ApiProperty({ type: [RecordedConsentView], description: 'One for each purpose.' })
  records!: RecordedConsentView[];
}

/** The consents of a contact that stand now. */
export class StandingConsentsView {
  @ApiProperty({ format: 'uuid' })
  contactId!: string;

  @ApiProperty({ type: [RecordedConsentView] })
  data!: RecordedConsentView[];
}

/** An entry of the append-only record. */
export class ConsentEventView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: CONSENT_PURPOSES })
  purpose!: string;

  @ApiProperty({ enum: CONSENT_STATUSES })
  status!: string;

  @ApiProperty({ example: 'form' })
  source!: string;

  @ApiProperty({ type: String, nullable: true })
  evidence!: string | null;

  @ApiProperty({ example: 'key:4f2Ab81kPq0Z', description: 'Who recorded it.' })
  actor!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message in which the contact decided.' })
  messageId!: string | null;

  @ApiProperty({ format: 'date-time' })
  at!: Date;
}

/** A row of `consent_events` as tenants see it. */
export function consentEventView({ id, purpose, status, source, evidence, actor, messageId, at }: ConsentEventView): ConsentEventView {
  return { id, purpose, status, source, evidence, actor, messageId, at };
}
