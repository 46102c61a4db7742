const PNG_BIT_DEPTH_AT = 24;

/** Bits of a channel of a PNG (its header comes first); undefined where it is cut. */
export function pngBitDepth(head: Buffer): number | undefined {
  return head[PNG_BIT_DEPTH_AT];
}

/** What the frame header of a JPEG says: bits of a sample, and its channels (4: CMYK). */
export interface JpegFrame {
  readonly bits: number;
  readonly channels: number;
}

const MARKER = 0xff;
/** Start of frame, of any coding; between them stand Huffman tables (C4), a reserved one (C8) and arithmetic ones (CC). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Reads the frame header (ITU-T T.81, B.2.2); undefined where it does not come within these bytes. */
export function readJpegFrame(head: Buffer): JpegFrame | undefined {
  let at = 2;
  while (at + 9 < head.length && head[at] === MARKER) {
    const marker = head[at + 1] ?? 0;
    // Fill bytes may stand before a marker.
    if (marker === MARKER) at += 1;
    else if (isFrame(marker)) return { bits: head[at + 4] ?? 0, channels: head[at + 9] ?? 0 };
    else at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}
