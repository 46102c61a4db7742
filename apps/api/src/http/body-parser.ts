import { DomainError, findInvalidText } from '@parley/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';

export interface BodyLimits {
  readonly bodyLimitBytes: number;
  readonly webhookBodyLimitBytes: number;
  /** Routes whose body holds many requests: each of those is judged by itself, also for text that cannot be stored. */
  readonly batchRoutes: ReadonlySet<string>;
  readonly batchBodyLimitBytes: number;
}

/** Deeper than anything that WhatsApp or we know, and far from what a recursive reader can take. */
const MAX_DEPTH = 32;
const WEBHOOKS = '/webhooks/';
const JSON_TYPE = /^application\/json *(;|$)/i;

/**
 * The one parser of bodies. Webhooks get their bytes as they came, of any content type: the signature covers them, and
 * nothing of them is read before it is checked. Everything else is JSON in UTF-8, without `__proto__` and
 * `constructor.prototype`, of bounded depth, and of text that PostgreSQL can store.
 */
export function installBodyParser(fastify: FastifyInstance, limits: BodyLimits): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith(WEBHOOKS)) route.bodyLimit = limits.webhookBodyLimitBytes;
    if (limits.batchRoutes.has(route.url)) route.bodyLimit = limits.batchBodyLimitBytes;
  });
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: limits.bodyLimitBytes },
    (request, body: Buffer, done) => {
      const { url } = request.routeOptions;
      // Without a route there is nobody to read the body; the answer is 404 whatever it holds.
      if (url === undefined) return done(null, undefined);
      const refusal = refusalOf(request, body, url.startsWith(WEBHOOKS));
      if (refusal) return done(refusal);
      if (url.startsWith(WEBHOOKS)) return done(null, body);
      // Clients that always name the type send it without a body as well.
      if (body.length === 0) return done(null, undefined);
      const text = body.toString('utf8');
      // done, since the parser of Fastify's own answers by callback only.
      void parseJson(request, text, (error: Error | null, value?: unknown) =>
        done(error ?? (limits.batchRoutes.has(url) ? null : invalidText(text, value)), value),
      );
    },
  );
}

function refusalOf({ headers }: FastifyRequest, body: Buffer, isWebhook: boolean): DomainError | null {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new DomainError('media-type.unsupported', 'Send the body uncompressed, without Content-Encoding.');
  }
  if (isWebhook || body.length === 0) return null;
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return new DomainError('media-type.unsupported');
  if (!isUtf8(body)) return new DomainError('request.malformed');
  return isTooDeep(body) ? invalid(`The body is nested deeper than ${MAX_DEPTH} levels.`) : null;
}

function invalid(detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'field.invalid', detail }] });
}

/** What cannot be stored can only come by an escape, since raw JSON holds neither control characters nor half pairs. */
function invalidText(text: string, value: unknown): DomainError | null {
  const pointer = text.includes('\\u') ? findInvalidText(value) : null;
  if (pointer === null) return null;
  const detail = 'The text holds U+0000 or half a surrogate pair.';
  return new DomainError('text.invalid-character', undefined, {
    errors: [{ pointer, code: 'text.invalid-character', detail }],
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: readonly boolean[] = Object.assign(new Array<boolean>(256).fill(false), { 0x5b: true, 0x7b: true });
const CLOSING: readonly boolean[] = Object.assign(new Array<boolean>(256).fill(false), { 0x5d: true, 0x7d: true });

/** Counts brackets outside of strings, before anything is built. What is no JSON is left to the parser. */
export function isTooDeep(json: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (OPENING[byte]) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (CLOSING[byte]) depth -= 1;
  }
  return false;
}
