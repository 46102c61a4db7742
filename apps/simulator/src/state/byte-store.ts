import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** As much of a file's beginning as tells its type. */
const HEAD_BYTES = 4100;

/** Bytes that were taken in. */
export interface StoredBytes {
  readonly path: string;
  readonly byteCount: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** The first bytes, by which the type can be told. */
  readonly head: Buffer;
}

/** Bytes of any length, in a temporary folder that ends with the process. They pass through and are never whole in memory. */
@Injectable()
export class ByteStore implements OnApplicationShutdown {
  private folder: string | undefined;
  private count = 0;

  /** Takes a stream to its end. Nothing is left of one that breaks off. */
  async write(source: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<StoredBytes> {
    this.folder ??= mkdtempSync(join(tmpdir(), 'parley-simulator-'));
    this.count += 1;
    const path = join(this.folder, String(this.count));
    const hash = createHash('sha256');
    const head: Buffer[] = [];
    let byteCount = 0;
    async function* measured(): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        if (byteCount < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - byteCount));
        byteCount += chunk.length;
        hash.update(chunk);
        yield chunk;
      }
    }
    // Opened before anything can fail: a stream that is still to open its file would bring it back after its removal.
    const file = await open(path, 'wx');
    try {
      await pipeline(measured, file.createWriteStream());
    } catch (error) {
      this.drop(path);
      throw error;
    }
    return { path, byteCount, sha256: hash.digest('hex'), head: Buffer.concat(head) };
  }

  read(path: string): ReadStream {
    return createReadStream(path);
  }

  drop(path: string): void {
    rmSync(path, { force: true });
  }

  clear(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  onApplicationShutdown(): void {
    this.clear();
  }
}
