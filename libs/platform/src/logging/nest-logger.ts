import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/**
 * What Nest itself has to say, in our log. Its lines at info (each route, each module) are noise and left out. It is no
 * PinoLogger, since nestjs-pino takes the first one of a process for all.
 */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: () => {},
    warn: (message: unknown, ...rest: unknown[]) => logger.warn({ context: contextOf(rest) }, String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error({ context: contextOf(rest) }, String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal({ context: contextOf(rest) }, String(message)),
  };
}

/** Nest hands its own name over as the last parameter, behind a stack where there is one. */
function contextOf(rest: readonly unknown[]): unknown {
  return rest.at(-1);
}
