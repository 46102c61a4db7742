import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** Encodings in which spreadsheets write CSV. */
export const CHARSETS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1250', 'windows-1252', 'windows-1253'] as const;

export type CharsetName = (typeof CHARSETS)[number];

/** The encoding of a file, and by what it was told. */
export interface FileCharset {
  name: CharsetName;
  source: 'bom' | 'declared' | 'detected';
  /** In words, so that a wrong guess can be seen and corrected. */
  because: string;
}

/** Bytes of a file by which its encoding and delimiter are told. */
export const HEAD_BYTES = 65_536;

const BOMS: readonly { bytes: readonly number[]; name: CharsetName }[] = [
  { bytes: [0xef, 0xbb, 0xbf], name: 'utf-8' },
  { bytes: [0xff, 0xfe], name: 'utf-16le' },
  { bytes: [0xfe, 0xff], name: 'utf-16be' },
];

/**
 * The encoding of a file by its first bytes. A byte order mark says it for certain and wins; then what the caller declared;
 * then the bytes themselves: zeros in every second place are UTF-16, what reads as UTF-8 is UTF-8, and of the code pages
 * the one under which the letters beyond ASCII stand where words have them.
 */
export function charsetOf(head: Buffer, declared?: CharsetName): FileCharset {
  const bom = BOMS.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  if (bom) return { name: bom.name, source: 'bom', because: `The file begins with the byte order mark of ${bom.name}.` };
  if (declared) return { name: declared, source: 'declared', because: 'You named it.' };
  const name = utf16Of(head) ?? (readsAsUtf8(head) ? 'utf-8' : codePageOf(head));
  return { name, source: 'detected', because: REASONS[name] };
}

const REASONS: Readonly<Record<CharsetName, string>> = {
  'utf-8': 'The beginning of the file reads as UTF-8.',
  'utf-16le': 'Every second byte at the beginning of the file is zero.',
  'utf-16be': 'Every second byte at the beginning of the file is zero.',
  'windows-1250': 'It is not UTF-8, and its letters are those of Central Europe. Name the charset where this is wrong.',
  'windows-1252': 'It is not UTF-8, and its letters are those of Western Europe. Name the charset where this is wrong.',
  'windows-1253': 'It is not UTF-8, and its words are Greek. Name the charset where this is wrong.',
};

/** Delimiters, digits and Latin letters have a zero byte in UTF-16; text of one byte a character has none at all. */
function utf16Of(head: Buffer): CharsetName | null {
  let [even, odd] = [0, 0];
  for (let at = 0; at < head.length; at += 1) {
    if (head[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const most = Math.max(even, odd);
  if (most < head.length / 8 || Math.min(even, odd) > most / 8) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** The last character may be cut where the head ends. */
function readsAsUtf8(head: Buffer): boolean {
  const tries = head.length < HEAD_BYTES ? [0] : [0, 1, 2, 3];
  return tries.some((cut) => isUtf8(head.subarray(0, head.length - cut)));
}

const WORDS = /[A-Za-z\x80-\xff]+/g;
/**
 * Bytes of a word that are letters on the Central European page only: ş, ţ, ł, ą, ľ, ż, ť, ź, where the Western one has signs or
 * þ; š and ž, which Western words hardly have; and ă before a consonant, where Portuguese never has its ã.
 */
const CENTRAL = /[A-Za-z]{2}\xba|[\xaa\xba][A-Za-z]|[\x8a\x8d-\x8f\x9a\x9d-\x9f\xa3\xa5\xaf\xb3\xb9\xbc\xbe\xbf\xde\xfe]|\xe3[b-df-hj-np-tv-xz]/;
/** Some words are foreign, or typed wrong. */
const CENTRAL_SHARE = 0.05;

/** Greek words are Greek throughout; the two others are told by letters that only one of them has within words. */
function codePageOf(head: Buffer): CharsetName {
  const words = (head.toString('latin1').match(WORDS) ?? []).filter((word) => word.length > 1 && /[\x80-\xff]/.test(word));
  const throughout = words.filter((word) => !/[A-Za-z]/.test(word));
  if (throughout.length > words.length / 2) return 'windows-1253';
  const central = words.filter((word) => CENTRAL.test(word));
  return central.length > words.length * CENTRAL_SHARE ? 'windows-1250' : 'windows-1252';
}

/** Characters that are handed on at a time: a reader turns each piece into rows at once, and has no more than those in hand. */
const PIECE = 16_384;

/** The text of the bytes, as it comes. What the encoding does not have becomes U+FFFD, which rows are looked through for. */
export async function* decodeText(bytes: AsyncIterable<Buffer>, charset: CharsetName): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(charset);
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const text = decoder.write(chunk.subarray(at, at + PIECE));
      if (text !== '') yield text;
    }
  }
  const rest = decoder.end();
  if (rest) yield rest;
}
