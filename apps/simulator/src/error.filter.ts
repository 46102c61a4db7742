import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ControlProblem } from './control/control-problem.js';
import { GraphError } from './graph/graph-error.js';
import { Identifiers } from './random/identifiers.js';

/** Writes every error: as Graph's envelope, or as a problem under /control. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Simulator');

  constructor(private readonly identifiers: Identifiers) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    if (isControl(request.url)) return this.writeProblem(error, reply);
    const graphError = this.toGraphError(error, request);
    if (graphError.httpStatus === 401) {
      void reply.header('www-authenticate', `OAuth "Facebook Platform" "invalid_token" "${graphError.message}"`);
    }
    void reply.status(graphError.httpStatus).send(graphError.toEnvelope(this.identifiers.trace()));
  }

  private writeProblem(error: unknown, reply: FastifyReply): void {
    const problem = this.toProblem(error);
    void reply.status(problem.status).type('application/problem+json').send(problem.toProblem());
  }

  private toProblem(error: unknown): ControlProblem {
    if (error instanceof ControlProblem) return error;
    const status = statusOf(error);
    if (status === 404)
      return new ControlProblem(404, 'route.not_found', 'See apps/simulator/README.md for the control API.');
    if (status < 500) return new ControlProblem(status, 'request.invalid', messageOf(error));
    this.logger.error(error);
    return new ControlProblem(500, 'simulator.failed', 'The simulator itself failed; its log says why.');
  }

  private toGraphError(error: unknown, request: FastifyRequest): GraphError {
    if (error instanceof GraphError) return error;
    const status = statusOf(error);
    if (status === 404) {
      return new GraphError(2500, { message: `Unknown path components: ${request.url.split('?', 1)[0]}` });
    }
    if (status < 500) return new GraphError(100, { message: `(#100) ${messageOf(error)}` });
    this.logger.error(error);
    return new GraphError(1, { message: 'An unknown error occurred', httpStatus: 500 });
  }
}

/** Whether a path belongs to the control API, and so not to Graph. */
export function isControl(url: string): boolean {
  return /^\/control(?:[/?]|$)/.test(url);
}

/** Fastify's own errors (broken JSON, too large a body) carry `statusCode`, Nest's are HttpExceptions. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The request cannot be read.';
}
