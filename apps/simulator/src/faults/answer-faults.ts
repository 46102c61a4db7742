import type { FastifyReply } from 'fastify';
import { GraphError } from '../graph/graph-error.js';
import type { FaultEffect } from './fault.js';

const HTML_PAGE =
  '<!DOCTYPE html><html lang="en"><head><title>Error</title></head>' +
  '<body><h1>Sorry, something went wrong.</h1><p>We are working on it and will get it fixed as soon as we can.</p></body></html>';

const DETAILS = 'A fault that was asked for.';
const THROTTLED = 130429;
const MAINTENANCE = 131057;
const TOO_MANY_REQUESTS = 429;
const BAD_GATEWAY = 502;

/**
 * Answers a request that was not accepted the way the fault wants it.
 * @throws GraphError for the kinds that answer with Graph's own JSON
 */
export function answerWithFault(fault: FaultEffect, reply: FastifyReply): void {
  if (fault.retryAfterSeconds !== null) void reply.header('retry-after', String(fault.retryAfterSeconds));
  switch (fault.kind) {
    case 'error':
      throw errorOf(fault.code, fault.status);
    case 'too-many-requests':
      throw errorOf(THROTTLED, fault.status ?? TOO_MANY_REQUESTS);
    case 'maintenance':
      throw errorOf(MAINTENANCE, fault.status);
    case 'http':
      return answerBare(fault, reply);
    case 'html':
      return void reply
        .status(fault.status ?? BAD_GATEWAY)
        .type('text/html; charset=utf-8')
        .send(HTML_PAGE);
    case 'reset':
      return resetConnection(reply);
    default:
      return leaveUnanswered(reply);
  }
}

/**
 * Gives the answer to an accepted message, or what the fault puts in its place.
 * @throws GraphError for `accept-then-error`
 */
export function answerAccepted(fault: FaultEffect | undefined, answer: object, reply: FastifyReply): void {
  switch (fault?.kind) {
    case 'accept-then-hang':
      return leaveUnanswered(reply);
    case 'accept-then-reset':
      return resetConnection(reply);
    case 'accept-then-http':
      return answerBare(fault, reply);
    case 'accept-then-error':
      throw errorOf(fault.code, fault.status);
    case 'slow-loris':
      return drip(JSON.stringify(answer), fault.delayMs, reply);
    default:
      return void reply.send(answer);
  }
}

function errorOf(code: number, httpStatus: number | null): GraphError {
  return new GraphError(code, { details: DETAILS, ...(httpStatus !== null && { httpStatus }) });
}

function answerBare({ status }: FaultEffect, reply: FastifyReply): void {
  void reply
    .status(status ?? BAD_GATEWAY)
    .removeHeader('content-type')
    .send();
}

/** Closes the connection with a TCP reset instead of an answer. */
function resetConnection(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
}

/** Keeps the connection open and never answers; the caller's own timeout ends it. */
function leaveUnanswered(reply: FastifyReply): void {
  reply.hijack();
}

/** Sends the answer byte by byte, so that a read timeout between bytes never strikes and a total one has to. */
function drip(body: string, pauseMs: number, reply: FastifyReply): void {
  reply.hijack();
  const bytes = Buffer.from(body);
  reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  let at = 0;
  const timer = setInterval(() => {
    reply.raw.write(bytes.subarray(at, at + 1));
    at += 1;
    if (at < bytes.length) return;
    clearInterval(timer);
    reply.raw.end();
  }, pauseMs);
  reply.raw.once('close', () => clearInterval(timer));
}
