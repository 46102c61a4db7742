import type { Exchange } from './exchange.js';
import { classify, readGraphError } from './graph-error.js';
import type { GraphEndpoint } from './graph-http.js';
import { parseJson } from './json.js';
import { readRetryAfter, readUsage } from './usage.js';
import {
  WhatsAppAuthError,
  WhatsAppError,
  WhatsAppNetworkError,
  WhatsAppRateLimitError,
  WhatsAppTemplateError,
} from './whatsapp-errors.js';

/** The object that an answer carries. @throws WhatsAppError for every other end. */
export function readAnswer<T extends object>(ended: Exchange, endpoint: GraphEndpoint): T {
  if (ended.kind !== 'answered') {
    throw new WhatsAppNetworkError('WhatsApp gave no answer.', ended.reason, { endpoint });
  }
  if (ended.status < 200 || ended.status >= 300) throw errorOf(ended, endpoint);
  const answer = parseJson(ended.body);
  if (typeof answer !== 'object' || answer === null) {
    throw new WhatsAppNetworkError('The answer of WhatsApp is not JSON.', 'unreadable-answer', { endpoint });
  }
  return answer as T;
}

function errorOf(
  { status, headers, body }: Extract<Exchange, { kind: 'answered' }>,
  endpoint: GraphEndpoint,
): WhatsAppError {
  const graph = readGraphError(status, body);
  const context = { endpoint, graph };
  const verdict = classify(graph, false);
  if (verdict.class === 'throttled') {
    const wait = readRetryAfter(headers) ?? verdict.waitSeconds ?? readUsage(headers)?.regainAccessSeconds;
    return new WhatsAppRateLimitError(graph.title, wait, context);
  }
  if (graph.code === null) return new WhatsAppNetworkError(graph.title, 'unreadable-answer', context);
  if (verdict.class === 'credential') return new WhatsAppAuthError(graph.title, status === 403 ? 403 : 401, context);
  if (isTemplateCode(graph.code)) return new WhatsAppTemplateError(graph.title, status, context);
  return new WhatsAppError(graph.title, status, {
    ...context,
    ...(verdict.class === 'retry' && { code: 'graph.unavailable' }),
  });
}

function isTemplateCode(code: number): boolean {
  return code >= 132_000 && code < 133_000;
}
