import { ApiProperty } from '@nestjs/swagger';

const TYPES = ['number-changed', 'user-id-changed', 'identity-key-changed', 'merged', 'split'] as const;

/** Something that happened to a contact. */
export class ContactEventView {
  @ApiProperty({ format: 'uuid', description: 'Of a merge: what POST /v1/contacts/{id}/split undoes.' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'The contact that it happened to; it may have been joined to the one asked for since.' })
  contactId!: string;

  @ApiProperty({ enum: TYPES })
  type!: string;

  @ApiProperty({ example: 'meta', description: 'Who caused it.' })
  actor!: string;

  @ApiProperty({ type: String, nullable: true, example: 'wamid.HBgL…', description: "What proves it, such as the id of WhatsApp's message." })
  evidence!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { gained: [{ kind: 'wa_id', value: '40723000222' }] } })
  detail!: unknown;

  @ApiProperty({ format: 'date-time' })
  at!: Date;
}

/** A row of `contact_events` as tenants see it. */
export function contactEventView({ id, contactId, type, actor, evidence, detail, at }: ContactEventView): ContactEventView {
  return { id, contactId, type, actor, evidence, detail, at };
}
