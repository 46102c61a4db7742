const TIMEOUT_MS = 30_000;

export type Json = Record<string, unknown>;

export interface RestCall {
  /** Sent as bearer token. */
  readonly key?: string;
  readonly body?: unknown;
  /** Bytes as they are, in place of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON. */
  readonly body: Json;
  /** Until the whole answer was there. */
  readonly durationMs: number;
}

/** HTTP to a process under test. */
export class RestClient {
  constructor(
    readonly url: string,
    private readonly key?: string,
  ) {}

  /** The same address with another key. */
  as(key: string): RestClient {
    return new RestClient(this.url, key);
  }

  /** Whatever the status. @throws when there is no answer */
  async call(method: string, path: string, { key = this.key, body, raw, headers }: RestCall = {}): Promise<RestAnswer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const startedAt = performance.now();
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(payload !== undefined && { body: typeof payload === 'string' ? payload : new Uint8Array(payload) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== '';
    const read = isJson ? (JSON.parse(text) as Json) : {};
    return { status: response.status, headers: response.headers, text, body: read, durationMs: performance.now() - startedAt };
  }

  /** The body of a 2xx answer. @throws for every other */
  async ok<T = Json>(method: string, path: string, call?: RestCall): Promise<T> {
    const { status, text, body } = await this.call(method, path, call);
    if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 600)}`);
    return body as T;
  }
}
