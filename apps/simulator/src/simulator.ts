import 'reflect-metadata';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { requestValidation } from './control/request-validation.js';
import { addGraphHeaders, withoutVersion } from './graph/graph-headers.js';
import { readJsonBody } from './json-body.js';
import { Identifiers } from './random/identifiers.js';
import type { SimulatorConfig } from './simulator.config.js';
import { SimulatorModule } from './simulator.module.js';

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** A simulator that listens. `app.close()` also ends the connections that were left hanging. */
export async function startSimulator({ host, port, seed }: SimulatorConfig): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    rewriteUrl: withoutVersion,
  });
  // The framework's start-up lines are of no use here, and requests are not logged: the send path has to be lean.
  const logger = new ConsoleLogger({ json: true, logLevels: ['error', 'warn'] });
  const app = await NestFactory.create<NestFastifyApplication>(SimulatorModule.forSeed(seed), adapter, { logger });
  app.useGlobalPipes(requestValidation);
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, readJsonBody);
  addGraphHeaders(app.getHttpAdapter().getInstance(), app.get(Identifiers));
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(port, host);
  return app;
}
