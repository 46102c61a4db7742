import { CliFailure, EXIT } from './failure.js';
import { isJsonObject, type JsonObject } from './json.js';

const TIMEOUT_MS = 30_000;

/** A server that the commands speak to. */
export interface Server {
  /** For people: "Parley", "the simulator". */
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** Sent as bearer token. */
  readonly key?: string;
  /** How its address is set, said where it does not answer. */
  readonly setting: string;
}

interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * JSON over HTTP. By Node's own fetch: a command makes a handful of calls and ends, so there is nothing to gain from the
 * pool that the product's clients keep, and the CLI needs no package for it.
 */
export class RestClient {
  constructor(private readonly server: Server) {}

  /**
   * The body of a 2xx answer.
   * @throws CliFailure with what a refusal says, or where there is no answer
   */
  async call<T = JsonObject>(method: string, path: string, { body, headers }: Call = {}): Promise<T> {
    const { key } = this.server;
    const response = await this.fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = parse(text);
    if (!response.ok) throw this.refusal(response.status, read, text);
    if (read === undefined && text !== '')
      throw new CliFailure(
        EXIT.unreachable,
        `${this.server.name} at ${this.server.url} did not answer with JSON: ${this.hint}`,
      );
    return read as T;
  }

  private async fetch(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.server.url}${path}`, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      const reason = error instanceof Error ? reasonOf(error) : String(error);
      throw new CliFailure(EXIT.unreachable, `${this.server.name} at ${this.server.url} does not answer (${reason}).`, [
        this.hint,
      ]);
    }
  }

  private get hint(): string {
    return `Is it running (bin/dev)? Its address is set by ${this.server.setting}.`;
  }

  private refusal(status: number, read: unknown, text: string): CliFailure {
    const problem = isJsonObject(read) ? read : undefined;
    if (isJsonObject(problem?.['error'])) return graphRefusal(status, problem['error']);
    const code = typeof problem?.['code'] === 'string' ? problem['code'] : `HTTP ${status}`;
    const detail = problem?.['detail'] ?? problem?.['title'] ?? text.slice(0, 300);
    return new CliFailure(
      EXIT.refused,
      `${this.server.name} refused: ${String(detail)} (${code})`,
      linesOf(problem),
      problem,
    );
  }
}

/** What a problem says beyond its detail (RFC 9457, with Parley's members). */
function linesOf(problem: JsonObject | undefined): string[] {
  if (!problem) return [];
  const fields = Array.isArray(problem['errors']) ? problem['errors'].filter(isJsonObject) : [];
  const { graphCode, traceId } = isJsonObject(problem['meta']) ? problem['meta'] : {};
  return [
    ...fields.map(({ pointer, detail }) => `${String(pointer) || '(body)'}  ${String(detail)}`),
    ...(graphCode === undefined
      ? []
      : [`Meta's code ${String(graphCode)}${traceId === undefined ? '' : `, trace ${String(traceId)}`}`]),
    ...(problem['retryable'] === true ? ['The same request may succeed later.'] : []),
    ...(problem['requestId'] === undefined ? [] : [`Request ${String(problem['requestId'])}`]),
  ];
}

/** Graph's own envelope, as the simulator answers. */
function graphRefusal(status: number, error: JsonObject): CliFailure {
  const details = isJsonObject(error['error_data']) ? error['error_data']['details'] : undefined;
  return new CliFailure(
    EXIT.refused,
    `Graph refused: ${String(error['message'] ?? `HTTP ${status}`)}`,
    details === undefined ? [] : [String(details)],
    error,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // a proxy's page, or an empty answer
  }
}

/** fetch hides the reason in `cause`: ECONNREFUSED, ENOTFOUND. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
