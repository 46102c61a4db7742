import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { MediaTooLarge } from '@parley/domain';
import { loadConfig } from '@parley/platform';
import { MediaStorage, openStorage, StoredFileMissing } from '@parley/storage';
import { S3Server } from '../support/s3-server.js';

const MB = 1024 * 1024;
const BUCKET = 'parley-media';

/** A place for files, as its owner sees it. */
interface Place {
  readonly storage: MediaStorage;
  /** Everything that lies there, whole or not. */
  contents(): Promise<string[]>;
  /** Makes it refuse all work. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

async function folder(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'parley-storage-'));
  const files = async () => (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return {
    storage: openStorage(loadConfig({ STORAGE_FOLDER: join(path, 'media') })),
    contents: async () => (await files()).map(({ name }) => name),
    // A file where the folder has to be.
    breakDown: async () => {
      await rm(path, { recursive: true, force: true });
      await writeFile(path, '');
    },
    close: () => rm(path, { recursive: true, force: true }),
  };
}

async function bucket(): Promise<Place> {
  const server = await S3Server.start('spec-key');
  const storage = openStorage(
    loadConfig({
      STORAGE_DRIVER: 's3',
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: server.url,
      S3_ACCESS_KEY_ID: 'spec-key',
      S3_SECRET_ACCESS_KEY: 'spec-secret',
      S3_FORCE_PATH_STYLE: 'true',
    }),
  );
  return {
    storage,
    contents: () => Promise.resolve([...server.objects.keys(), ...server.uploads.keys()]),
    breakDown: () => Promise.resolve(void (server.isDown = true)),
    close: async () => {
      storage.close();
      await server.stop();
    },
  };
}

/** Gives these bytes in pieces, then ends as it is told. */
function stream(bytes: Buffer, end?: Error): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
      if (end) throw end;
    })(),
  );
}

describe.each([
  ['a folder', folder],
  ['a bucket', bucket],
])('the storage in %s', (_, open) => {
  let place: Place;

  beforeEach(async () => {
    place = await open();
  });
  afterEach(() => place.close());

  it.each([0, 1, 65_536, 5 * MB, 12 * MB + 17])('gives back what it was given: %d bytes', async (bytes) => {
    const content = randomBytes(bytes);
    const key = `${randomUUID()}/${randomUUID()}`;
    await place.storage.put(key, stream(content));
    expect((await buffer(await place.storage.get(key))).equals(content)).toBe(true);
    expect(await place.contents()).toHaveLength(1);
  });

  it('puts the newer content in the place of the older', async () => {
    await place.storage.put('t/one', stream(Buffer.from('older')));
    await place.storage.put('t/one', stream(Buffer.from('newer')));
    expect((await buffer(await place.storage.get('t/one'))).toString()).toBe('newer');
    expect(await place.contents()).toHaveLength(1);
  });

  it.each([100, 7 * MB])('keeps nothing of a stream that breaks after %d bytes, and says what it broke with', async (bytes) => {
    const broken = new MediaTooLarge(2, 1);
    await expect(place.storage.put('t/broken', stream(randomBytes(bytes), broken))).rejects.toBe(broken);
    expect(await place.contents()).toEqual([]);
    await expect(place.storage.get('t/broken')).rejects.toBeInstanceOf(StoredFileMissing);
  });

  it('keeps the older content when its successor breaks', async () => {
    await place.storage.put('t/one', stream(Buffer.from('older')));
    await expect(place.storage.put('t/one', stream(randomBytes(100), new Error('cut')))).rejects.toThrow('cut');
    expect((await buffer(await place.storage.get('t/one'))).toString()).toBe('older');
  });

  it('has nothing under a key any more once it is deleted, and deletes nothing twice with a fault', async () => {
    await place.storage.put('t/one', stream(Buffer.from('x')));
    await place.storage.delete('t/one');
    await place.storage.delete('t/one');
    await expect(place.storage.get('t/one')).rejects.toBeInstanceOf(StoredFileMissing);
    expect(await place.contents()).toEqual([]);
  });

  it('lets no key lead out of it', async () => {
    await expect(place.storage.put('../../outside', stream(Buffer.from('x')))).rejects.toMatchObject({ code: 'storage.unavailable' });
    await expect(place.storage.get('../../etc/passwd')).rejects.toMatchObject({ code: 'storage.unavailable' });
  });

  it('that is away is told as such, and the stream is let go', async () => {
    await place.storage.put('t/one', stream(Buffer.from('x')));
    await place.breakDown();
    const content = stream(randomBytes(1_000));
    await expect(place.storage.put('t/two', content)).rejects.toMatchObject({ code: 'storage.unavailable', retryable: true });
    expect(content.destroyed).toBe(true);
    await expect(place.storage.delete('t/one')).rejects.toMatchObject({ code: 'storage.unavailable' });
  }, 20_000);
});

describe('the configuration of the storage', () => {
  it('asks for a bucket, and for both halves of a key', () => {
    expect(() => loadConfig({ STORAGE_DRIVER: 's3' })).toThrow(/S3_BUCKET/);
    expect(() => loadConfig({ STORAGE_DRIVER: 's3', S3_BUCKET: BUCKET, S3_ACCESS_KEY_ID: 'half' })).toThrow(/S3_SECRET_ACCESS_KEY/);
    expect(() => loadConfig({ STORAGE_DRIVER: 'tape' })).toThrow(/STORAGE_DRIVER/);
  });
});
