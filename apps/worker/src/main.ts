import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, genReqId, loadConfig, logEvent, ShutdownSteps, shutdownOnSignals } from '@parley/platform';
import { Logger } from 'nestjs-pino';
import { armFailpoint } from './outbound/failpoint.js';
import { WorkerModule } from './worker.module.js';

const config = loadConfig();
const logger = createLogger('worker', config);

try {
  armFailpoint(config.FAILPOINT);
  const adapter = new FastifyAdapter({ genReqId, requestIdHeader: false, return503OnClosing: false, skipMiddie: true });
  const app = await NestFactory.create<NestFastifyApplication>(WorkerModule.forRoot(config, logger), adapter, { bufferLogs: true });
  app.useLogger(app.get(Logger));
  shutdownOnSignals(app, app.get(ShutdownSteps));
  await app.listen(config.WORKER_PORT, config.HOST);
  logEvent(logger, 'process.started', { url: await app.getUrl() });
} catch (error) {
  const err = error instanceof Error ? error : new Error(String(error));
  logEvent(logger, 'process.failed', { err });
  logger.flush();
  process.exit(1);
}
