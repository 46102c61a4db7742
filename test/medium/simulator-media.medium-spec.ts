import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { basename, dirname } from 'node:path';
import { ByteStore } from '../../apps/simulator/src/state/byte-store.js';
import { MediaStore } from '../../apps/simulator/src/state/media-store.js';
import { Timers } from '../../apps/simulator/src/webhooks/timers.js';
import type { Json } from '../support/rest-client.js';
import { NUMBER, OTHER, refusalOf, SimulatedMeta, TOKEN } from '../support/simulated-meta.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MB = 1024 * 1024;

describe("the simulator's media", () => {
  let meta: SimulatedMeta;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
  });

  afterAll(() => meta.stop());

  beforeEach(() => meta.reset());

  const later = (ms: number): void => meta.service(Timers).advance(ms);

  async function urlOf(id: string): Promise<string> {
    return String((await meta.graph('GET', id)).body['url']);
  }

  function open(url: string, token?: string): Promise<Response> {
    return fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  }

  it('takes a file, tells what it is, gives its bytes out and forgets it', async () => {
    const id = await meta.upload(PNG, 'image/png');
    const { body } = await meta.graph('GET', `${id}?phone_number_id=${NUMBER}`);
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      id,
      mime_type: 'image/png',
      sha256: createHash('sha256').update(PNG).digest('hex'),
      file_size: String(PNG.length),
      url: expect.stringContaining(`${meta.url}/whatsapp_business/attachments/?mid=${id}`),
    });
    const answer = await open(String(body['url']), TOKEN);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(PNG);

    expect((await meta.graph('DELETE', id)).body).toEqual({ success: true });
    expect(refusalOf(await meta.graph('GET', id))).toEqual([400, 100, 33]);
    expect((await open(String(body['url']), TOKEN)).status).toBe(404);
  });

  it('gives bytes to nobody without a token of the business, with another hash, or five minutes later', async () => {
    const url = await urlOf(await meta.upload(PNG, 'image/png'));
    const status = async (address: string, token?: string): Promise<number> => (await open(address, token)).status;
    expect(await status(url)).toBe(404);
    expect(await status(url, OTHER.token)).toBe(404);
    expect(await status(url.replace(/hash=./, 'hash=~'), TOKEN)).toBe(404);
    later(5 * MINUTE_MS - 2000);
    expect(await status(url, TOKEN)).toBe(200);
    later(2000);
    expect(await status(url, TOKEN)).toBe(404);
  });

  it('keeps uploads for 30 days and what customers sent for 7', async () => {
    const uploaded = await meta.upload(PNG, 'image/png');
    const kind = { phoneNumberId: NUMBER, source: 'customer', mimeType: 'image/png' } as const;
    const { id: inbound } = await meta.service(MediaStore).put(PNG, kind);
    const isKnown = async (id: string): Promise<boolean> => (await meta.graph('GET', id)).status === 200;
    expect([await isKnown(uploaded), await isKnown(inbound)]).toEqual([true, true]);
    later(7 * DAY_MS);
    expect([await isKnown(uploaded), await isKnown(inbound)]).toEqual([true, false]);
    later(23 * DAY_MS);
    expect(await isKnown(uploaded)).toBe(false);
  });

  it('shows the media of a business to that business only', async () => {
    const own = await meta.upload(PNG, 'image/png');
    const other = await meta.upload(PNG, 'image/png', OTHER.number, OTHER.token);
    expect((await meta.graph('GET', own)).status).toBe(200);
    for (const method of ['GET', 'DELETE']) expect(refusalOf(await meta.graph(method, other))).toEqual([403, 200]);
    expect(refusalOf(await meta.graph('GET', `${own}?phone_number_id=${OTHER.number}`))).toEqual([400, 100, 33]);
    expect((await meta.graph('GET', other, { key: OTHER.token })).status).toBe(200);
  });

  it.each<[string, Record<string, string | Blob>, number]>([
    ['no product', { file: blob(1, 'image/png') }, 100],
    ['no file', { messaging_product: 'whatsapp' }, 100],
    ['a type that is not taken', { messaging_product: 'whatsapp', file: blob(1, 'image/gif') }, 100],
    ['a file without bytes', { messaging_product: 'whatsapp', file: blob(0, 'image/png') }, 131053],
    ['a picture above 5 MB', { messaging_product: 'whatsapp', file: blob(5 * MB + 1, 'image/jpeg') }, 131053],
    ['a film above 16 MB', { messaging_product: 'whatsapp', file: blob(16 * MB + 1, 'video/mp4') }, 131053],
    ['a still sticker above 100 kB', { messaging_product: 'whatsapp', file: blob(101 * 1024, 'image/webp') }, 131053],
  ])('refuses %s', async (_wrong, fields, code) => {
    expect(refusalOf(await meta.form(`${NUMBER}/media`, fields))).toEqual([400, code]);
  });

  it('takes the type from the form where the part has none, and refuses a body that is no form', async () => {
    const file = blob(8, 'application/octet-stream');
    const { body } = await meta.form(`${NUMBER}/media`, { messaging_product: 'whatsapp', type: 'text/plain', file });
    expect((await meta.graph('GET', String(body['id']))).body['mime_type']).toBe('text/plain');
    expect(refusalOf(await meta.graph('POST', `${NUMBER}/media`, { body: {} }))).toEqual([400, 100]);
  });

  it('leaves nothing behind: not of an upload that breaks off, and no folder when it ends', async () => {
    const short = await SimulatedMeta.start();
    await short.reset();
    const bytes = short.service(ByteStore);
    const { path } = await bytes.write([PNG]);
    async function* breakingOff(): AsyncGenerator<Buffer> {
      yield PNG;
      await Promise.reject(new Error('the client is gone'));
    }
    await expect(bytes.write(breakingOff())).rejects.toThrow('the client is gone');
    await short.form(`${NUMBER}/media`, { messaging_product: 'whatsapp', file: blob(1, 'image/gif') });
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    await short.stop();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('lets 100 MB through without holding them, and one byte more is too many', async () => {
    expect(await stream(100 * MB)).toMatchObject({ id: expect.stringMatching(/^\d+$/) });
    expect(await stream(100 * MB + 1)).toMatchObject({ error: { code: 131053 } });
  }, 60_000);

  /** Uploads a document of that many bytes, made on the way, and looks at the memory meanwhile. */
  async function stream(length: number): Promise<Json> {
    const boundary = 'a-boundary';
    const chunk = Buffer.alloc(MB, 'x');
    const startedAt = process.memoryUsage().rss;
    let most = 0;
    const answer = await new Promise<Json>((resolve, reject) => {
      const { hostname, port } = new URL(meta.url);
      const headers = {
        authorization: `Bearer ${TOKEN}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      };
      const upload = request({ hostname, port, path: `/${NUMBER}/media`, method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (piece: Buffer) => (text += piece.toString()));
        response.on('end', () => resolve(JSON.parse(text) as Json));
      });
      upload.on('error', reject);
      upload.write(field(boundary, 'messaging_product', 'whatsapp'));
      upload.write(
        `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="big.pdf"\r\ncontent-type: application/pdf\r\n\r\n`,
      );
      let sent = 0;
      const push = (): void => {
        while (sent < length) {
          const piece = chunk.subarray(0, Math.min(MB, length - sent));
          sent += piece.length;
          most = Math.max(most, process.memoryUsage().rss - startedAt);
          if (!upload.write(piece)) return void upload.once('drain', push);
        }
        upload.end(`\r\n--${boundary}--\r\n`);
      };
      push();
    });
    expect(most).toBeLessThan(60 * MB);
    return answer;
  }
});

function blob(length: number, type: string): Blob {
  return new Blob([new Uint8Array(length)], { type });
}

function field(boundary: string, name: string, value: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
