import { ValidationPipe, type Type, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config, installRequestHooks, Metrics, nestLogger, ShutdownSteps, VALIDATION_OPTIONS } from '@parley/platform';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { serveDocs } from './docs/serve-docs.js';
import { installBodyParser } from './http/body-parser.js';
import { closeServer } from './http/close-server.js';
import { serverOptions } from './http/server-options.js';
import { installUploads } from './media/install-uploads.js';

/** Outside of the prefix: their addresses are entered elsewhere and must not move with a version. */
const UNPREFIXED = ['webhooks/{*path}', 'health', 'health/live', 'health/ready', 'docs/{*path}'];
/** They log an event of their own, or would drown the others. */
const QUIET_ROUTES: ReadonlySet<string> = new Set([
  '/webhooks/whatsapp',
  '/webhooks/whatsapp/:appId',
  '/health',
  '/health/live',
  '/health/ready',
]);

/** They take up to 1,000 messages, or 10,000 recipients or consents, in one body. */
const BATCH_ROUTES = ['messages/batch', 'messages/validate', 'campaigns/:id/recipients', 'consents/import'];

/** Makes the application of a module, ready for `listen` or `init`. Tests make theirs by the same way. */
export async function createApp(
  module: Type | DynamicModule,
  config: Config,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    // Middleware runs for every request; we have none.
    new FastifyAdapter({ ...serverOptions(config), skipMiddie: true }),
    { bodyParser: false, abortOnError: false, logger: nestLogger(logger) },
  );
  configureApp(app, logger);
  return app;
}

/** Everything that all routes share: bodies, hooks, prefix, validation, documentation, and how intake ends. */
function configureApp(app: NestFastifyApplication, logger: Logger): void {
  const config = app.get(Config);
  const shutdown = app.get(ShutdownSteps);
  // Nest types the instance by its own copy of Fastify's generics.
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

  fastify.decorateRequest('caller', null);
  installRequestHooks(fastify, {
    logger,
    metrics: app.get(Metrics, { strict: false }),
    quietRoutes: QUIET_ROUTES,
    isShuttingDown: () => shutdown.isShuttingDown,
  });
  installBodyParser(fastify, {
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    webhookBodyLimitBytes: config.WEBHOOK_BODY_LIMIT_BYTES,
    batchRoutes: new Set(BATCH_ROUTES.map((route) => `/${config.API_PREFIX}/${route}`)),
    batchBodyLimitBytes: config.BATCH_BODY_LIMIT_BYTES,
  });
  installUploads(fastify);
  app.setGlobalPrefix(config.API_PREFIX, { exclude: UNPREFIXED });
  app.useGlobalPipes(new ValidationPipe(VALIDATION_OPTIONS));
  serveDocs(app, config);
  shutdown.add('stop-intake', 'http', () => closeServer(fastify.server));
}
