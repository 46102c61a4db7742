import { ApiProperty } from '@nestjs/swagger';

/** A row of `contacts` with its identities. */
export interface ContactRow {
  id: string;
  name: string | null;
  customerId: string | null;
  lastInboundAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  identities: readonly { kind: string; value: string }[];
  tags: readonly { tag: string }[];
}

const IDENTITY_KINDS = ['phone', 'wa_id', 'bsuid', 'parent_bsuid'] as const;

/** One of the ids under which WhatsApp knows a person. */
export class IdentityView {
  @ApiProperty({ enum: IDENTITY_KINDS, description: 'phone in E.164; bsuid: the business-scoped user id.' })
  kind!: string;

  @ApiProperty({ example: '+40723000111' })
  value!: string;
}

/** A person whom a tenant writes with. */
export class ContactView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ana Pop' })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'C-1042', description: 'Your own id of the customer.' })
  customerId!: string | null;

  @ApiProperty({ type: [IdentityView] })
  identities!: IdentityView[];

  @ApiProperty({ type: [String], example: ['vip'] })
  tags!: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the person last wrote.' })
  lastInboundAt!: Date | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** What the view of a contact needs beside its own columns. */
export const CONTACT_INCLUDE = { identities: { select: { kind: true, value: true }, orderBy: { kind: 'asc' } }, tags: { select: { tag: true }, orderBy: { tag: 'asc' } } } as const;

/** What a tenant sees of a contact. */
export function contactView({ id, name, customerId, lastInboundAt, createdAt, updatedAt, identities, tags }: ContactRow): ContactView {
  return { id, name, customerId, identities: identities.map(({ kind, value }) => ({ kind, value })), tags: tags.map(({ tag }) => tag), lastInboundAt, createdAt, updatedAt };
}
