import { Pool } from 'undici';
import { exchange, type Exchange, type ExchangeLimits } from './exchange.js';

/** Where the Graph API is and how it is spoken to. */
export interface GraphOptions {
  /** Origin of the Graph API, with an optional path: `https://graph.facebook.com`. */
  readonly url: string;
  /** `v23.0` */
  readonly version: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
}

/** The endpoints as the metric `whatsapp_api_latency_seconds` names them: a closed set. */
export type GraphEndpoint =
  | 'messages'
  | 'phone_number'
  | 'phone_numbers'
  | 'account'
  | 'message_templates'
  | 'subscribed_apps'
  | 'debug_token'
  | 'ping';

/** Told of every exchange, however it ended. */
export type ObserveGraph = (call: {
  readonly endpoint: GraphEndpoint;
  readonly method: 'GET' | 'POST';
  readonly seconds: number;
  readonly ended: Exchange;
}) => void;

export interface GraphRequest {
  readonly endpoint: GraphEndpoint;
  readonly method: 'GET' | 'POST';
  /** Below the version, with its query: `/1066/messages`; or an absolute URL of the same origin. */
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly readTimeoutMs?: number;
}

const MAX_RESPONSE_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 30_000;
const USER_AGENT = 'Parley/0.1.0';

/** One pool of connections to the Graph API. Tokens travel in a header, per call; redirects are never followed. */
export class GraphHttp {
  private readonly pool: Pool;
  private readonly base: URL;
  private readonly limits: ExchangeLimits;

  constructor(
    options: GraphOptions,
    private readonly observe: ObserveGraph,
  ) {
    this.base = new URL(`${options.url.replace(/\/+$/, '')}/${options.version}/`);
    this.limits = {
      // Making the connection has its own limit inside undici; this one also bounds the wait for a free one.
      waitTimeoutMs: 2 * options.connectTimeoutMs,
      readTimeoutMs: options.readTimeoutMs,
      maxResponseBytes: MAX_RESPONSE_BYTES,
    };
    this.pool = new Pool(this.base.origin, {
      connections: options.connections,
      // One request at a time a connection: undici then never writes a request twice.
      pipelining: 1,
      allowH2: false,
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.readTimeoutMs,
      bodyTimeout: options.readTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
  }

  get origin(): string {
    return this.base.origin;
  }

  async send(request: GraphRequest): Promise<Exchange> {
    const { endpoint, method, token, signal } = request;
    const url = new URL(request.path.replace(/^\//, ''), this.base);
    if (url.origin !== this.base.origin) throw new TypeError('A token never goes to another origin');
    const started = performance.now();
    const ended = await exchange(
      this.pool,
      {
        origin: this.base.origin,
        path: url.pathname + url.search,
        method,
        headers: {
          'user-agent': USER_AGENT,
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(signal ? { signal } : {}),
      },
      { ...this.limits, readTimeoutMs: request.readTimeoutMs ?? this.limits.readTimeoutMs },
    );
    this.observe({ endpoint, method, seconds: (performance.now() - started) / 1000, ended });
    return ended;
  }

  /** Waits for the exchanges that are under way, then closes every connection. */
  close(): Promise<void> {
    return this.pool.close();
  }
}
