import { ApiProperty } from '@nestjs/swagger';
import { CONSENT_PURPOSES, CONSENT_STATUSES } from '@parley/domain';

/** A decision that stands. */
export class StandingConsentView {
  @ApiProperty({ format: 'uuid' })
  contactId!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The number for which it stands; null: every number. The stricter of the two counts.' })
  numberId!: string | null;

  @ApiProperty({ enum: CONSENT_PURPOSES })
  purpose!: string;

  @ApiProperty({ enum: CONSENT_STATUSES })
  status!: string;

  @ApiProperty({ format: 'date-time', description: 'When the contact decided.' })
  decidedAt!: Date;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: Date;

  @ApiProperty({ format: 'uuid', description: 'The entry of the append-only record.' })
  eventId!: string;
}

/** One decision, as it was recorded. */
export class RecordedConsentView extends StandingConsentView {
  @ApiProperty({ description: 'False: a later decision stands, and this one is kept as a proof.' })
  stands!: boolean;
}

/** What POST /consents recorded: the first purpose, and all of them. */
export class RecordedConsentsView extends RecordedConsentView {
  @ApiProperty({ type: [RecordedConsentView], description: 'One for each purpose.' })
  records!: RecordedConsentView[];
}

/** Consents that stand now. */
export class StandingConsentsView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The contact that was asked for.' })
  contactId!: string | null;

  @ApiProperty({ type: [StandingConsentView], description: 'Of a contact by purpose; of all by decision, newest first.' })
  data!: StandingConsentView[];

  @ApiProperty()
  hasMore!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'For the next call; null on the last page.' })
  nextCursor!: string | null;
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

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The number for which it was said; null: every number.' })
  numberId!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When the contact decided.' })
  decidedAt!: Date;

  @ApiProperty({ format: 'date-time', description: 'When it was recorded.' })
  at!: Date;
}

/** A row of `consent_events` as tenants see it. */
export function consentEventView(row: Omit<ConsentEventView, 'numberId' | 'decidedAt'> & { phoneNumberId: string | null; decidedAt: Date | null }): ConsentEventView {
  const { id, purpose, status, source, evidence, actor, messageId, phoneNumberId, decidedAt, at } = row;
  return { id, purpose, status, source, evidence, actor, messageId, numberId: phoneNumberId, decidedAt: decidedAt ?? at, at };
}

interface StandingRow {
  contactId: string;
  phoneNumberId: string | null;
  purpose: string;
  status: string;
  decidedAt: Date | null;
  updatedAt: Date;
  eventId: string;
}

/** A row of `consents` as tenants see it. */
export function standingConsentView({ contactId, phoneNumberId, purpose, status, decidedAt, updatedAt, eventId }: StandingRow): StandingConsentView {
  return { contactId, numberId: phoneNumberId, purpose, status, decidedAt: decidedAt ?? updatedAt, recordedAt: updatedAt, eventId };
}
