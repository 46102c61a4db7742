import { isUtf8 } from 'node:buffer';
import type { Watcher } from './watcher.js';

/** Control characters that text has: tab, line feed, form feed, carriage return, escape. */
const CONTROLS_OF_TEXT: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);
const FIRST_PRINTABLE = 0x20;
/** A character of UTF-8 has at most so many bytes after its first one. */
const LONGEST_TAIL = 3;

/** Text in UTF-8, to the last byte: what only begins as text is no text. */
export class PlainText implements Watcher {
  private isText = true;
  private rest: Buffer = Buffer.alloc(0);

  see(chunk: Buffer): void {
    if (!this.isText) return;
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const whole = bytes.length - lengthOfCutCharacter(bytes);
    this.isText = isUtf8(bytes.subarray(0, whole)) && !hasForeignControls(bytes);
    this.rest = Buffer.from(bytes.subarray(whole));
  }

  end(): string | undefined {
    return this.isText && this.rest.length === 0 ? 'text/plain' : undefined;
  }
}

/** How many bytes at the end belong to a character that goes on in the next chunk. */
function lengthOfCutCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(LONGEST_TAIL, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

function hasForeignControls(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte < FIRST_PRINTABLE && !CONTROLS_OF_TEXT.has(byte)) return true;
  return false;
}
