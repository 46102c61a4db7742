import { beginBench, rounded, type Begun } from './begin.js';
import { stopAll, type Child } from './child.js';

/** What one run of a trial came to. */
export interface Outcome {
  /** What the bar is held against. */
  readonly ratio: number;
  readonly ours: number;
  /** What ours is compared with, in the same run; null where the bar stands by itself. */
  readonly floor: number | null;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Messages that the figures rest on. */
  readonly items: number;
  /** Further figures for the line of JSON. */
  readonly more?: Readonly<Record<string, number>>;
  /** A second condition, beside the bar; true where there is none. */
  readonly holds?: boolean;
}

/** A bench that is no race against a floor: it runs once, and holds one figure against its bar. */
export interface Trial {
  readonly name: string;
  readonly bar: number;
  /** Whether the bar is the least or the most that the ratio may be. */
  readonly passes: 'at least' | 'at most';
  readonly run: (begun: Begun) => Promise<Outcome & { readonly measured: readonly Child[] }>;
}

/** Runs a trial. The last line is the result as JSON; a missed bar is exit code 1. */
export async function runTrial({ name, bar, passes, run }: Trial): Promise<void> {
  const begun = await beginBench();
  const { smoke } = begun.environment;
  const { ratio, ours, floor, p50Ms, p99Ms, items, more = {}, holds = true, measured } = await run(begun);
  const [rss, cpu] = [measured.map(({ peakRssMb }) => peakRssMb), measured.map(({ cpuMs }) => cpuMs)];
  const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  await begun.database.close();
  await stopAll();
  const isPassed = passes === 'at least' ? ratio >= bar : ratio <= bar;
  const ok = smoke || (isPassed && holds);
  const line = {
    name,
    ours: rounded(ours, 1),
    floor: floor === null ? null : rounded(floor, 1),
    ratio: rounded(ratio, 4),
    bar,
    passes,
    ok,
    p50Ms: p50Ms === undefined ? null : rounded(p50Ms, 1),
    p99Ms: p99Ms === undefined ? null : rounded(p99Ms, 1),
    rssMb: rss.includes(null) ? null : Math.max(...known(rss)),
    cpuMsPerItem: cpu.includes(null) ? null : rounded(known(cpu).reduce((sum, ms) => sum + ms, 0) / items, 4),
    ...Object.fromEntries(Object.entries(more).map(([figure, value]) => [figure, rounded(value, 4)])),
    smoke,
    ...begun.about,
  };
  console.log(JSON.stringify(line));
  process.exitCode = ok ? 0 : 1;
}
