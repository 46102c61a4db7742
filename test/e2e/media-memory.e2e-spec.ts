import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import type { TestProcess } from '../support/processes.js';
import { S3Server } from '../support/s3-server.js';

jest.setTimeout(120_000);

const MB = 1024 * 1024;
const DOCUMENT_BYTES = 100 * MB;
/** What an api may need beyond what it needs anyway, while such a document passes. */
const MOST_GROWTH_MB = 60;
const SAMPLE_MS = 25;
const PIECE = randomBytes(MB);

/** Memory that a process holds, in MB. */
async function residentMb({ pid }: TestProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

/** A PDF of this length that is nowhere whole, another one for each salt. */
function* pdf(bytes: number, salt: string): Generator<Buffer> {
  const head = Buffer.from(`%PDF-1.7\n%${salt}\n`);
  yield head;
  for (let left = bytes - head.length; left > 0; left -= PIECE.length) yield PIECE.subarray(0, Math.min(left, PIECE.length));
}

const sha256Of = (content: Iterable<Buffer>): string => {
  const hash = createHash('sha256');
  for (const piece of content) hash.update(piece);
  return hash.digest('hex');
};

const BUCKET = { STORAGE_DRIVER: 's3', S3_BUCKET: 'media', S3_ACCESS_KEY_ID: 'e2e', S3_SECRET_ACCESS_KEY: 'secret', S3_FORCE_PATH_STYLE: 'true' };

/** 100 MB in and out of a process that ships, without its memory knowing of it. */
describe.each(['folder', 'bucket'])('a document of 100 MB, with a %s as storage', (kind) => {
  let cluster: Cluster;
  let api: TestProcess;
  let folder: string;
  let s3: S3Server;
  let key: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-memory-'));
    s3 = await S3Server.start('e2e');
    const env: Record<string, string> = kind === 'folder' ? { STORAGE_FOLDER: folder } : { ...BUCKET, S3_ENDPOINT: s3.url };
    cluster = await Cluster.start({ name: `media-memory-${kind}`, env });
    api = await cluster.startApi();
    key = (await cluster.operator.ok<{ apiKey: string }>('POST', '/v1/tenants', { body: { name: 'Archive' } })).apiKey;
  });
  afterAll(async () => {
    await cluster?.stop();
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function call(method: string, path: string, headers: Record<string, string | number> = {}, body?: Iterable<Buffer>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${cluster.rest.url}${path}`, { method, headers: { ...headers, authorization: `Bearer ${key}` } }, resolve);
      outgoing.on('error', reject);
      if (body) pipeline(Readable.from(body), outgoing).catch(reject);
      else outgoing.end();
    });
  }

  async function upload(bytes: number, salt: string): Promise<Record<string, unknown>> {
    const head = Buffer.from('--edge\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n');
    const tail = Buffer.from('\r\n--edge--\r\n');
    function* form(): Generator<Buffer> {
      yield head;
      yield* pdf(bytes, salt);
      yield tail;
    }
    const headers = { 'content-type': 'multipart/form-data; boundary=edge', 'content-length': head.length + bytes + tail.length };
    const answer = await call('POST', '/v1/media', headers, form());
    let text = '';
    for await (const piece of answer.setEncoding('utf8') as AsyncIterable<string>) text += piece;
    if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function download(id: string): Promise<{ bytes: number; sha256: string }> {
    const answer = await call('GET', `/v1/media/${id}`);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) {
      hash.update(piece);
      bytes += piece.length;
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  /** By how many MB the api grows beyond where it stands while this runs. */
  async function growthMb(work: () => Promise<void>): Promise<number> {
    const before = await residentMb(api);
    let most = before;
    let isOver = false;
    const watch = (async () => {
      for (; !isOver; await delay(SAMPLE_MS)) most = Math.max(most, await residentMb(api));
    })();
    await work().finally(() => (isOver = true));
    await watch;
    return most - before;
  }

  it(`passes in and out with less than ${MOST_GROWTH_MB} MB more memory`, async () => {
    // What is loaded and compiled with the first file belongs to the process, not to the document.
    const warm = await upload(12 * MB, 'warm');
    await download(String(warm['id']));
    let id = '';
    const [inMb, outMb] = [
      await growthMb(async () => {
        const media = await upload(DOCUMENT_BYTES, 'big');
        expect(media).toMatchObject({ bytes: DOCUMENT_BYTES, kind: 'document', mimeType: 'application/pdf', sha256: sha256Of(pdf(DOCUMENT_BYTES, 'big')) });
        id = String(media['id']);
      }),
      await growthMb(async () => {
        expect(await download(id)).toEqual({ bytes: DOCUMENT_BYTES, sha256: sha256Of(pdf(DOCUMENT_BYTES, 'big')) });
      }),
    ];
    console.info(`100 MB with a ${kind}: ${inMb.toFixed(1)} MB more memory for the upload, ${outMb.toFixed(1)} MB more for the download`);
    expect(inMb).toBeLessThan(MOST_GROWTH_MB);
    expect(outMb).toBeLessThan(MOST_GROWTH_MB);
  });

  it('of one byte too many is refused, and leaves nothing', async () => {
    await expect(upload(DOCUMENT_BYTES + 1, 'too big')).rejects.toThrow(/^413 .*media\.too-large/);
    expect(await cluster.count('SELECT count(*) FROM media WHERE bytes > 50000000')).toBe(1);
  });
});
