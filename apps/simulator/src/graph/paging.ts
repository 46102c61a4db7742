import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.js';
import { GraphError } from './graph-error.js';
import { readToken } from './token-access.js';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;

/** A list as Graph answers it; `next` is absent on the last page. */
export interface GraphPage {
  readonly data: JsonObject[];
  readonly paging?: { readonly cursors: { readonly before: string; readonly after: string }; readonly next?: string };
}

/**
 * One page of a list, chosen by `limit`, `after` and `before`.
 * @throws GraphError 131059 for a cursor that was never given out, 100 for a bad limit
 */
export function pageOf(items: readonly JsonObject[], request: FastifyRequest): GraphPage {
  const query = request.query as Record<string, string | undefined>;
  const limit = readLimit(query['limit']);
  const start =
    query['before'] === undefined
      ? readCursor(query['after'], items.length, -1) + 1
      : Math.max(0, readCursor(query['before'], items.length, items.length) - limit);
  const data = items.slice(start, start + limit);
  if (data.length === 0) return { data };
  const last = start + data.length - 1;
  const cursors = { before: cursor(start), after: cursor(last) };
  return { data, paging: { cursors, ...(last < items.length - 1 && { next: nextUrl(request, cursors.after) }) } };
}

function cursor(index: number): string {
  return Buffer.from(`QVFIU${index}`).toString('base64url');
}

function readCursor(text: string | undefined, length: number, absent: number): number {
  if (text === undefined || text === '') return absent;
  const index = Number(/^QVFIU(\d+)$/.exec(Buffer.from(text, 'base64url').toString('latin1'))?.[1]);
  if (Number.isInteger(index) && index < length) return index;
  throw new GraphError(131059, { details: 'The cursor is not valid. Start again without it.' });
}

function readLimit(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_LIMIT;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return Math.min(limit, MAX_LIMIT);
  throw new GraphError(100, { message: '(#100) Param limit must be a positive integer' });
}

function nextUrl(request: FastifyRequest, after: string): string {
  const url = new URL(`${request.protocol}://${request.host}${request.originalUrl}`);
  url.searchParams.delete('before');
  // Graph writes the token into its addresses, whichever way it came: a client has to mind where they go.
  const token = readToken(request);
  if (token !== undefined) url.searchParams.set('access_token', token);
  url.searchParams.set('after', after);
  return url.href;
}
