import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALERT_KINDS } from '@parley/domain';
import { METRICS, type MetricDeclaration } from '@parley/platform';
import { parse } from 'yaml';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly whatToDo: string; readonly runbook_url: string };
}

const ROOT = process.cwd();
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { groups } = parse(read('deploy/prometheus/parley.rules.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const guide = read('docs/guides/alerts.md');
const metrics: Readonly<Record<string, MetricDeclaration>> = METRICS;

/** Metrics of an expression with the labels that it filters by: `name{label="value"}`. */
function selectors(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b([a-z]+(?:_[a-z]+)+)\b(?:\{([^}]*)\})?(?=[\s[)]|$)/g)]
    .map(([, name = '', labels = '']) => ({ name: name.replace(/_bucket$/, ''), labels: [...labels.matchAll(/(\w+)=/g)].map(([, label = '']) => label) }))
    .filter(({ name }) => name !== 'histogram_quantile');
}

describe('the rules for Prometheus', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s reads metrics and labels that there are, and says what to do', (_, { expr, labels, annotations }) => {
    const read = selectors(expr);
    expect(read.length).toBeGreaterThan(0);
    for (const { name, labels: filtered } of read) {
      expect(Object.keys(metrics)).toContain(name);
      expect(Object.keys(metrics[name]!.labels)).toEqual(expect.arrayContaining(filtered));
    }
    expect(['warning', 'critical']).toContain(labels.severity);
    expect([annotations.summary, annotations.whatToDo].every((text) => text.length > 10)).toBe(true);
    const anchor = annotations.runbook_url.split('docs/guides/alerts.md#')[1]!;
    const headings = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
    expect(guide.includes(`<a id="${anchor}">`) || headings.includes(anchor)).toBe(true);
  });

  it('watch the figures that Parley watches, and the watch itself', () => {
    expect(rules.map(({ alert }) => alert)).toEqual(expect.arrayContaining(['ParleyNobodyWatches', 'ParleyDeadLetterGrowth', 'ParleyStuckMessages', 'ParleyQueueDepth', 'ParleyFailureRate']));
  });
});

it('the guide shows every kind of alert, with a picture of its email and Slack message', () => {
  for (const kind of [...ALERT_KINDS, 'resolved', 'digest']) {
    const picture = `docs/images/alerts/${kind}.png`;
    expect([kind, guide.includes(`../images/alerts/${kind}.png`), existsSync(join(ROOT, picture))]).toEqual([kind, true, true]);
  }
  for (const kind of ALERT_KINDS) expect(guide).toContain(`<a id="${kind}"></a>`);
});
