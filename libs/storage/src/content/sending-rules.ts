import {
  DomainError,
  MEDIA_KINDS,
  MEDIA_LIMIT_BYTES,
  MEDIA_MIME_TYPES,
  mediaKindOf,
  STATIC_STICKER_LIMIT_BYTES,
} from '@parley/domain';
import type { Admission } from './media-gate.js';
import { opusChannels } from './opus.js';
import { pngBitDepth, readJpegFrame } from './pictures.js';
import { OLD_OFFICE } from './sniff.js';
import { readWebpHeader } from './webp.js';

const OPUS = 'audio/ogg; codecs=opus';
const STICKER_PIXELS = 512;
const DOCUMENT: Admission = { kind: 'document', limitBytes: MEDIA_LIMIT_BYTES.document };

/**
 * What WhatsApp lets a business send, judged by the first bytes.
 * @param mimeType as the bytes show it; undefined for what may be plain text
 * @throws media.type-unsupported or media.content-invalid
 */
export function admitForSending(mimeType: string | undefined, head: Buffer): Admission {
  if (mimeType === undefined || mimeType === OLD_OFFICE) return DOCUMENT;
  const kind = mediaKindOf(mimeType);
  if (kind === null) throw unsupported(mimeType);
  checkContent(mimeType, head);
  return { kind, limitBytes: kind === 'sticker' ? stickerLimit(head) : MEDIA_LIMIT_BYTES[kind] };
}

/** The refusal of a type, with the list of those that are taken. */
export function unsupported(mimeType: string | undefined): DomainError {
  const found = mimeType === undefined ? 'The content is of no type that is known' : `The content is ${mimeType}`;
  const taken = MEDIA_KINDS.map((kind) => `${kind}: ${MEDIA_MIME_TYPES[kind].join(', ')}`).join('; ');
  const detail = `${found}. WhatsApp takes ${taken}. OGG has to be Opus, plain text UTF-8.`;
  return new DomainError('media.type-unsupported', detail, {
    errors: [{ pointer: '/file', code: 'media.type-unsupported', detail: `${found}.` }],
  });
}

/** The refusal of a content of the right type. */
export function invalidContent(detail: string): DomainError {
  return new DomainError('media.content-invalid', detail, {
    errors: [{ pointer: '/file', code: 'media.content-invalid', detail }],
  });
}

// Meta asks for 8-bit RGB or RGBA. What certainly is something else is refused here; palettes and grey are left to Meta.
function checkContent(mimeType: string, head: Buffer): void {
  if (mimeType.startsWith('audio/ogg')) checkOgg(mimeType, head);
  if (mimeType === 'image/png' && (pngBitDepth(head) ?? 8) > 8) throw invalidContent('The PNG has more than 8 bits a channel.');
  if (mimeType !== 'image/jpeg') return;
  const frame = readJpegFrame(head);
  if (frame && frame.bits !== 8) throw invalidContent('The JPEG does not have 8 bits a channel.');
  if (frame && frame.channels > 3) throw invalidContent('The JPEG is in CMYK; WhatsApp takes RGB.');
}

function checkOgg(mimeType: string, head: Buffer): void {
  if (mimeType !== OPUS) throw unsupported(mimeType);
  const channels = opusChannels(head);
  if (channels !== undefined && channels !== 1) throw invalidContent('The OGG has more than one channel; WhatsApp takes mono.');
}

function stickerLimit(head: Buffer): number {
  const header = readWebpHeader(head);
  if (!header) throw invalidContent('The WebP has no header that can be read.');
  const { width, height, isAnimated } = header;
  if (width !== STICKER_PIXELS || height !== STICKER_PIXELS) {
    throw invalidContent(`The sticker has ${width} x ${height} pixels; WhatsApp takes ${STICKER_PIXELS} x ${STICKER_PIXELS}.`);
  }
  return isAnimated ? MEDIA_LIMIT_BYTES.sticker : STATIC_STICKER_LIMIT_BYTES;
}
