import type { Readable } from 'node:stream';
import { Agent, Pool, type Dispatcher } from 'undici';
import {
  exchange,
  type AnswerHeaders,
  type Exchange,
  type ExchangeLimits,
  type ExchangeRequest,
  type GraphMethod,
} from './exchange.js';
import { openAnswer, type OpenAnswer } from './open-answer.js';

/** Where the Graph API is and how it is spoken to. */
export interface GraphOptions {
  /** Origin of the Graph API, with an optional path: `https://graph.facebook.com`. */
  readonly url: string;
  /** `v25.0` */
  readonly version: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** From the first byte sent to the last byte received; for files: without one byte more. */
  readonly readTimeoutMs: number;
  /** Hosts beside the Graph API that serve Meta's files, over https, and so may see a token. */
  readonly mediaHosts?: readonly string[];
}

/** The endpoints as the metric `whatsapp_api_latency_seconds` names them: a closed set. */
export type GraphEndpoint =
  | 'messages'
  | 'media'
  | 'media_content'
  | 'message_templates'
  | 'template'
  | 'account'
  | 'phone_numbers'
  | 'phone_number'
  | 'health_status'
  | 'request_code'
  | 'verify_code'
  | 'register'
  | 'deregister'
  | 'subscribed_apps'
  | 'business_profile'
  | 'block_users'
  | 'uploads'
  | 'oauth'
  | 'debug_token'
  | 'ping';

/** Told of every exchange, however it ended. */
export type ObserveGraph = (call: {
  readonly endpoint: GraphEndpoint;
  readonly method: GraphMethod;
  readonly seconds: number;
  /** Of the answer; undefined where there was none. */
  readonly headers: AnswerHeaders | undefined;
}) => void;

/** A file on its way to Meta: streamed, of a known length. */
export interface GraphUpload {
  readonly contentType: string;
  readonly bytes: number;
  readonly stream: Readable;
}

export interface GraphRequest {
  readonly endpoint: GraphEndpoint;
  /** GET where it is left out. */
  readonly method?: GraphMethod;
  /** Below the version, with its query: `/1066/messages`; or an absolute URL of the same origin. */
  readonly path: string;
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly upload?: GraphUpload;
  /** More headers, or other ones: names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly readTimeoutMs?: number;
}

const MAX_RESPONSE_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 30_000;
const USER_AGENT = 'Parley/0.1.0';
/** 100 MB at 2 Mbit/s take 7 minutes. */
const TRANSFER_TIMEOUT_MS = 10 * 60_000;
/** Files come one by one: a worker has no use for as many connections as it has for messages. */
const MEDIA_CONNECTIONS = 16;

/**
 * One pool of connections to the Graph API, and a small one to each host of media. Tokens travel in a header, per call,
 * to these hosts only; redirects are never followed.
 */
export class GraphHttp {
  private readonly pool: Pool;
  private readonly media: Agent;
  private readonly base: URL;
  private readonly mediaHosts: ReadonlySet<string>;
  private readonly limits: ExchangeLimits;

  constructor(
    options: GraphOptions,
    private readonly observe: ObserveGraph,
  ) {
    this.base = new URL(`${options.url.replace(/\/+$/, '')}/${options.version}/`);
    this.mediaHosts = new Set(options.mediaHosts ?? []);
    this.limits = {
      // Making the connection has its own limit inside undici; this one also bounds the wait for a free one.
      waitTimeoutMs: 2 * options.connectTimeoutMs,
      readTimeoutMs: options.readTimeoutMs,
      maxResponseBytes: MAX_RESPONSE_BYTES,
    };
    const connection = {
      // One request at a time a connection: undici then never writes a request twice.
      pipelining: 1,
      allowH2: false,
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.readTimeoutMs,
      bodyTimeout: options.readTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    };
    this.pool = new Pool(this.base.origin, { ...connection, connections: options.connections });
    this.media = new Agent({ ...connection, connections: Math.min(MEDIA_CONNECTIONS, options.connections) });
  }

  get origin(): string {
    return this.base.origin;
  }

  /** Whether an address may see a token: the Graph API itself, and Meta's hosts of media over https. */
  trusts(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    return url.origin === this.base.origin || (url.protocol === 'https:' && this.mediaHosts.has(url.host));
  }

  /** Sends one request and reads its whole answer. A stream is used up, however it ends. */
  async send(request: GraphRequest): Promise<Exchange> {
    const { endpoint, method = 'GET', body, upload, signal } = request;
    const sent: ExchangeRequest = {
      origin: this.base.origin,
      path: this.pathOf(request.path),
      method,
      headers: headersOf(request),
      body: upload ? upload.stream : body === undefined ? undefined : JSON.stringify(body),
      signal,
    };
    const started = performance.now();
    const ended = await exchange(this.pool, sent, this.limitsOf(request));
    upload?.stream.destroy();
    const headers = ended.kind === 'answered' ? ended.headers : undefined;
    this.observe({ endpoint, method, seconds: (performance.now() - started) / 1000, headers });
    return ended;
  }

  /**
   * Asks for a file: resolves with the head of the answer, and with its body unread.
   * @throws WhatsAppNetworkError where no answer came @throws TypeError for a host that may not see a token
   */
  async open(url: URL, { token, signal }: { token: string; signal?: AbortSignal }): Promise<OpenAnswer> {
    if (!this.trusts(url)) throw new TypeError('A token never goes to this host');
    const dispatcher: Dispatcher = url.origin === this.base.origin ? this.pool : this.media;
    const started = performance.now();
    let answer: OpenAnswer | undefined;
    try {
      answer = await openAnswer(
        dispatcher,
        {
          origin: url.origin,
          path: url.pathname + url.search,
          headers: {
            'user-agent': USER_AGENT,
            accept: '*/*',
            'accept-encoding': 'identity',
            authorization: `Bearer ${token}`,
          },
          ...(signal && { signal }),
        },
        { answerMs: this.limits.waitTimeoutMs + this.limits.readTimeoutMs, transferMs: TRANSFER_TIMEOUT_MS },
      );
      return answer;
    } finally {
      const seconds = (performance.now() - started) / 1000;
      this.observe({ endpoint: 'media_content', method: 'GET', seconds, headers: answer?.headers });
    }
  }

  /** Waits for the exchanges that are under way, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.media.close()]);
  }

  /** What the caller wrote below the version, or a whole URL that the Graph API named. */
  private pathOf(path: string): string {
    if (path.startsWith('/')) return this.base.pathname + path.slice(1);
    const url = new URL(path);
    if (url.origin !== this.base.origin) throw new TypeError('A token never goes to another origin');
    return url.pathname + url.search;
  }

  /** For a file the time as a whole is long: undici watches that it moves, by the read timeout of the pool. */
  private limitsOf({ upload, readTimeoutMs }: GraphRequest): ExchangeLimits {
    const ownMs = readTimeoutMs ?? (upload ? TRANSFER_TIMEOUT_MS : undefined);
    return ownMs === undefined ? this.limits : { ...this.limits, readTimeoutMs: ownMs };
  }
}

/** Written one by one: it is done for every message. */
function headersOf({ token, body, upload, headers }: GraphRequest): Record<string, string> {
  const all: Record<string, string> = { 'user-agent': USER_AGENT, accept: 'application/json' };
  if (token !== undefined) all['authorization'] = `Bearer ${token}`;
  if (body !== undefined) all['content-type'] = 'application/json';
  if (upload) {
    all['content-type'] = upload.contentType;
    all['content-length'] = String(upload.bytes);
  }
  return headers ? { ...all, ...headers } : all;
}
