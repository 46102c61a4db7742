import type { Media } from '../../state/media-store.js';

const KB = 1024;
const MB = 1024 * KB;

export const MEDIA_KINDS = ['audio', 'document', 'image', 'sticker', 'video'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Meta's media types. */
const TYPES: Readonly<Record<MediaKind, readonly string[]>> = {
  audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/opus'],
  document: [
    'text/plain',
    'application/pdf',
    'application/msword',
    'application/vnd.ms-excel',
    'application/vnd.ms-powerpoint',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
  image: ['image/jpeg', 'image/png'],
  sticker: ['image/webp'],
  video: ['video/mp4', 'video/3gpp'],
};

const MAX_BYTES: Readonly<Record<Exclude<MediaKind, 'sticker'>, number>> = {
  audio: 16 * MB,
  document: 100 * MB,
  image: 5 * MB,
  video: 16 * MB,
};

/** What any upload may have at most. */
export const MAX_UPLOAD_BYTES = MAX_BYTES.document;

export const MEDIA_TYPES: readonly string[] = Object.values(TYPES).flat();

/** The kind that a MIME type belongs to, whatever its parameters. */
export function mediaKind(mimeType: string): MediaKind | undefined {
  const bare = bareType(mimeType);
  return MEDIA_KINDS.find((kind) => TYPES[kind].includes(bare));
}

/** A MIME type without its parameters, in lower case. */
export function bareType(mimeType: string): string {
  return (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** The bytes that a file of that kind may have. */
export function maxBytes(kind: MediaKind, { head }: Pick<Media, 'head'>): number {
  if (kind !== 'sticker') return MAX_BYTES[kind];
  return isAnimated(head) ? 500 * KB : 100 * KB;
}

/** An extended WebP says in its flags whether it is animated. */
function isAnimated(head: Buffer): boolean {
  return head.subarray(12, 16).toString('latin1') === 'VP8X' && ((head[20] ?? 0) & 0x02) !== 0;
}
