import { ApiProperty } from '@nestjs/swagger';
import type { TenantTx } from '@parley/data';
import { MEDIA_STATES, type MediaState } from '@parley/domain';
import type { MessageRow } from './message.view.js';

/** A media of a message, and whether its content is here: `GET /v1/media/{id}` streams it once it is STORED. */
export class MessageMediaView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: MEDIA_STATES, description: 'PENDING: it is being fetched from Meta.' })
  state!: MediaState;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it FAILED.' })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'image/jpeg' })
  mimeType!: string | null;
}

/** Media by their ids. */
export type MediaOfMessages = ReadonlyMap<string, MessageMediaView>;

const NO_MEDIA: MediaOfMessages = new Map();

/** The media of these messages, all in one look-up. */
export async function readMessageMedia(tx: TenantTx, tenantId: string, rows: readonly MessageRow[]): Promise<MediaOfMessages> {
  const ids = rows.flatMap(({ mediaIds }) => mediaIds);
  if (ids.length === 0) return NO_MEDIA;
  const select = { id: true, state: true, reason: true, mimeType: true } as const;
  const media = await tx.media.findMany({ where: { tenantId, id: { in: ids } }, select });
  return new Map(media.map((one) => [one.id, { ...one, state: one.state as MediaState }]));
}
