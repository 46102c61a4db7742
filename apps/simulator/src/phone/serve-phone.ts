import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Everything from here and nothing inline. Pictures and films of messages may lie anywhere on the web. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' http: https:",
  "media-src 'self' http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // Asked for anew each time and mostly answered with 304: an edited file shows at once.
  'cache-control': 'no-cache',
};

/**
 * Serves the phone in the browser at /phone: its files as they lie in apps/simulator/phone, and beside them the two
 * libraries that they import, as they come from the registry. There is no build step.
 */
export async function servePhone(fastify: FastifyInstance): Promise<void> {
  const options = { cacheControl: false, index: false as const, dotfiles: 'deny' as const, setHeaders: addHeaders };
  const page = join(folderOf('..'), 'apps', 'simulator', 'phone');
  await fastify.register(fastifyStatic, { ...options, root: page, prefix: '/phone' });
  // A route of its own: to the router `/phone/` is `/phone`, which would be a node of Graph otherwise.
  fastify.get('/phone', (_request, reply) => reply.sendFile('index.html'));
  for (const name of ['preact', 'htm']) {
    const root = join(folderOf(name), 'dist');
    await fastify.register(fastifyStatic, { ...options, root, prefix: `/phone/vendor/${name}`, decorateReply: false });
  }
}

/** The folder of a package. From the build, '..' is this one: the page's files are not part of the build. */
function folderOf(specifier: string): string {
  const path = findPackageJSON(specifier, import.meta.url);
  if (path === undefined) throw new Error(`The package ${specifier} is not installed`);
  return dirname(path);
}

function addHeaders(reply: FastifyReply): void {
  void reply.headers(HEADERS);
}
