import { pageHead, table } from '../markdown.js';
import type { Label } from './labels.js';
import { METRICS, type MetricDeclaration } from './metrics-table.js';

/** docs/reference/metrics.md */
export function renderMetricsReference(): string {
  const intro =
    'Each process serves `GET /metrics` in the format of Prometheus, on a port of its own (`API_METRICS_PORT`, ' +
    '`WORKER_PORT`). Beside these there are the process metrics of prom-client. Labels take closed sets of values; what ' +
    'goes beyond a limit is counted as `other`.';
  const rows = Object.entries<MetricDeclaration>(METRICS).map(([name, { type, help, labels }]) => [
    `\`${name}\``,
    type,
    help,
    Object.entries(labels)
      .map(([label, values]) => `\`${label}\`: ${describe(values)}`)
      .join('<br>'),
  ]);
  const head = pageHead('Metrics', 'libs/platform/src/metrics/metrics-table.ts', intro);
  return `${head}\n${table(['Metric', 'Type', 'Meaning', 'Labels'], rows)}`;
}

const LONGEST_LIST = 12;

function describe(label: Label): string {
  if ('boundedBy' in label) return `${label.boundedBy}, at most ${label.limit}`;
  if (label.length > LONGEST_LIST)
    return `${label.slice(0, LONGEST_LIST).join(', ')}, and ${label.length - LONGEST_LIST} more`;
  return label.join(', ');
}
