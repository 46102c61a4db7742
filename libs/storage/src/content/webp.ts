/** What the header of a WebP says of its picture. */
export interface WebpHeader {
  readonly width: number;
  readonly height: number;
  readonly isAnimated: boolean;
}

const ANIMATION = 0x02;
const KEY_FRAME_BYTES = 30;

/** Reads the header (RFC 9649, 2.4 to 2.7); undefined for one that is cut or none. */
export function readWebpHeader(head: Buffer): WebpHeader | undefined {
  if (head.length < KEY_FRAME_BYTES) return undefined;
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1, isAnimated: ((head[20] ?? 0) & ANIMATION) !== 0 };
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff, isAnimated: false };
    case 'VP8L': {
      const sizes = head.readUInt32LE(21);
      return { width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1, isAnimated: false };
    }
    default:
      return undefined;
  }
}
