import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, runProcess, ShutdownSteps, shutdownOnSignals } from '@parley/platform';
import type { AddressInfo } from 'node:net';
import { armFailpoint } from './outbound/failpoint.js';
import { WorkerModule } from './worker.module.js';

await runProcess('worker', async (config, logger) => {
  armFailpoint(config.FAILPOINT);
  const options = { abortOnError: false, logger: nestLogger(logger) };
  const app = await NestFactory.create<NestFastifyApplication>(WorkerModule.forRoot(config, logger), new FastifyAdapter({ skipMiddie: true }), options);
  shutdownOnSignals(app, app.get(ShutdownSteps));
  await app.listen(config.WORKER_PORT, config.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port };
});
