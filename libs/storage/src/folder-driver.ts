import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FSDriver } from 'flydrive/drivers/fs';

/** A folder. A file appears under its key whole and on the disk, or not at all. */
export class FolderDriver extends FSDriver {
  constructor(private readonly folder: string) {
    super({ location: folder, visibility: 'private' });
  }

  /** Opened before it answers: what is missing is told at once, not by the stream. */
  override async getStream(key: string): Promise<Readable> {
    return (await open(join(this.folder, key))).createReadStream();
  }

  override async putStream(key: string, content: Readable): Promise<void> {
    const place = join(this.folder, key);
    const part = `${place}.${randomUUID()}.part`;
    await mkdir(dirname(place), { recursive: true });
    try {
      await pipeline(content, createWriteStream(part, { flags: 'wx', flush: true }));
      await rename(part, place);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }
}
