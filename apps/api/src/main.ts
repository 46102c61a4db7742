import { Config, createLogger, loadConfig, logEvent, Metrics, MetricsServer, scrub, ShutdownSteps, shutdownOnSignals } from '@parley/platform';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ApiModule } from './api.module.js';
import { createApp } from './configure-app.js';

const NAME = 'api';

async function start(config: Config, logger: Logger): Promise<void> {
  const app = await createApp(ApiModule.forRoot(config, logger), config, logger);
  const shutdown = app.get(ShutdownSteps);
  shutdownOnSignals(app, shutdown);
  // Scraped to the end: what happens during a shutdown is of interest too.
  const metrics = new MetricsServer(app.get(Metrics, { strict: false }), { host: config.HOST, port: config.API_METRICS_PORT });
  shutdown.add('close-database', 'metrics', () => metrics.stop());

  await app.listen(config.API_PORT, config.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const metricsPort = await metrics.start();
  logEvent(logger, 'process.started', { process: NAME, host: config.HOST, port, metricsPort, node: process.version });
}

/** One sentence for whoever started the process; the stack says nothing to them. */
function refuseToStart(error: unknown): never {
  const { message, code } = error as { message?: string; code?: string };
  process.stderr.write(`The ${NAME} cannot start: ${scrub(message || code || String(error))}\n`);
  process.exit(1);
}

function failOnUncaught(logger: Logger): void {
  process.on('uncaughtException', (err) => {
    logEvent(logger, 'process.failed', { process: NAME, err });
    logger.flush();
    process.exit(1);
  });
}

try {
  const config = loadConfig();
  const logger = createLogger(NAME, config);
  failOnUncaught(logger);
  await start(config, logger);
} catch (error) {
  refuseToStart(error);
}
