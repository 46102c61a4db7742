/** Kinds of media that Meta knows; each is also a kind of message. */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;

export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Inbound media are PENDING until fetched; what is uploaded is STORED at once. FAILED says why. */
export const MEDIA_STATES = ['PENDING', 'STORED', 'FAILED'] as const;

export type MediaState = (typeof MEDIA_STATES)[number];

/** Meta: what may be sent as each kind. */
export const MEDIA_MIME_TYPES: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ['image/jpeg', 'image/png'],
  video: ['video/mp4', 'video/3gpp'],
  audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
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
  sticker: ['image/webp'],
};

/** Whether a media of this MIME type may be sent as this kind. Parameters (`; codecs=opus`) do not matter. */
export function fitsMediaKind(kind: MediaKind, mimeType: string): boolean {
  return MEDIA_MIME_TYPES[kind].includes(mimeEssence(mimeType));
}

/** A MIME type without its parameters, in lower case. */
export function mimeEssence(mimeType: string): string {
  const [essence = ''] = mimeType.split(';', 1);
  return essence.trim().toLowerCase();
}

/** The kind as which a content of this MIME type is sent; null for one that Meta does not take. */
export function mediaKindOf(mimeType: string): MediaKind | null {
  return MEDIA_KINDS.find((kind) => fitsMediaKind(kind, mimeType)) ?? null;
}

const KB = 1024;
const MB = 1024 * KB;

/** Meta: the most bytes that a media of each kind may have. A sticker that does not move has its own limit. */
export const MEDIA_LIMIT_BYTES: Readonly<Record<MediaKind, number>> = {
  image: 5 * MB,
  video: 16 * MB,
  audio: 16 * MB,
  document: 100 * MB,
  sticker: 500 * KB,
};

/** Meta: a sticker without animation is smaller. */
export const STATIC_STICKER_LIMIT_BYTES = 100 * KB;

/** The largest file that any kind takes; customers send none larger either (Meta's code 131052). */
export const MEDIA_MOST_BYTES = Math.max(...Object.values(MEDIA_LIMIT_BYTES));

/** Why an inbound media could not be kept; what tenants read beside FAILED. */
export const MEDIA_FAILURES = {
  'media.expired': 'WhatsApp did not give the file within the 7 days for which it keeps it.',
  'media.too-large': 'The file is larger than WhatsApp lets its customers send.',
  'media.type-mismatch': 'The content of the file is not what its message says.',
  'media.checksum-mismatch': 'The content of the file does not match the checksum that WhatsApp gave with the message.',
  'media.empty': 'The file is empty.',
  'media.deleted': 'The file was deleted.',
} as const satisfies Record<string, string>;

export type MediaFailure = keyof typeof MEDIA_FAILURES;
