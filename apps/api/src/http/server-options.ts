import { DomainError, type ErrorCode } from '@parley/domain';
import { asDomainError, genReqId, newRequestId, problemOf, type Config } from '@parley/platform';
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { slowArrivals } from './slow-arrivals.js';

/** Longer than the idle timeouts of common load balancers (60 s), so that they close connections and not we. */
const KEEP_ALIVE_MS = 72_000;
/** How long a request may take to arrive: a webhook of 3 MB over a poor line, but not a byte a second. */
const ARRIVAL_MS = 30_000;
const MAX_PARAM_LENGTH = 128;

/** What Fastify is made with. Also the errors that it meets before there is a route are problem+json. */
export function serverOptions(config: Pick<Config, 'BODY_LIMIT_BYTES' | 'TRUST_PROXY' | 'docsBase'>): FastifyServerOptions {
  return {
    genReqId,
    requestIdHeader: false,
    logger: false,
    bodyLimit: config.BODY_LIMIT_BYTES,
    trustProxy: (_address: string, hop: number) => hop < config.TRUST_PROXY,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: ARRIVAL_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) =>
      refuse(error, request as FastifyRequest, reply as FastifyReply, config.docsBase),
    clientErrorHandler: (error, socket) => refuseRaw(error, socket, config.docsBase),
  };
}

function refuse(error: Error, request: FastifyRequest, reply: FastifyReply, docsBase: string): void {
  // An address that cannot be read, and a part of it that is longer than any id, lead nowhere.
  const known = asDomainError(error);
  const domainError =
    known.code === 'internal.error' ? new DomainError('resource.not-found', undefined, { cause: error }) : known;
  const { status, headers, body } = problemOf(domainError, request.id, docsBase);
  // As bytes: to a text Fastify would add a charset, which application/problem+json does not have.
  void reply
    .code(status)
    .headers(headers)
    .send(Buffer.from(JSON.stringify(body)));
}

const CODE_OF_PARSER: Readonly<Record<string, ErrorCode>> = { ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout' };

/** What is no HTTP has no request and no reply: the answer goes into the socket, and the socket is closed. */
function refuseRaw(error: Error & { code?: string }, socket: Socket, docsBase: string): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && slowArrivals.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODE_OF_PARSER[error.code ?? ''] ?? 'request.malformed';
  const detail = code === 'request.malformed' ? 'What arrived is not a request of HTTP/1.1.' : undefined;
  const { status, headers, body } = problemOf(new DomainError(code, detail), newRequestId(), docsBase);
  const text = JSON.stringify(body);
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`,
  );
}
