import { ApiProperty } from '@nestjs/swagger';
import { MEDIA_FAILURES, MEDIA_KINDS, MEDIA_STATES, type MediaFailure, type MediaKind, type MediaState } from '@parley/domain';

/** A row of `media`. */
export interface MediaRow {
  id: string;
  direction: string;
  kind: string;
  state: string;
  reason: string | null;
  mimeType: string | null;
  bytes: bigint | null;
  sha256: Uint8Array | null;
  fileName: string | null;
  storageKey: string | null;
  nextAt: Date | null;
  createdAt: Date;
}

/** Why a media is FAILED. */
export class MediaReasonView {
  @ApiProperty({ enum: Object.keys(MEDIA_FAILURES) })
  code!: string;

  @ApiProperty({ example: MEDIA_FAILURES['media.expired'] })
  text!: string;
}

/** A file: uploaded to be sent, or sent by a customer. */
export class MediaView {
  @ApiProperty({ format: 'uuid', description: 'Name it in a message: `{"image": {"id": …}}`.' })
  id!: string;

  @ApiProperty({ enum: ['OUTBOUND', 'INBOUND'], description: 'INBOUND: it came by WhatsApp, from a customer or from the staff in its own app.' })
  direction!: string;

  @ApiProperty({ enum: MEDIA_KINDS })
  kind!: MediaKind;

  @ApiProperty({ type: String, nullable: true, example: 'image/jpeg', description: 'Of its content; while it is PENDING what its message says.' })
  mimeType!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 48_213 })
  bytes!: number | null;

  @ApiProperty({ type: String, nullable: true, example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', description: 'In hex.' })
  sha256!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'menu.pdf' })
  fileName!: string | null;

  @ApiProperty({ enum: MEDIA_STATES, description: 'PENDING: it is still being fetched from WhatsApp.' })
  state!: MediaState;

  @ApiProperty({ type: MediaReasonView, nullable: true, description: 'Why it is FAILED.' })
  reason!: MediaReasonView | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;
}

/** What a tenant sees of a media. */
export function mediaView(row: MediaRow): MediaView {
  const { id, direction, mimeType, fileName, createdAt } = row;
  return {
    id,
    direction,
    kind: row.kind as MediaKind,
    mimeType,
    bytes: row.bytes === null ? null : Number(row.bytes),
    sha256: row.sha256 && Buffer.from(row.sha256).toString('hex'),
    fileName,
    state: row.state as MediaState,
    reason: mediaReason(row.reason),
    createdAt,
  };
}

/** A reason with its words; null for none. */
export function mediaReason(code: string | null): MediaReasonView | null {
  return code === null ? null : { code, text: MEDIA_FAILURES[code as MediaFailure] ?? code };
}
