import { pipeline, Readable } from 'node:stream';
import { DomainError } from '@parley/domain';
import { Disk } from 'flydrive';
import type { DriverContract } from 'flydrive/types';
import type { MediaFacts, MediaGate } from './content/media-gate.js';

/** There is nothing under the key. */
export class StoredFileMissing extends Error {
  override readonly name = 'StoredFileMissing';
}

/** The stream that was to be stored broke; the storage is not to blame. */
class ContentBroken extends Error {}

/** What missing files are called by Node, and by S3. */
const MISSING: ReadonlySet<unknown> = new Set(['ENOENT', 'NoSuchKey', 'NotFound']);

/**
 * The bytes of media by key, in a folder or a bucket. They pass as streams and are never whole in memory. A key is made
 * of ids of ours, never of what somebody sent.
 */
export class MediaStorage {
  private readonly disk: Disk;

  /** @param end called when the process closes its connections */
  constructor(
    driver: DriverContract,
    private readonly end: () => void = () => {},
  ) {
    this.disk = new Disk(driver);
  }

  /**
   * Keeps a stream under the key, in the place of what lay there. A stream that breaks leaves nothing new behind.
   * @throws what the stream broke with, or storage.unavailable
   */
  async put(key: string, content: Readable): Promise<void> {
    try {
      await this.disk.putStream(key, Readable.from(marked(content)));
    } catch (error) {
      content.destroy();
      const cause = causeOf(error);
      throw cause instanceof ContentBroken ? cause.cause : unavailable(cause);
    }
  }

  /**
   * Keeps a content under the key as it passes the gate, and answers what the gate saw. What may not pass leaves nothing.
   * @throws what the content broke with, what the gate refused it with, or storage.unavailable
   */
  async admit(key: string, content: Readable, gate: MediaGate): Promise<MediaFacts> {
    // Whatever breaks, breaks the gate too; so the end at the storage knows of everything.
    pipeline(content, gate, () => {});
    await this.put(key, gate);
    return gate.facts;
  }

  /**
   * The bytes under the key. The stream is read to its end, or destroyed.
   * @throws StoredFileMissing, or storage.unavailable
   */
  async get(key: string): Promise<Readable> {
    try {
      return await this.disk.getStream(key);
    } catch (error) {
      const cause = causeOf(error);
      if (isMissing(cause)) throw new StoredFileMissing(`Nothing is stored under ${key}`, { cause });
      throw unavailable(cause);
    }
  }

  /** Takes away what lies under the key; nothing is fine too. @throws storage.unavailable */
  async delete(key: string): Promise<void> {
    try {
      await this.disk.delete(key);
    } catch (error) {
      throw unavailable(causeOf(error));
    }
  }

  close(): void {
    this.end();
  }
}

/** Tells what the content broke with from what the storage broke with. */
async function* marked(content: Readable): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* content as AsyncIterable<Buffer>;
  } catch (error) {
    throw new ContentBroken('The stream broke', { cause: error });
  }
}

/** Flydrive puts an error of its own round what its drivers throw. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined && !(error instanceof ContentBroken) ? error.cause : error;
}

function isMissing(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return MISSING.has(code) || MISSING.has(name);
}

function unavailable(cause: unknown): DomainError {
  return new DomainError('storage.unavailable', undefined, { cause, retryAfterSeconds: 5 });
}
