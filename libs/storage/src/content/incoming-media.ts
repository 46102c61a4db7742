import { MEDIA_MOST_BYTES, type MediaFailure, type MediaKind } from '@parley/domain';
import type { GateRules } from './media-gate.js';
import { OLD_OFFICE } from './sniff.js';

/** What a customer sent cannot be kept, and asking Meta again may or may not help. */
export class MediaUnfit extends Error {
  override readonly name = 'MediaUnfit';

  constructor(readonly reason: MediaFailure) {
    super(reason);
  }
}

/** What its content may be for each kind. Phones send more than businesses may; a document may be anything. */
const FITS: Readonly<Record<MediaKind, RegExp>> = {
  image: /^image\/(jpeg|png|webp|gif|heic|heif|avif)$/,
  sticker: /^image\/webp$/,
  audio: /^(audio\/|video\/(mp4|3gpp|webm)$)/,
  video: /^video\//,
  document: /^/,
};

/** A content of no type that is known; whoever gets it can only save it. */
const ANY = 'application/octet-stream';

/** For what a customer sent: true to the kind of its message and to the checksum that Meta gave. Throws MediaUnfit. */
export function incomingMedia(kind: MediaKind, sha256: Buffer | null): GateRules {
  const isFit = (mimeType: string): boolean => FITS[kind].test(mimeType);
  return {
    admit: (mimeType = ANY) => {
      if (!isFit(mimeType)) throw new MediaUnfit('media.type-mismatch');
      return { kind, limitBytes: MEDIA_MOST_BYTES };
    },
    untyped: (mimeType) => (mimeType === OLD_OFFICE || mimeType === undefined ? ANY : mimeType),
    empty: () => new MediaUnfit('media.empty'),
    finish: (facts) => {
      if (sha256 && !sha256.equals(facts.sha256)) throw new MediaUnfit('media.checksum-mismatch');
    },
  };
}
