import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Identifiers } from '../random/identifiers.js';
import type { PublicAddress } from '../state/public-address.js';
import type { CallMeter } from './call-meter.js';
import { isControl } from '../error.filter.js';

const VERSION_PREFIX = /^\/(v\d+\.\d+)(?=[/?]|$)/;
const DEFAULT_VERSION = 'v25.0';

/** The path without the API version, which any request may or may not have. */
export function withoutVersion(request: IncomingMessage): string {
  return (request.url ?? '/').replace(VERSION_PREFIX, '') || '/';
}

/** What the headers are made of. */
export interface HeaderSources {
  readonly identifiers: Identifiers;
  readonly meter: CallMeter;
  readonly address: PublicAddress;
}

/** Puts the headers on every Graph answer that Graph's own have, and notes by which address clients come. */
export function addGraphHeaders(fastify: FastifyInstance, { identifiers, meter, address }: HeaderSources): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!isControl(request.url)) {
      address.origin = `${request.protocol}://${request.host}`;
      const trace = identifiers.trace();
      void reply.headers({
        'facebook-api-version': VERSION_PREFIX.exec(request.originalUrl)?.[1] ?? DEFAULT_VERSION,
        'x-fb-trace-id': trace,
        'x-fb-request-id': trace,
        'x-fb-rev': '1030000000',
        'x-fb-debug': trace,
      });
    }
    done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    void reply.headers(meter.headersFor(request));
    done();
  });
}
