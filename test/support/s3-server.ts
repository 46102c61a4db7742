import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Upload {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
}

/**
 * As much of S3 as Parley's SDK asks for, with the bucket in the path: PUT, GET and DELETE of an object; an upload in parts
 * with its start, parts, completion and abortion. The access key is looked at, the signature is not verified; no lists, no
 * versions, no ranges. Answers come in the XML of S3's API reference.
 */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** Uploads in parts that are neither complete nor aborted: what a broken one would leave. */
  readonly uploads = new Map<string, Upload>();
  /** While it is set, every answer is a 503. */
  isDown = false;

  private constructor(
    private readonly server: Server,
    private readonly accessKeyId: string,
  ) {}

  static async start(accessKeyId: string): Promise<S3Server> {
    const server = createServer((request, response) => {
      s3.answer(request, response).catch(() => response.destroy());
    });
    const s3 = new S3Server(server, accessKeyId);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return s3;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    const key = decodeURIComponent(url.pathname.slice(1));
    const body = await buffer(request);
    if (this.isDown) return refuse(response, 503, 'SlowDown');
    if (!(request.headers.authorization ?? '').includes(`Credential=${this.accessKeyId}/`)) return refuse(response, 403, 'InvalidAccessKeyId');
    const uploadId = url.searchParams.get('uploadId');
    if (url.searchParams.has('uploads')) return this.begin(key, response);
    if (uploadId !== null) return this.part(request, response, { url, key, uploadId, body });
    if (request.method === 'PUT') this.objects.set(key, body);
    if (request.method === 'PUT') return void response.writeHead(200, { etag: tagOf(body) }).end();
    if (request.method === 'DELETE') return void (this.objects.delete(key), response.writeHead(204).end());
    const object = this.objects.get(key);
    if (!object) return refuse(response, 404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': object.length, etag: tagOf(object) }).end(object);
  }

  private begin(key: string, response: ServerResponse): void {
    const uploadId = randomUUID();
    this.uploads.set(uploadId, { key, parts: new Map() });
    xml(response, 200, `<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>${key}</Key><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`);
  }

  private part(request: IncomingMessage, response: ServerResponse, call: { url: URL; key: string; uploadId: string; body: Buffer }): void {
    const upload = this.uploads.get(call.uploadId);
    if (!upload) return refuse(response, 404, 'NoSuchUpload');
    if (request.method === 'PUT') {
      upload.parts.set(Number(call.url.searchParams.get('partNumber')), call.body);
      return void response.writeHead(200, { etag: tagOf(call.body) }).end();
    }
    this.uploads.delete(call.uploadId);
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    const parts = [...upload.parts].sort(([one], [other]) => one - other).map(([, part]) => part);
    this.objects.set(upload.key, Buffer.concat(parts));
    xml(response, 200, `<CompleteMultipartUploadResult><Key>${upload.key}</Key><ETag>"x"</ETag></CompleteMultipartUploadResult>`);
  }
}

const tagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${body}`);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  xml(response, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
