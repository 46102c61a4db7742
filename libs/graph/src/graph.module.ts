import { Module } from '@nestjs/common';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { GraphHttp, type ObserveGraph } from './graph-http.js';
import { GraphClient } from './graph.client.js';
import { readUsage } from './usage.js';

/** Provides GraphClient, with one pool of connections for the process, closed by the shutdown. */
@Module({
  providers: [
    {
      provide: GraphClient,
      useFactory: (config: Config, metrics: Metrics, shutdown: ShutdownSteps, logger: PinoLogger) => {
        const { GRAPH_URL: url, GRAPH_VERSION: version, GRAPH_CONNECTIONS: connections } = config;
        const client = new GraphClient(
          new GraphHttp(
            {
              url,
              version,
              connections,
              connectTimeoutMs: config.GRAPH_CONNECT_TIMEOUT_MS,
              readTimeoutMs: config.GRAPH_READ_TIMEOUT_MS,
              mediaHosts: config.GRAPH_MEDIA_HOSTS,
            },
            observeGraph(metrics),
          ),
        );
        // Sends are jobs: by now they are over.
        shutdown.add('close-redis', 'graph-connections', () => client.close());
        logEvent(logger, 'whatsapp.client.initialized', { url, version, connections });
        return client;
      },
      inject: [Config, Metrics, ShutdownSteps, PinoLogger],
    },
  ],
  exports: [GraphClient],
})
export class GraphModule {}

/** Every exchange counts, also one that got no answer: it took its time too. */
export function observeGraph(metrics: Metrics): ObserveGraph {
  return ({ endpoint, method, seconds, headers }) => {
    const named = endpoint === 'debug_token' || endpoint === 'ping' ? 'other' : endpoint;
    metrics.observe('whatsapp_api_latency_seconds', seconds, { endpoint: named, method });
    const usage = headers && readUsage(headers);
    if (usage?.appPercent !== undefined) metrics.observe('whatsapp_api_usage_percent', usage.appPercent, APP);
    if (usage?.accountPercent !== undefined)
      metrics.observe('whatsapp_api_usage_percent', usage.accountPercent, ACCOUNT);
  };
}

const APP = { limit: 'app' } as const;
const ACCOUNT = { limit: 'account' } as const;
