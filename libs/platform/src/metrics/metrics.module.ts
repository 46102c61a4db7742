import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import {
  getToken,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
  PrometheusModule,
} from '@willsoto/nestjs-prometheus';
import { register, type Metric } from 'prom-client';
import { metricNames, metricOptions, Metrics } from './metrics.js';
import type { MetricName } from './metrics-table.js';

const MAKERS = { counter: makeCounterProvider, gauge: makeGaugeProvider, histogram: makeHistogramProvider };

/**
 * Provides Metrics everywhere, and each metric of the table for `@InjectMetric(name)`. The metrics are not served on
 * the port of the API: MetricsServer does that on one of its own.
 */
@Module({})
export class MetricsModule {
  static forRoot(): DynamicModule {
    const names = metricNames();
    const prometheus = PrometheusModule.register({
      global: true,
      // The registry is one per process, and tests start several apps in one.
      defaultMetrics: { enabled: register.getSingleMetric('process_cpu_seconds_total') === undefined },
    });
    return {
      module: MetricsModule,
      global: true,
      imports: [{ ...prometheus, controllers: [] }],
      providers: [...names.map(metricProvider), metricsProvider(names)],
      exports: [Metrics, ...names.map(getToken)],
    };
  }
}

function metricProvider(name: MetricName): Provider {
  const { type, options } = metricOptions(name);
  return MAKERS[type](options);
}

function metricsProvider(names: readonly MetricName[]): Provider {
  return {
    provide: Metrics,
    useFactory: (...metrics: Metric[]) => {
      const byName = names.map((name, at): [string, Metric] => [name, metrics[at] as Metric]);
      return new Metrics(new Map(byName), register);
    },
    inject: names.map(getToken),
  };
}
