import { Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import type { Label } from './labels.js';
import {
  METRICS,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelArguments,
  type MetricDeclaration,
  type MetricName,
} from './metrics-table.js';

/** What one combination of label values does; which of the three it has is its metric's type. */
interface Child {
  inc?(by: number): void;
  set?(value: number): void;
  observe?(value: number): void;
}

interface Series {
  readonly labelNames: readonly string[];
  readonly labels: readonly Label[];
  /** By label values joined with a newline: prom-client would hash the labels on each call. */
  readonly children: Map<string, Child>;
  readonly seen: readonly Set<string>[];
  child(values: readonly string[]): Child;
}

const OTHER = 'other';

/** The metrics of the table: names and labels are checked by the compiler. Cheap enough for each message. */
export class Metrics {
  private readonly series: ReadonlyMap<string, Series>;

  constructor(
    metrics: ReadonlyMap<string, Metric>,
    readonly registry: Registry,
  ) {
    this.series = new Map([...metrics].map(([name, metric]) => [name, seriesOf(name as MetricName, metric)]));
  }

  /** Adds one to a counter. */
  inc<N extends CounterName>(name: N, ...labels: LabelArguments<N>): void {
    this.child(name, labels[0]).inc?.(1);
  }

  /** Adds any amount, 0 or more, to a counter. */
  add<N extends CounterName>(name: N, amount: number, ...labels: LabelArguments<N>): void {
    this.child(name, labels[0]).inc?.(amount);
  }

  set<N extends GaugeName>(name: N, value: number, ...labels: LabelArguments<N>): void {
    this.child(name, labels[0]).set?.(value);
  }

  /** Notes one value, in the unit that the metric's name ends in. */
  observe<N extends HistogramName>(name: N, value: number, ...labels: LabelArguments<N>): void {
    this.child(name, labels[0]).observe?.(value);
  }

  /** The whole registry in the format of Prometheus. */
  async render(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private child(name: MetricName, given: object | undefined): Child {
    const labels = given as Readonly<Record<string, string>> | undefined;
    const series = this.series.get(name);
    if (!series) throw new Error(`The metric ${name} is not registered`);
    let key = '';
    if (labels) for (const label of series.labelNames) key += `${labels[label]}\n`;
    return series.children.get(key) ?? addChild(series, key, labels ?? {});
  }
}

/** Metrics outside of Nest, in a registry of their own: for specs and scripts. */
export function createMetrics(registry = new Registry()): Metrics {
  const metrics = new Map<string, Metric>();
  for (const name of metricNames()) {
    const { type, options } = metricOptions(name);
    const registers = [registry];
    if (type === 'counter') metrics.set(name, new Counter({ ...options, registers }));
    else if (type === 'gauge') metrics.set(name, new Gauge({ ...options, registers }));
    else metrics.set(name, new Histogram({ ...options, registers }));
  }
  return new Metrics(metrics, registry);
}

export function metricNames(): readonly MetricName[] {
  return Object.keys(METRICS) as MetricName[];
}

/** A declaration in prom-client's terms. */
export function metricOptions(name: MetricName): {
  readonly type: MetricDeclaration['type'];
  readonly options: { name: string; help: string; labelNames: string[]; buckets?: number[] };
} {
  const { type, help, labels, buckets }: MetricDeclaration = METRICS[name];
  return { type, options: { name, help, labelNames: Object.keys(labels), ...(buckets && { buckets: [...buckets] }) } };
}

function seriesOf(name: MetricName, metric: Metric): Series {
  const declared: Readonly<Record<string, Label>> = METRICS[name].labels;
  const labelNames = Object.keys(declared);
  return {
    labelNames,
    labels: Object.values(declared),
    children: new Map(),
    seen: labelNames.map(() => new Set<string>()),
    child: (values) => (values.length > 0 ? (metric as Counter).labels(...values) : (metric as unknown as Child)),
  };
}

function addChild(series: Series, key: string, labels: Readonly<Record<string, string>>): Child {
  const values = series.labelNames.map((name, at) => allowed(series, at, labels[name] ?? OTHER));
  const child = series.child(values);
  // What was folded into `other` is not kept under its own name: those names may be without end.
  if (series.labelNames.every((name, at) => labels[name] === values[at])) series.children.set(key, child);
  return child;
}

/** Sets are closed at compile time; those of another catalogue are held to their limit here. */
function allowed({ labels, seen }: Series, at: number, value: string): string {
  const label = labels[at];
  const known = seen[at];
  if (!label || !('boundedBy' in label) || !known || known.has(value)) return value;
  if (known.size >= label.limit) return OTHER;
  known.add(value);
  return value;
}
