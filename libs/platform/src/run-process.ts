import type { Logger } from 'pino';
import { loadConfig } from './config/load-config.js';
import type { Config } from './config/config.js';
import { logEvent } from './logging/log-events.js';
import { createLogger } from './logging/logging.js';
import { scrub } from './logging/redaction.js';

/**
 * The frame of a process: configuration, logger, and an end that says why. `start` resolves with what `process.started`
 * tells (ports). A start that fails prints one sentence and exits with 1; so does an error that nobody caught.
 */
export async function runProcess(
  name: string,
  start: (config: Config, logger: Logger) => Promise<Readonly<Record<string, string | number>>>,
): Promise<void> {
  try {
    const config = loadConfig();
    const logger = createLogger(name, config);
    failOnUncaught(name, logger);
    const facts = await start(config, logger);
    logEvent(logger, 'process.started', { process: name, host: config.HOST, ...facts, node: process.version });
  } catch (error) {
    refuseToStart(name, error);
  }
}

/** One sentence for whoever started the process; the stack says nothing to them. */
function refuseToStart(name: string, error: unknown): never {
  const { message, code } = error as { message?: string; code?: string };
  process.stderr.write(`The ${name} cannot start: ${scrub(message || code || String(error))}\n`);
  process.exit(1);
}

function failOnUncaught(name: string, logger: Logger): void {
  process.on('uncaughtException', (err) => {
    logEvent(logger, 'process.failed', { process: name, err });
    logger.flush();
    process.exit(1);
  });
}
