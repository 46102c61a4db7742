import type { Watcher } from './watcher.js';

/** The stream that each program keeps its document in, by its name in the directory of the container (MS-CFB, 2.6.1). */
const DOCUMENTS = [
  ['WordDocument', 'application/msword'],
  ['Workbook', 'application/vnd.ms-excel'],
  ['Book', 'application/vnd.ms-excel'],
  ['PowerPoint Document', 'application/vnd.ms-powerpoint'],
] as const;

/** Entries of the directory have this length, and begin at multiples of it. */
const ENTRY_BYTES = 128;
const NAME_BYTES = 64;
const STREAM = 2;

const NEEDLES = DOCUMENTS.map(([name, mimeType]) => ({ name: Buffer.from(`${name}\0`, 'utf16le'), mimeType }));

/** Tells Word, Excel and PowerPoint of before 2007 apart: by the first entry of the directory that names a document. */
export class OldOffice implements Watcher {
  private found: string | undefined;
  /** What an entry that is cut between two chunks begins with. */
  private rest: Buffer = Buffer.alloc(0);

  see(chunk: Buffer): void {
    if (this.found) return;
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const hits = NEEDLES.map(({ name, mimeType }) => ({ at: placeOf(name, bytes), mimeType })).filter(({ at }) => at >= 0);
    this.found = hits.sort((one, other) => one.at - other.at)[0]?.mimeType;
    this.rest = Buffer.from(bytes.subarray(bytes.length - (bytes.length % ENTRY_BYTES)));
  }

  end(): string | undefined {
    return this.found;
  }
}

/** Where the directory names a stream so, as an offset that is a whole entry's; -1 for nowhere. */
function placeOf(name: Buffer, bytes: Buffer): number {
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    const isEntry = at % ENTRY_BYTES === 0 && at + ENTRY_BYTES <= bytes.length;
    if (isEntry && bytes.readUInt16LE(at + NAME_BYTES) === name.length && bytes[at + NAME_BYTES + 2] === STREAM) return at;
  }
  return -1;
}
