import { DomainError } from '@parley/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { requestIdFrom, runInContext, type RequestContext } from './context.js';
import { logEvent, type EventLogger } from './logging/log-events.js';
import type { LabelsOf } from './metrics/metrics-table.js';
import type { Metrics } from './metrics/metrics.js';

/** For FastifyAdapter: `{ genReqId, requestIdHeader: false }`. The caller's Request-Id if it is sane, or a new one. */
export function genReqId(request: IncomingMessage): string {
  return requestIdFrom(request.headers['request-id']);
}

export interface RequestHooks {
  readonly logger: EventLogger;
  readonly metrics: Metrics;
  /** Routes, as they are declared, that log their own event or none: webhooks and health. */
  readonly quietRoutes: ReadonlySet<string>;
  /** While it returns true, requests on connections that are still open get 503. */
  readonly isShuttingDown?: () => boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    parleyContext: RequestContext | null;
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Gives every request its context, `Request-Id`, log line and metrics. Call it before the app is initialised. */
export function installRequestHooks(fastify: FastifyInstance, hooks: RequestHooks): void {
  fastify.decorateRequest('parleyContext', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('request-id', request.id);
    if (hooks.isShuttingDown?.()) {
      void reply.header('connection', 'close');
      done(new DomainError('shutdown.in-progress', undefined, { retryAfterSeconds: 1 }));
      return;
    }
    const context: RequestContext = { requestId: request.id };
    request.parleyContext = context;
    // Fastify carries it over the arrival of the body (its parsers run in an AsyncResource).
    runInContext(context, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    note(hooks, request, reply);
    done();
  });
}

function note({ logger, metrics, quietRoutes }: RequestHooks, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'unmatched';
  const method = methodLabel(request.method);
  const seconds = reply.elapsedTime / 1_000;
  metrics.inc('http_requests_total', { route, method, status: statusClass(reply.statusCode) });
  metrics.observe('http_request_duration_seconds', seconds, { route, method });
  if (reply.problemCode) metrics.inc('http_request_errors_total', { route, error_code: reply.problemCode });
  if (quietRoutes.has(route)) return;
  logEvent(logger, 'http.request_completed', {
    requestId: request.id,
    tenantId: request.parleyContext?.tenantId,
    method: request.method,
    route,
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
  });
}

type HttpLabels = LabelsOf<'http_requests_total'>;

function methodLabel(method: string): HttpLabels['method'] {
  return METHODS.has(method) ? (method as HttpLabels['method']) : 'OTHER';
}

function statusClass(status: number): HttpLabels['status'] {
  return `${Math.floor(status / 100)}xx` as HttpLabels['status'];
}
