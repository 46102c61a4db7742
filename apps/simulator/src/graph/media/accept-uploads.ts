import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { MAX_UPLOAD_BYTES } from './media-kinds.js';

/** The path of a resumable upload's session, whose body is bytes whatever its content type says. */
const UPLOAD_SESSION = /^\/upload:/;

/** Lets bodies of bytes through as streams: multipart forms, and the bytes of resumable uploads. */
export async function acceptUploads(fastify: FastifyInstance): Promise<void> {
  await fastify.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: MAX_UPLOAD_BYTES, files: 2, fields: 10 },
  });
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (UPLOAD_SESSION.test(request.url)) request.headers['content-type'] = 'application/octet-stream';
    done();
  });
}
