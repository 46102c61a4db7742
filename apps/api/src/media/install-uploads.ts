import multipart from '@fastify/multipart';
import { DomainError, MEDIA_MOST_BYTES } from '@parley/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes a file as multipart/form-data. */
    takesFile?: boolean;
  }
}

const MULTIPART = /^multipart\/form-data *(;|$)/i;
const JSON_TYPE = /^application\/json *(;|$)/i;

/** One byte more than the largest file that is taken: that many show that a file is too large. */
const FILE_BYTES = MEDIA_MOST_BYTES + 1;

/**
 * Lets the routes that say so take a file. The plugin reads multipart on every route; there and only there it may: to all
 * others a form is a body of a type that they do not know, and webhooks keep their bytes as they came.
 */
export function installUploads(fastify: FastifyInstance): void {
  void fastify.register(multipart, {
    // The gate through which the file passes refuses it, with the limit of its kind.
    throwFileSizeLimit: false,
    limits: { fileSize: FILE_BYTES, files: 2, fields: 8, parts: 10, fieldNameSize: 64, fieldSize: 256, headerPairs: 32 },
  });
  // The route is looked at last: to ask for its options costs more than the rest of this, and most requests are JSON.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const type = request.headers['content-type'] ?? '';
    if (type === '' || JSON_TYPE.test(type)) return done();
    const takesFile = request.routeOptions.config?.takesFile === true;
    if (!MULTIPART.test(type)) return done(takesFile ? notMultipart() : undefined);
    if (!takesFile) request.raw.headers['content-type'] = 'application/octet-stream';
    done();
  });
}

export function notMultipart(): DomainError {
  return new DomainError('media-type.unsupported', 'Send multipart/form-data with the file in the field named file.');
}

/** Reads away what is left of a form that was refused, so that the connection can carry the answer and what comes next. */
export function discardRest({ raw }: Pick<FastifyRequest, 'raw'>): void {
  raw.unpipe();
  raw.resume();
}
