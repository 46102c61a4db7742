import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Meta: a webhook has at most 3 MB. */
const MAX_BYTES = 3 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** Of the request, everything that is about its content and its sender; the rest belongs to the connection. */
const PASSED_ON = /^(content-type|user-agent|x-hub-signature(-256)?|x-org-id)$/;

/** What became of one webhook. */
export interface Relayed {
  readonly bytes: Buffer;
  /** What the target answered; null where it did not. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
}

/**
 * Takes webhooks on 127.0.0.1 and hands them on, byte for byte and with their signature, to another address. Its answer
 * is the target's, so that whoever sent the webhook sends it again where the target refused it.
 */
export class WebhookRelay {
  private readonly server: Server;

  /** @param verifyToken what the handshake has to prove */
  constructor(
    private readonly target: URL,
    private readonly verifyToken: string,
    private readonly onRelayed: (relayed: Relayed) => void,
  ) {
    this.server = createServer((request, response) => {
      // A sender that breaks off in the middle gets no answer, and costs the others nothing.
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  /** @param port 0 takes a free one. @returns the address to register as callback */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return this.handshake(request, response);
    const bytes = await read(request);
    if (!bytes) return void response.writeHead(413).end();
    const startedAt = performance.now();
    const relayed = await this.forward(request, bytes).catch((error: unknown) => ({
      status: null,
      body: '',
      error: reasonOf(error),
    }));
    this.onRelayed({ bytes, status: relayed.status, error: relayed.error, durationMs: performance.now() - startedAt });
    response.writeHead(relayed.status ?? 502).end(relayed.body);
  }

  private handshake(request: IncomingMessage, response: ServerResponse): void {
    const query = new URL(request.url ?? '/', 'http://relay').searchParams;
    const isKnown =
      query.get('hub.mode') === 'subscribe' && isSame(query.get('hub.verify_token') ?? '', this.verifyToken);
    response
      .writeHead(isKnown ? 200 : 403, { 'content-type': 'text/plain' })
      .end(isKnown ? query.get('hub.challenge') : '');
  }

  private async forward(
    request: IncomingMessage,
    bytes: Buffer,
  ): Promise<{ status: number; body: string; error: null }> {
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      PASSED_ON.test(name) && typeof value === 'string' ? [[name, value] as [string, string]] : [],
    );
    const answer = await fetch(this.target, {
      method: 'POST',
      headers,
      body: new Uint8Array(bytes),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: answer.status, body: await answer.text(), error: null };
  }
}

/** The whole body; undefined where it is larger than Meta's are. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : error.message;
}
