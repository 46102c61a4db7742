import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Identifiers } from '../random/identifiers.js';
import { isControl } from '../error.filter.js';

const VERSION_PREFIX = /^\/(v\d+\.\d+)(?=[/?]|$)/;
const DEFAULT_VERSION = 'v25.0';

/** The path without the API version, which any request may or may not have. */
export function withoutVersion(request: IncomingMessage): string {
  return (request.url ?? '/').replace(VERSION_PREFIX, '') || '/';
}

/** Puts the headers on every Graph answer that Graph's own have. */
export function addGraphHeaders(fastify: FastifyInstance, identifiers: Identifiers): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!isControl(request.url)) {
      const trace = identifiers.trace();
      void reply.headers({
        'facebook-api-version': VERSION_PREFIX.exec(request.originalUrl)?.[1] ?? DEFAULT_VERSION,
        'x-fb-trace-id': trace,
        'x-fb-request-id': trace,
        'x-fb-rev': '1030000000',
        'x-fb-debug': trace,
        'x-app-usage': '{"call_count":0,"total_cputime":0,"total_time":0}',
      });
    }
    done();
  });
}
