import type { Exchange } from './exchange.js';
import { classify, readGraphError, type GraphError } from './graph-error.js';
import { parseJson } from './json.js';
import { readRetryAfter, readUsage } from './usage.js';
import {
  WhatsAppAuthError,
  WhatsAppError,
  WhatsAppMediaError,
  WhatsAppNetworkError,
  WhatsAppRateLimitError,
  WhatsAppTemplateError,
  WhatsAppWebhookError,
  type WhatsAppErrorContext,
} from './whatsapp-errors.js';

type Answered = Extract<Exchange, { kind: 'answered' }>;

/** The object that an answer carries. @throws WhatsAppError for every other end */
export function readAnswer<T extends object>(ended: Exchange, about: WhatsAppErrorContext): T {
  if (ended.kind !== 'answered') throw new WhatsAppNetworkError('WhatsApp gave no answer.', ended.reason, about);
  if (ended.status < 200 || ended.status >= 300) throw errorOf(ended, about);
  const answer = parseJson(ended.body);
  if (typeof answer !== 'object' || answer === null) {
    throw new WhatsAppNetworkError('The answer of WhatsApp is not JSON.', 'unreadable-answer', about);
  }
  return answer as T;
}

/** The error that a refusal stands for, by its code. */
export function errorOf({ status, headers, body }: Answered, about: WhatsAppErrorContext): WhatsAppError {
  const graph = readGraphError(status, body);
  const context = { ...about, graph };
  const verdict = classify(graph, false);
  if (verdict.class === 'throttled') {
    const wait = readRetryAfter(headers) ?? verdict.waitSeconds ?? readUsage(headers)?.regainAccessSeconds;
    // 0 says nothing: it is what Meta gives for limits that are not reached.
    return new WhatsAppRateLimitError(graph.title, wait === 0 ? undefined : wait, context);
  }
  if (graph.code === null) return new WhatsAppNetworkError(graph.title, 'unreadable-answer', context);
  if (verdict.class === 'credential') return new WhatsAppAuthError(graph.title, status === 403 ? 403 : 401, context);
  if (verdict.class === 'retry')
    return new WhatsAppError(graph.title, status, { ...context, code: 'graph.unavailable' });
  return refusalOf(graph, status, context);
}

function refusalOf(graph: GraphError, status: number, context: WhatsAppErrorContext): WhatsAppError {
  const { code } = graph;
  if (isTemplateCode(code) || (TEMPLATE_ENDPOINTS.has(context.endpoint) && graph.subcode !== NO_SUCH_OBJECT)) {
    return new WhatsAppTemplateError(graph.title, status, context);
  }
  if (code === HANDSHAKE_FAILED || graph.subcode === HANDSHAKE_FAILED) {
    return new WhatsAppWebhookError(graph.title, status, context);
  }
  if (code === MEDIA_NOT_LOADED || code === MEDIA_NOT_TAKEN) {
    return new WhatsAppMediaError(graph.title, 'refused', status, context);
  }
  if (context.mediaId !== undefined && (code === UNKNOWN_OBJECT || code === INVALID_PARAMETER || status === 404)) {
    return new WhatsAppMediaError(graph.title, 'not-found', status, context);
  }
  return new WhatsAppError(graph.title, status, context);
}

const INVALID_PARAMETER = 100;
const UNKNOWN_OBJECT = 803;
/** Subcode of 100. */
const NO_SUCH_OBJECT = 33;
/** As a code, or as a subcode of 100. */
const HANDSHAKE_FAILED = 2200;
const MEDIA_NOT_LOADED = 131_052;
const MEDIA_NOT_TAKEN = 131_053;
/** What templates are refused for there has no codes of its own: it is 100 with a subcode. */
const TEMPLATE_ENDPOINTS: ReadonlySet<string | undefined> = new Set(['message_templates', 'template']);

function isTemplateCode(code: number | null): boolean {
  return code !== null && code >= 132_000 && code < 133_000;
}
