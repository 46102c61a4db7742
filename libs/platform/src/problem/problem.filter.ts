import { Catch, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorCode } from '@parley/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { Config } from '../config/config.js';
import { logEvent } from '../logging/log-events.js';
import { asDomainError, problemOf } from './problem.js';

/** How often an outage of the database is logged: each request would log it. */
const OUTAGE_LOG_EVERY_MS = 1_000;

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the problem that was answered, for metrics. */
    problemCode?: ErrorCode;
  }
}

/** The one place that turns what was thrown into an answer. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private outageLoggedAt = -OUTAGE_LOG_EVERY_MS;

  constructor(
    private readonly config: Config,
    private readonly logger: PinoLogger,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const error = asDomainError(thrown);
    this.log(error.code, thrown, request);
    if (reply.sent || reply.raw.headersSent) {
      // Too late for another status: the caller must see that the answer broke off.
      reply.raw.destroy();
      return;
    }
    const { status, headers, body } = problemOf(error, request.id, this.config.docsBase);
    reply.problemCode = error.code;
    // As bytes: to a text Fastify would add a charset, which application/problem+json does not have.
    void reply
      .code(status)
      .headers(headers)
      .send(Buffer.from(JSON.stringify(body)));
  }

  private log(code: ErrorCode, thrown: unknown, request: FastifyRequest): void {
    const err = thrown instanceof Error ? thrown : new Error('something that is no Error was thrown');
    if (code === 'internal.error') {
      logEvent(this.logger, 'http.request_failed', { method: request.method, route: request.routeOptions?.url, err });
    }
    if (code === 'database.unavailable' && performance.now() - this.outageLoggedAt >= OUTAGE_LOG_EVERY_MS) {
      this.outageLoggedAt = performance.now();
      logEvent(this.logger, 'database.unavailable', { err });
    }
  }
}
