import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';
import type { WireRequest } from './api-description.js';

/** A request with its answer, and the call of the client that made it. */
export interface Exchange {
  readonly call: string;
  readonly title: string;
  readonly request: WireRequest;
  readonly status: number;
  readonly answer: unknown;
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/** Stands before a server and keeps what goes to and fro, byte for byte as it was sent. */
export class RecordingProxy {
  readonly exchanges: Exchange[] = [];
  private label = { call: '', title: '' };

  private constructor(
    private readonly target: string,
    private readonly server: Server,
  ) {}

  static async start(target: string): Promise<RecordingProxy> {
    const server = createServer((incoming, response) => {
      proxy.pass(incoming, response).catch((error: unknown) => void response.writeHead(502).end(String(error)));
    });
    const proxy = new RecordingProxy(target, server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Files what is exchanged from here on under the name of a call. */
  record(call: string, title: string): void {
    this.label = { call, title };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { label } = this;
    const { method = '', url = '', headers } = incoming;
    const body = await buffer(incoming);
    // The Host header goes along: the addresses of next pages then lead through here again.
    const forwarded = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
    const answer = await request(this.target + url, {
      method,
      headers: forwarded,
      body: body.length === 0 ? null : body,
    });
    const answered = Buffer.from(await answer.body.bytes());
    this.exchanges.push({
      ...label,
      request: { method, url, headers, body: body.toString() },
      status: answer.statusCode,
      answer: readJson(answered.toString()),
    });
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) }).end(answered);
  }
}

function readJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Kept as text, which no schema of an answer takes.
    return content;
  }
}
