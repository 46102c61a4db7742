import 'reflect-metadata';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { requestValidation } from './control/request-validation.js';
import { serveDocs } from './control/serve-docs.js';
import { FaultQueue } from './faults/fault-queue.js';
import { addPathFaults } from './faults/path-faults.js';
import { CallMeter } from './graph/call-meter.js';
import { addGraphHeaders, withoutVersion } from './graph/graph-headers.js';
import { acceptUploads } from './graph/media/accept-uploads.js';
import { readJsonBody } from './json-body.js';
import { servePhone } from './phone/serve-phone.js';
import { Identifiers } from './random/identifiers.js';
import type { SimulatorConfig } from './simulator.config.js';
import { SimulatorModule } from './simulator.module.js';
import { PublicAddress } from './state/public-address.js';

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** A simulator that listens. `app.close()` also ends the connections that were left hanging. */
export async function startSimulator({ host, port, seed }: SimulatorConfig): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    rewriteUrl: withoutVersion,
    routerOptions: { ignoreTrailingSlash: true },
  });
  // The framework's start-up lines are of no use here, and requests are not logged: the send path has to be lean.
  const logger = new ConsoleLogger({ json: true, logLevels: ['error', 'warn'] });
  const app = await NestFactory.create<NestFastifyApplication>(SimulatorModule.forSeed(seed), adapter, { logger });
  app.useGlobalPipes(requestValidation);
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, readJsonBody);
  const fastify = app.getHttpAdapter().getInstance();
  await acceptUploads(fastify);
  await servePhone(fastify);
  const address = app.get(PublicAddress);
  addGraphHeaders(fastify, { identifiers: app.get(Identifiers), meter: app.get(CallMeter), address });
  addPathFaults(fastify, app.get(FaultQueue), app.get(Identifiers));
  serveDocs(app);
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(port, host);
  address.origin = await app.getUrl();
  return app;
}
