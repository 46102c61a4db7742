import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

export type GraphMethod = 'GET' | 'POST' | 'DELETE';

/** The headers of an answer, with names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One HTTP request as it is handed to the pool. */
export interface ExchangeRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: GraphMethod;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream needs its length in the header `content-length`; it is used up, however the exchange ends. */
  readonly body?: string | Readable | undefined;
  /** Ends the exchange early; whether something was sent by then is told by the result. */
  readonly signal?: AbortSignal | undefined;
}

export interface ExchangeLimits {
  /** For a free connection, made within it where there is none. */
  readonly waitTimeoutMs: number;
  /** From the first byte sent to the last byte received. */
  readonly readTimeoutMs: number;
  readonly maxResponseBytes: number;
}

/** Why there is no answer. */
export type NotSentReason =
  'connect-timeout' | 'connect-refused' | 'dns' | 'tls' | 'unreachable' | 'aborted' | 'closed';
export type LostReason = 'timeout' | 'connection-lost' | 'response-too-large' | 'response-malformed' | 'aborted';

/**
 * How an exchange ended. `not-sent` is a proof, not a guess: undici calls `onRequestStart` right before it writes the
 * first byte on a connection that stands, so without that call no byte left. An error code proves nothing by itself:
 * ECONNRESET comes from a TLS handshake as well as from a connection on which the request was already written.
 */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: AnswerHeaders; readonly body: Buffer }
  | { readonly kind: 'not-sent'; readonly reason: NotSentReason }
  | { readonly kind: 'lost'; readonly reason: LostReason };

/** Sends one request and reads its whole answer, within limits. It always resolves, once, and never follows a redirect. */
export function exchange(pool: Dispatcher, request: ExchangeRequest, limits: ExchangeLimits): Promise<Exchange> {
  return new Promise((resolve) => {
    const { signal, ...options } = request;
    const handler = new ExchangeHandler(limits, resolve);
    if (signal) handler.endBy(signal);
    if (signal?.aborted) return;
    // What it cannot even write (a header with a line end) it hands to the handler as well.
    pool.dispatch(options, handler);
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private settled = false;
  private timer: NodeJS.Timeout;
  private forgetSignal: (() => void) | undefined;
  private status = 0;
  private headers: AnswerHeaders = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly resolve: (exchange: Exchange) => void,
  ) {
    this.timer = setTimeout(() => this.settle({ kind: 'not-sent', reason: 'connect-timeout' }), limits.waitTimeoutMs);
  }

  endBy(signal: AbortSignal): void {
    const abort = (): void =>
      this.settle(this.controller ? { kind: 'lost', reason: 'aborted' } : { kind: 'not-sent', reason: 'aborted' });
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    this.forgetSignal = () => signal.removeEventListener('abort', abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited, or about to be written a second time: aborting here keeps every byte back.
    if (this.settled || this.controller) return controller.abort(new Error('This exchange is over'));
    this.controller = controller;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle({ kind: 'lost', reason: 'timeout' }), this.limits.readTimeoutMs);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.limits.maxResponseBytes) this.settle({ kind: 'lost', reason: 'response-too-large' });
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const { status, headers, chunks } = this;
    // Most answers come in one piece, which needs no copy.
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    this.settle({ kind: 'answered', status, headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.settle(
      this.controller
        ? { kind: 'lost', reason: lostReason(error) }
        : { kind: 'not-sent', reason: notSentReason(error) },
    );
  }

  private settle(exchange: Exchange): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.forgetSignal?.();
    this.resolve(exchange);
    if (exchange.kind === 'lost') this.controller?.abort(new Error(exchange.reason));
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Why no connection could be had. */
export function notSentReason(error: Error): NotSentReason {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'connect-refused';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'connect-timeout';
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns';
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return 'closed';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return 'tls';
  return 'unreachable';
}

/** Why an exchange broke off after its first byte was written. */
export function lostReason(error: Error): LostReason {
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') return 'response-malformed';
  return 'connection-lost';
}
