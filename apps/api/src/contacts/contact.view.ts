import { ApiProperty } from '@nestjs/swagger';
import { IDENTITY_KINDS } from '@parley/domain';

/** A row of `contacts` with its identities. */
export interface ContactRow {
  id: string;
  name: string | null;
  givenName: string | null;
  bookName: string | null;
  profileName: string | null;
  username: string | null;
  customerId: string | null;
  context: unknown;
  identityChangedAt: Date | null;
  lastInboundAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  identities: readonly { kind: string; value: string; createdAt: Date }[];
  tags: readonly { tag: string }[];
}

/** One of the ids under which WhatsApp knows a person. */
export class IdentityView {
  @ApiProperty({ enum: IDENTITY_KINDS, description: 'phone in E.164; wa_id: the number as WhatsApp knows it; bsuid: the business-scoped user id.' })
  kind!: string;

  @ApiProperty({ example: '+40723000111' })
  value!: string;

  @ApiProperty({ format: 'date-time', description: 'Since when it is known.' })
  since!: Date;
}

/** Where the name of a contact may come from; `name` is the first of them that is known. */
export class ContactNamesView {
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The one that you gave.' })
  given!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Ana Table 4', description: "In the phone book of the number's WhatsApp Business app." })
  book!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Ana Pop', description: 'What the person calls himself.' })
  profile!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ana.pop' })
  username!: string | null;
}

/** A person whom a tenant writes with. */
export class ContactView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ana Pop' })
  name!: string | null;

  @ApiProperty({ type: ContactNamesView })
  names!: ContactNamesView;

  @ApiProperty({ type: String, nullable: true, example: 'C-1042', description: 'Your own id of the customer.' })
  customerId!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: { favouriteTable: 4 }, description: 'What you keep with the person.' })
  context!: unknown;

  @ApiProperty({ type: [IdentityView] })
  identities!: IdentityView[];

  @ApiProperty({ type: [String], example: ['vip'] })
  tags!: string[];

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null, description: 'The id that was asked for, where that contact was joined to this one.' })
  askedId!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the person last wrote.' })
  lastInboundAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When WhatsApp last said that the device behind the number changed.' })
  identityChangedAt!: Date | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** What the view of a contact needs beside its own columns. */
export const CONTACT_INCLUDE = {
  identities: { select: { kind: true, value: true, createdAt: true }, orderBy: { kind: 'asc' } },
  tags: { select: { tag: true }, orderBy: { tag: 'asc' } },
} as const;

/** What a tenant sees of a contact. */
export function contactView(row: ContactRow, asked: string = row.id): ContactView {
  const { id, name, givenName, bookName, profileName, username, customerId, context, identities, tags, lastInboundAt, identityChangedAt, createdAt, updatedAt } = row;
  return {
    id,
    name,
    names: { given: givenName, book: bookName, profile: profileName, username },
    customerId,
    context: context ?? null,
    identities: identities.map(({ kind, value, createdAt: since }) => ({ kind, value, since })),
    tags: tags.map(({ tag }) => tag),
    askedId: asked === id ? null : asked,
    lastInboundAt,
    identityChangedAt,
    createdAt,
    updatedAt,
  };
}
