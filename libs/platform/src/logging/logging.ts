import type { Params } from 'nestjs-pino';
import { pino, stdTimeFunctions, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Config } from '../config/config.js';
import { currentContext } from '../context.js';
import { GatheredLines, type LogDestination } from './gathered-lines.js';
import { REDACTION, scrub } from './redaction.js';

/** Standard output, without waiting for it. */
export function logDestination(): LogDestination {
  return new GatheredLines(pino.destination({ dest: 1, sync: false }));
}

/** pino's options: names instead of level numbers, the running context in each line, allow-lists instead of objects. */
export function loggerOptions(service: string, config: Pick<Config, 'LOG_LEVEL'>): LoggerOptions {
  return {
    level: config.LOG_LEVEL,
    base: { service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    mixin: contextFields,
    redact: REDACTION,
    serializers: {
      req: requestFields,
      res: responseFields,
      err: errorFields,
      error: errorFields,
      // pino takes the text of an error for the message of its line.
      msg: (text: unknown) => (typeof text === 'string' ? scrub(text) : text),
    },
  };
}

/** A logger outside of Nest: for main.ts before the app stands, and for scripts. */
export function createLogger(
  service: string,
  config: Pick<Config, 'LOG_LEVEL'>,
  to: DestinationStream = logDestination(),
): Logger {
  return pino(loggerOptions(service, config), to);
}

/**
 * Options for LoggerModule of nestjs-pino. Its middleware is applied to no route: it would make a child logger for
 * every request. The context reaches each line through `mixin`, and `installRequestHooks` writes the one line per request.
 */
export function loggerModuleParams(logger: Logger): Params {
  // Unwrapped, or pino-http would put its own serializers, which copy headers, before ours.
  return { pinoHttp: { logger, wrapSerializers: false }, forRoutes: [] };
}

/** The ids of the request or job that is running. */
function contextFields(): object {
  const context = currentContext();
  if (!context) return {};
  const { requestId, tenantId, correlation } = context;
  return { requestId, ...(tenantId !== undefined && { tenantId }), ...correlation };
}

/** Neither query nor headers nor body: only what tells requests apart. */
function requestFields(request: unknown): object {
  const { id, method, url } = fieldsOf(request);
  return { id, method, path: typeof url === 'string' ? url.split('?', 1)[0] : undefined };
}

function responseFields(response: unknown): object {
  return { statusCode: fieldsOf(response)['statusCode'] };
}

/** Type, codes, text without secrets, and frames. No further properties: drivers hang rows and values on their errors. */
export function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = fieldsOf(error);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: scrub(error.message),
    ...(frames?.length ? { stack: frames.slice(0, 12).join('\n') } : {}),
    ...(error.cause instanceof Error ? { cause: errorFields(error.cause) } : {}),
  };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
