import { ApiProperty } from '@nestjs/swagger';
import type { BlockedUser, BlockOutcome, BlockUsersEntry, BusinessProfile } from '@parley/graph';

/** What customers see of the business. */
export class ProfileView {
  @ApiProperty({ type: String, nullable: true, example: 'Wood-fired pizza since 1987' })
  about!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Strada Lipscani 12, București' })
  address!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'A family restaurant in the old town.' })
  description!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ciao@example.com' })
  email!: string | null;

  @ApiProperty({ type: [String], example: ['https://example.com'] })
  websites!: readonly string[];

  @ApiProperty({ type: String, nullable: true, example: 'RESTAURANT' })
  vertical!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Where Meta shows the picture.' })
  profilePictureUrl!: string | null;
}

/** Somebody on the block list. Meta names them by one of the two ids, or by both. */
export class BlockedUserView {
  @ApiProperty({ type: String, nullable: true, example: '40723000111' })
  waId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'The business-scoped user id.' })
  userId!: string | null;
}

/** The block list, as far as it was asked for. */
export class BlockedUsersView {
  @ApiProperty({ type: [BlockedUserView] })
  data!: BlockedUserView[];

  @ApiProperty({ example: false, description: 'Whether the list goes on.' })
  hasMore!: boolean;
}

/** Somebody whom Meta did not block, or not take back. */
export class BlockRefusalView {
  @ApiProperty({ example: '+40723000111', description: 'As it was given.' })
  user!: string;

  @ApiProperty({ type: Number, nullable: true, example: 139100, description: "Meta's code." })
  graphCode!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'The user has not written within 24 hours.' })
  detail!: string | null;
}

/** What became of each. */
export class BlockOutcomeView {
  @ApiProperty({ type: [String], example: ['+40723000111'], description: 'As they were given.' })
  done!: string[];

  @ApiProperty({ type: [BlockRefusalView] })
  failed!: BlockRefusalView[];
}

export function profileView(profile: BusinessProfile): ProfileView {
  const { about, address, description, email, websites, vertical, profile_picture_url: picture } = profile;
  return {
    about: about ?? null,
    address: address ?? null,
    description: description ?? null,
    email: email ?? null,
    websites: websites ?? [],
    vertical: vertical ?? null,
    profilePictureUrl: picture ?? null,
  };
}

export function blockedUserView({ wa_id: waId, user_id: userId }: BlockedUser): BlockedUserView {
  return { waId: waId ?? null, userId: userId ?? null };
}

export function blockOutcomeView({ done, failed }: BlockOutcome): BlockOutcomeView {
  return { done: done.map(nameOf), failed: failed.map(refusalView) };
}

function refusalView(entry: BlockUsersEntry): BlockRefusalView {
  const [error] = entry.errors ?? [];
  return { user: nameOf(entry), graphCode: error?.code ?? null, detail: error?.message ?? null };
}

function nameOf({ input, wa_id: waId, user_id: userId }: BlockUsersEntry): string {
  return input ?? waId ?? userId ?? '';
}
