import { Metrics, MetricsServer, runProcess, ShutdownSteps, shutdownOnSignals } from '@parley/platform';
import type { AddressInfo } from 'node:net';
import { ApiModule } from './api.module.js';
import { createApp } from './configure-app.js';

await runProcess('api', async (config, logger) => {
  const app = await createApp(ApiModule.forRoot(config, logger), config, logger);
  const shutdown = app.get(ShutdownSteps);
  shutdownOnSignals(app, shutdown);
  // Scraped to the end: what happens during a shutdown is of interest too.
  const metrics = new MetricsServer(app.get(Metrics, { strict: false }), {
    host: config.HOST,
    port: config.API_METRICS_PORT,
  });
  shutdown.add('close-database', 'metrics', () => metrics.stop());

  await app.listen(config.API_PORT, config.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port, metricsPort: await metrics.start() };
});
