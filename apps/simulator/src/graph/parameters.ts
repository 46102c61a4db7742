import type { FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject } from '../json.js';

/** The parameters of a request: Graph takes them as JSON, as a form and in the query alike. The body counts first. */
export function parametersOf(request: FastifyRequest): JsonObject {
  const { access_token: _token, ...query } = request.query as JsonObject;
  return { ...query, ...(isJsonObject(request.body) && request.body) };
}
