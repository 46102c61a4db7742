import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { GraphUpload } from './graph-http.js';
import { WhatsAppMediaError } from './whatsapp-errors.js';

/** A file that is to be uploaded. `body` is used up, whatever happens. */
export interface FileToUpload {
  readonly mimeType: string;
  readonly fileName: string;
  /** Exactly as many as `body` holds. */
  readonly bytes: number;
  readonly body: Readable;
}

/**
 * A file as it goes over the wire: piece by piece, never whole in memory, of a length that is announced before. What
 * goes wrong on our side of it (the file cannot be read, is shorter or longer than said) is kept as `fault`, so that it
 * is not taken for a fault of the connection.
 */
export class UploadBody implements GraphUpload {
  readonly bytes: number;
  readonly stream: Readable;
  private ownFault: unknown;

  private constructor(
    readonly contentType: string,
    private readonly file: FileToUpload,
    private readonly head: Buffer,
    private readonly tail: Buffer,
  ) {
    this.bytes = head.length + file.bytes + tail.length;
    // It may break before anyone reads it.
    file.body.on('error', (error) => (this.ownFault ??= error));
    this.stream = Readable.from(this.pieces(), { objectMode: false });
  }

  /** The bytes of the file and nothing else. */
  static plain(file: FileToUpload): UploadBody {
    return new UploadBody(file.mimeType, file, Buffer.alloc(0), Buffer.alloc(0));
  }

  /** `multipart/form-data` with the fields, and the file as its last part, named `file`. */
  static form(file: FileToUpload, fields: Readonly<Record<string, string>>): UploadBody {
    const boundary = `parley-${randomUUID()}`;
    const parts = Object.entries(fields).map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const disposition = `form-data; name="file"; filename="${escapeName(file.fileName)}"`;
    parts.push(`--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${file.mimeType}\r\n\r\n`);
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    return new UploadBody(`multipart/form-data; boundary=${boundary}`, file, Buffer.from(parts.join('')), tail);
  }

  /** What ended the file on our side, or undefined. */
  get fault(): unknown {
    return this.ownFault;
  }

  /** Frees what the file is read from. */
  release(): void {
    this.file.body.destroy();
  }

  private async *pieces(): AsyncGenerator<Buffer, void, undefined> {
    if (this.head.length > 0) yield this.head;
    let bytes = 0;
    for await (const piece of this.file.body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > this.file.bytes) break;
      yield piece;
    }
    if (bytes !== this.file.bytes) throw (this.ownFault = wrongLength(this.file.bytes));
    if (this.tail.length > 0) yield this.tail;
  }
}

function wrongLength(bytes: number): WhatsAppMediaError {
  return new WhatsAppMediaError(`The file does not have the ${bytes} bytes that were announced.`, 'wrong-length', 400);
}

/** As browsers write it. */
function escapeName(fileName: string): string {
  return fileName.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
