import { ApiProperty } from '@nestjs/swagger';
import type { ContactMerge, StoredMerge } from '@parley/data';
import { CONSENT_PURPOSES, CONSENT_STATUSES, IDENTITY_KINDS } from '@parley/domain';

/** An id that changes hands. */
export class MovedIdentityView {
  @ApiProperty({ enum: IDENTITY_KINDS })
  kind!: string;

  @ApiProperty({ example: '+40723000111' })
  value!: string;
}

/** A consent that stands from now on, because it was the stricter one or the only one. */
export class TakenConsentView {
  @ApiProperty({ enum: CONSENT_PURPOSES })
  purpose!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The number for which it was said; null: every number.' })
  numberId!: string | null;

  @ApiProperty({ enum: CONSENT_STATUSES })
  status!: string;
}

/** What a merge did, or would do. Messages follow their conversations within seconds. */
export class ContactMergeView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'By which it can be undone; null for a dry run.' })
  id!: string | null;

  @ApiProperty({ format: 'uuid' })
  fromId!: string;

  @ApiProperty({ format: 'uuid', description: 'The contact that stays.' })
  intoId!: string;

  @ApiProperty()
  dryRun!: boolean;

  @ApiProperty({ type: [MovedIdentityView] })
  identities!: MovedIdentityView[];

  @ApiProperty({ type: [String], example: ['vip'] })
  tags!: string[];

  @ApiProperty({ type: [TakenConsentView] })
  consents!: TakenConsentView[];

  @ApiProperty({ example: 3, description: 'Conversations that go along as they are.' })
  conversations!: number;

  @ApiProperty({ example: 1, description: 'Open conversations that become one with an open one of the same number.' })
  joinedConversations!: number;
}

/** What was undone. */
export class ContactSplitView {
  @ApiProperty({ format: 'uuid' })
  mergeId!: string;

  @ApiProperty({ format: 'uuid', description: 'The contact that is one of its own again.' })
  fromId!: string;

  @ApiProperty({ format: 'uuid' })
  intoId!: string;
}

/** What a merge did. */
export function contactMergeView({ id, fromId, intoId, moved }: ContactMerge, dryRun: boolean): ContactMergeView {
  const { identities, tags, consents, conversations, joined } = moved;
  return {
    id: dryRun ? null : id,
    fromId,
    intoId,
    dryRun,
    identities: identities.map(({ kind, value }) => ({ kind, value })),
    tags,
    consents: consents.map(({ purpose, phoneNumberId: numberId, status }) => ({ purpose, numberId, status })),
    conversations: conversations.length,
    joinedConversations: joined.length,
  };
}

/** What a split undid. */
export function contactSplitView({ id: mergeId, fromId, intoId }: StoredMerge): ContactSplitView {
  return { mergeId, fromId, intoId };
}
