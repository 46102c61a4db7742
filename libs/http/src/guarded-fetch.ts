import { assertPublicUrl, DomainError } from '@parley/domain';
import { Agent, request, type Dispatcher } from 'undici';
import { AddressRefused, guardedLookup, type ResolveHost } from './guarded-lookup.js';

export interface GuardedRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Where the address stands in the caller's body, for a refusal. */
  readonly pointer?: string;
}

/** What came back, a redirect included: those are never followed. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most `maxResponseBytes`. Not to be shown or stored as it is: its owner may have pointed us at somebody else. */
  readonly body: Buffer;
}

export interface GuardedFetchOptions {
  /** Origins that are taken as they are, http and private ones too: for self-hosters, and for tests. */
  readonly allowedOrigins?: readonly string[];
  readonly maxResponseBytes?: number;
  /** From the call to the last byte of the answer. */
  readonly timeoutMs?: number;
  readonly resolve?: ResolveHost;
}

const MAX_RESPONSE_BYTES = 64 * 1024;
const TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const USER_AGENT = 'Parley/0.1.0';

/**
 * The only way to an address that a tenant gave us. https to public hosts at ports 443 and 8443; the address that is
 * connected to is the one that was checked; no redirects, no proxies of the environment, a short answer in a short time.
 */
export class GuardedFetch {
  private readonly guarded: Agent;
  /** For allowed origins, whose addresses are nobody's business. */
  private readonly open: Agent;
  private readonly allowedOrigins: readonly string[];
  private readonly maxResponseBytes: number;
  private readonly timeoutMs: number;

  constructor({ allowedOrigins = [], maxResponseBytes = MAX_RESPONSE_BYTES, timeoutMs = TIMEOUT_MS, resolve }: GuardedFetchOptions = {}) {
    this.allowedOrigins = allowedOrigins;
    this.maxResponseBytes = maxResponseBytes;
    this.timeoutMs = timeoutMs;
    const common = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, allowH2: false };
    this.guarded = new Agent({ ...common, connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(resolve) } });
    this.open = new Agent({ ...common, connect: { timeout: CONNECT_TIMEOUT_MS } });
  }

  /** @throws DomainError url.refused where the address may not be asked, url.unreachable where it gave no short answer in time */
  async fetch(address: string, { pointer = '', ...options }: GuardedRequest = {}): Promise<GuardedAnswer> {
    const url = assertPublicUrl(address, pointer, this.allowedOrigins);
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    try {
      const { statusCode, headers, body } = await request(url, {
        method: options.method ?? 'GET',
        headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', ...options.headers },
        body: options.body ?? null,
        signal,
        dispatcher: this.allowedOrigins.includes(url.origin) ? this.open : this.guarded,
      });
      return { status: statusCode, headers, body: await this.read(body) };
    } catch (error) {
      throw this.refusalOf(error, timeout, pointer);
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all([this.guarded.close(), this.open.close()]);
  }

  private async read(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Leaving the loop early destroys the body, and with it the connection.
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > this.maxResponseBytes) throw new AnswerTooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, bytes);
  }

  private refusalOf(error: unknown, timeout: AbortSignal, pointer: string): DomainError {
    if (error instanceof AddressRefused) {
      const detail = 'The address is not one of the public internet.';
      return new DomainError('url.refused', detail, { cause: error, errors: [{ pointer, code: 'url.refused', detail }] });
    }
    const reason = timeout.aborted && !(error instanceof AnswerTooLarge) ? 'timeout' : reasonOf(error);
    return new DomainError('url.unreachable', `The address did not answer as it should: ${reason}.`, { cause: error, context: { reason } });
  }
}

class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** A closed set of words: what a private address answers must not be read from the differences of our errors. */
function reasonOf(error: unknown): 'answer-too-large' | 'aborted' | 'not-connected' | 'no-answer' {
  if (error instanceof AnswerTooLarge) return 'answer-too-large';
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'AbortError') return 'aborted';
  return typeof code === 'string' && /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|UND_ERR_CONNECT|ERR_TLS|CERT_|DEPTH_|SELF_|UNABLE_)/.test(code) ? 'not-connected' : 'no-answer';
}
