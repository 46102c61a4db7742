import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GraphHttp,
  WhatsAppAuthError,
  WhatsAppMediaError,
  WhatsAppNetworkError,
  WhatsAppRateLimitError,
  type GraphClient,
  type MediaDownload,
} from '@parley/graph';
import { FakeGraph, graphClient, json } from '../support/fake-graph.js';
import { waitFor } from '../support/wait-for.js';

const call = { token: 'EAAtoken' };
const NUMBER = '106540352242922';
const MB = 1024 * 1024;

/** A server that sees requests as they come, bodies unread. */
let server: Server;
let client: GraphClient;
let url: string;

/** Long enough for any machine, where a test is not about waiting itself. */
const PATIENT_MS = 15_000;
const IMPATIENT_MS = 500;

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void, readTimeoutMs = PATIENT_MS): Promise<void> {
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = graphClient({ url, readTimeoutMs });
}

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await client.close();
});

/** A file of so many megabytes, made as it is read, and how much of it was asked for so far. */
function largeFile(megabytes: number): { body: Readable; bytes: number; sha256: () => string; made: () => number } {
  const piece = randomBytes(64 * 1024);
  const pieces = (megabytes * MB) / piece.length;
  const hash = createHash('sha256');
  let made = 0;
  const body = Readable.from(
    (function* () {
      for (let at = 0; at < pieces; at += 1, made += piece.length) {
        hash.update(piece);
        yield piece;
      }
    })(),
    { objectMode: false },
  );
  return { body, bytes: megabytes * MB, sha256: () => hash.digest('hex'), made: () => made };
}

const upload = (bytes: number, body: Readable): Promise<{ readonly id: string }> =>
  client.uploadMedia({ phoneNumberId: NUMBER, mimeType: 'image/png', fileName: 'a.png', bytes, body, ...call });

const reasonOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) =>
      error instanceof WhatsAppMediaError || error instanceof WhatsAppNetworkError ? error.reason : error,
  );

describe('uploadMedia', () => {
  it('sends a form of a known length, whatever the name of the file', async () => {
    let seen: { headers: IncomingMessage['headers']; path: string; body: Buffer } | undefined;
    await listen((request, response) => {
      void buffer(request).then((body) => {
        seen = { headers: request.headers, path: request.url!, body };
        json(response, 200, { id: '1037543291543636' });
      });
    });
    const fileName = 'a "menu"\r\nX-Evil: 1.pdf';
    const file = { mimeType: 'application/pdf', fileName, bytes: 4, body: Readable.from([Buffer.from('%PDF')]) };
    await expect(client.uploadMedia({ phoneNumberId: NUMBER, ...file, ...call })).resolves.toEqual({
      id: '1037543291543636',
    });
    const { headers, path, body } = seen!;
    expect([path, headers.authorization]).toEqual([`/v25.0/${NUMBER}/media`, 'Bearer EAAtoken']);
    expect(headers['content-length']).toBe(String(body.length));
    const boundary = /^multipart\/form-data; boundary=([\w-]{20,70})$/.exec(headers['content-type']!)![1]!;
    expect(body.toString().split(`--${boundary}`)).toEqual([
      '',
      '\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n',
      '\r\nContent-Disposition: form-data; name="type"\r\n\r\napplication/pdf\r\n',
      '\r\nContent-Disposition: form-data; name="file"; filename="a %22menu%22%0D%0AX-Evil: 1.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n',
      '--\r\n',
    ]);
  });

  it('reads the file no faster than Meta takes it', async () => {
    let take: () => void = () => {};
    const taken = new Promise<void>((resolve) => (take = resolve));
    await listen((request, response) => {
      void taken.then(async () => {
        for await (const _piece of request);
        json(response, 200, { id: '1' });
      });
    });
    const file = largeFile(100);
    const uploading = upload(file.bytes, file.body);
    await waitFor(() => Promise.resolve(file.made() > 0), 5_000);
    // Sockets of both sides hold some; the file itself waits.
    await delay(200);
    expect(file.made()).toBeLessThan(20 * MB);
    take();
    await expect(uploading).resolves.toEqual({ id: '1' });
    expect(file.made()).toBe(file.bytes);
  });

  it.each([
    ['shorter', 3],
    ['longer', 9],
  ])('refuses a file that is %s than announced, and lets go of it', async (_, bytes) => {
    await listen(
      (request, response) =>
        void buffer(request).then(
          () => json(response, 200, { id: '1' }),
          () => {},
        ),
    );
    const body = Readable.from([Buffer.alloc(bytes)]);
    await expect(reasonOf(upload(5, body))).resolves.toBe('wrong-length');
    expect(body.destroyed).toBe(true);
  });

  it('throws the fault of the file itself, and does not blame the connection', async () => {
    await listen((request) => void request.resume());
    const fault = new Error('the disk is gone');
    const body = Readable.from(
      (async function* () {
        yield Buffer.alloc(2);
        await Promise.resolve();
        throw fault;
      })(),
    );
    await expect(upload(5, body)).rejects.toBe(fault);
  });

  it('ends with a refusal that comes before the file is through', async () => {
    await listen((_, response) =>
      json(response, 401, { error: { message: 'Malformed access token EAAtoken', code: 190 } }),
    );
    const file = largeFile(100);
    const error: unknown = await upload(file.bytes, file.body).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WhatsAppAuthError);
    expect(JSON.stringify(error)).not.toContain('EAAtoken');
    expect(file.body.destroyed).toBe(true);
    expect(file.made()).toBeLessThan(file.bytes);
  });

  it('gives up when Meta takes nothing more', async () => {
    await listen(() => {}, IMPATIENT_MS);
    const file = largeFile(100);
    await expect(reasonOf(upload(file.bytes, file.body))).resolves.toBe('timeout');
    expect(file.body.destroyed).toBe(true);
  });

  it('lets go of the file where nobody listens', async () => {
    await listen(() => {});
    const nowhere = graphClient({ url: 'http://127.0.0.1:1' });
    const body = Readable.from([Buffer.alloc(1)]);
    const file = { phoneNumberId: NUMBER, mimeType: 'image/png', fileName: 'a', bytes: 1, body };
    await expect(nowhere.uploadMedia({ ...file, ...call })).rejects.toMatchObject({ reason: 'connect-refused' });
    expect(body.destroyed).toBe(true);
    await nowhere.close();
  });
});

describe('getMedia and deleteMedia', () => {
  it('ask for the number to be checked as well', async () => {
    const seen: unknown[] = [];
    await listen(({ method, url: path }, response) => {
      seen.push([method, path]);
      json(response, 200, { id: '7', url: `${url}/file`, success: true });
    });
    await expect(client.getMedia('7', { phoneNumberId: NUMBER, ...call })).resolves.toMatchObject({
      url: `${url}/file`,
    });
    await client.getMedia('7', call);
    await client.deleteMedia('7', { phoneNumberId: NUMBER, ...call });
    expect(seen).toEqual([
      ['GET', `/v25.0/7?phone_number_id=${NUMBER}`],
      ['GET', '/v25.0/7'],
      ['DELETE', `/v25.0/7?phone_number_id=${NUMBER}`],
    ]);
  });

  it.each([
    ['an id that is over', 400, 100, 33],
    ['an alias that is none', 404, 803, undefined],
  ])('tell %s', async (_, status, code, subcode) => {
    await listen((_request, response) =>
      json(response, status, { error: { message: 'no', code, error_subcode: subcode } }),
    );
    const error: unknown = await client.getMedia('7', call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WhatsAppMediaError);
    expect(error).toMatchObject({ reason: 'not-found', mediaId: '7', status });
  });
});

describe('downloadMedia', () => {
  const open = (path: string, options: { maxBytes?: number; signal?: AbortSignal } = {}): Promise<MediaDownload> =>
    client.downloadMedia(`${url}${path}`, { maxBytes: 200 * MB, ...call, ...options });

  it('streams a file of any size, with the token, and as it is', async () => {
    const file = largeFile(100);
    let head: IncomingMessage['headers'] = {};
    await listen(({ headers }, response) => {
      head = headers;
      response.writeHead(200, { 'content-type': 'audio/ogg; codecs=opus', 'content-length': file.bytes });
      file.body.pipe(response);
    });
    const { stream, mimeType, bytes } = await open('/attachments/?mid=1&hash=a%20b');
    expect({ mimeType, bytes }).toEqual({ mimeType: 'audio/ogg; codecs=opus', bytes: file.bytes });
    // Unread, it waits at Meta.
    await delay(200);
    expect(file.made()).toBeLessThan(20 * MB);
    const hash = createHash('sha256');
    for await (const piece of stream) hash.update(piece as Buffer);
    expect(hash.digest('hex')).toBe(file.sha256());
    expect(head).toMatchObject({ authorization: 'Bearer EAAtoken', 'accept-encoding': 'identity' });
    expect(head['user-agent']).toMatch(/^Parley\//);
  });

  it.each([
    ['announced', (size: number) => ({ 'content-length': size })],
    ['not announced', () => ({})],
  ])('takes no more than it may, %s', async (how, headers) => {
    await listen((_, response) => void response.writeHead(200, headers(100)).end(Buffer.alloc(100)));
    const read = async (maxBytes: number): Promise<number> =>
      (await buffer((await open('/x', { maxBytes })).stream)).length;
    await expect(read(100)).resolves.toBe(100);
    const error: unknown = await read(99).catch((thrown: unknown) => thrown);
    expect([how, error]).toEqual([how, expect.any(WhatsAppMediaError)]);
    expect(error).toMatchObject({ reason: 'too-large', code: 'media.too-large', status: 413 });
  });

  it('hands the token to nobody but Meta', async () => {
    await listen((_, response) => json(response, 200, {}));
    const elsewhere = await FakeGraph.start((_, response) => json(response, 200, {}));
    for (const address of [`${elsewhere.url}/x`, 'file:///etc/passwd', 'nonsense', `http://user@${url.slice(7)}/x`]) {
      await expect(reasonOf(client.downloadMedia(address, { maxBytes: 1, ...call }))).resolves.toBe('foreign-host');
    }
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.stop();
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%d)', async (status) => {
    const elsewhere = await FakeGraph.start((_, response) => json(response, 200, {}));
    await listen((_, response) => void response.writeHead(status, { location: `${elsewhere.url}/x` }).end());
    await expect(reasonOf(open('/x'))).resolves.toBe('redirected');
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.stop();
  });

  it.each([401, 404])('tells an address that is over (%d)', async (status) => {
    await listen((_, response) => json(response, status, { error: { message: 'no', code: 190 } }));
    await expect(open('/x')).rejects.toMatchObject({ name: 'WhatsAppMediaError', reason: 'not-found', status });
  });

  it('tells other refusals by their code, and faults of the host as such', async () => {
    await listen(({ url: path }, response) => {
      if (path === '/busy') return json(response, 400, { error: { message: 'slow down', code: 4 } });
      return void response.writeHead(503).end('<html>');
    });
    await expect(open('/busy')).rejects.toBeInstanceOf(WhatsAppRateLimitError);
    await expect(open('/page')).rejects.toMatchObject({ name: 'WhatsAppNetworkError', code: 'graph.unavailable' });
  });

  it.each([
    ['breaks off', (response: ServerResponse) => void response.destroy(), 'connection-lost'],
    ['stops', () => {}, 'timeout'],
  ])('ends with an error when the file %s', async (_, then, reason) => {
    await listen((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write(Buffer.alloc(50), () => then(response));
    }, IMPATIENT_MS);
    const { stream } = await open('/x');
    await expect(reasonOf(buffer(stream))).resolves.toBe(reason);
  });

  it.each<[string, (stream: Readable, stop: AbortController) => void]>([
    ['is given up', (stream: Readable) => void stream.destroy()],
    ['nobody wants any more', (_stream: Readable, stop: AbortController) => stop.abort()],
  ])('frees the connection of a file that %s', async (_, leave) => {
    let closed = false;
    await listen((request, response) => {
      request.socket.once('close', () => (closed = true));
      response.writeHead(200, { 'content-length': 100 * MB }).write(Buffer.alloc(MB));
    });
    const stop = new AbortController();
    const { stream } = await open('/x', { signal: stop.signal });
    stream.on('error', () => {});
    leave(stream, stop);
    await waitFor(() => Promise.resolve(closed && stream.destroyed), 5_000);
  });
});

describe('uploadSample', () => {
  it('opens a session for the file, then sends it whole to the session', async () => {
    const seen: unknown[] = [];
    await listen((request, response) => {
      const { method, url: path, headers } = request;
      const { authorization, file_offset: offset, 'content-type': type, 'content-length': length } = headers;
      void buffer(request).then((body) => {
        seen.push({ method, path, authorization, offset, type, length, body: body.toString() });
        json(response, 200, seen.length === 1 ? { id: 'upload:MTph=?sig=ARZ-q_8' } : { h: '4::aW' });
      });
    });
    const file = { mimeType: 'image/png', fileName: 'a b.png', bytes: 4, body: Readable.from([Buffer.from('%PNG')]) };
    await expect(client.uploadSample({ appId: '1001', ...file, ...call })).resolves.toBe('4::aW');
    expect(seen).toEqual([
      expect.objectContaining({
        path: '/v25.0/1001/uploads?file_length=4&file_type=image%2Fpng&file_name=a%20b.png',
        authorization: 'Bearer EAAtoken',
        body: '',
      }),
      {
        method: 'POST',
        path: '/v25.0/upload:MTph=?sig=ARZ-q_8',
        authorization: 'OAuth EAAtoken',
        offset: '0',
        type: 'image/png',
        length: '4',
        body: '%PNG',
      },
    ]);
  });

  it.each(['upload:../../1/messages', 'https://example.com/', '1234'])('goes to no session %s', async (id) => {
    let requests = 0;
    await listen((_, response) => {
      requests += 1;
      json(response, 200, { id });
    });
    const body = Readable.from([Buffer.alloc(1)]);
    const file = { appId: '1001', mimeType: 'image/png', fileName: 'a', bytes: 1, body };
    await expect(reasonOf(client.uploadSample({ ...file, ...call }))).resolves.toBe('unreadable-answer');
    expect([requests, body.destroyed]).toEqual([1, true]);
  });
});

describe('the hosts that may see a token', () => {
  it.each([
    ['https://graph.facebook.com/v25.0/1', true],
    ['https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1', true],
    ['http://lookaside.fbsbx.com/x', false],
    ['https://lookaside.fbsbx.com:8443/x', false],
    ['https://user:pass@lookaside.fbsbx.com/x', false],
    ['https://lookaside.fbsbx.com.example.com/x', false],
    ['https://evil-lookaside.fbsbx.com/x', false],
    ['http://graph.facebook.com/x', false],
  ])('%s: %s', async (address, isTrusted) => {
    await listen(() => {});
    const options = {
      url: 'https://graph.facebook.com',
      version: 'v25.0',
      connections: 1,
      connectTimeoutMs: 1,
      readTimeoutMs: 1,
    };
    const http = new GraphHttp({ ...options, mediaHosts: ['lookaside.fbsbx.com'] }, () => {});
    expect(http.trusts(new URL(address))).toBe(isTrusted);
    await http.close();
  });
});
