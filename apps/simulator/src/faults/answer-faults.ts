import type { FastifyReply } from 'fastify';
import { GraphError } from '../graph/graph-error.js';
import type { Fault } from './fault.js';

const HTML_PAGE =
  '<!DOCTYPE html><html lang="en"><head><title>Error</title></head>' +
  '<body><h1>Sorry, something went wrong.</h1><p>We are working on it and will get it fixed as soon as we can.</p></body></html>';

/**
 * Answers a send, that was not accepted, the way the fault wants it.
 * @throws GraphError for the kind `error`
 */
export function answerWithFault(fault: Fault, reply: FastifyReply): void {
  switch (fault.kind) {
    case 'error':
      throw new GraphError(fault.code, { details: 'A fault that was asked for.' });
    case 'http':
      return void reply.status(fault.status).removeHeader('content-type').send();
    case 'html':
      return void reply.status(fault.status).type('text/html; charset=utf-8').send(HTML_PAGE);
    case 'reset':
      return resetConnection(reply);
    default:
      return leaveUnanswered(reply);
  }
}

/** Closes the connection with a TCP reset instead of an answer. */
export function resetConnection(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
}

/** Keeps the connection open and never answers; the caller's own timeout ends it. */
export function leaveUnanswered(reply: FastifyReply): void {
  reply.hijack();
}
