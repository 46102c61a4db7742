import { execFileSync } from 'node:child_process';
import { BenchDatabase, type Durability } from './database.js';
import { readEnvironment, type Environment } from './environment.js';

/** What every bench starts with. */
export interface Begun {
  readonly environment: Environment;
  readonly database: BenchDatabase;
  /** What the figures were measured with; part of the line of JSON. */
  readonly about: Durability & { readonly commit: string; readonly node: string; readonly postgres: string };
}

/** Refuses to go on unless a COMMIT is a promise, and prints what is measured. */
export async function beginBench(): Promise<Begun> {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => process.exit(code));
  const environment = readEnvironment();
  const database = new BenchDatabase(environment.ownerUrl, environment.config.DATABASE_SYSTEM_URL);
  const durability = await database.assertDurable();
  const about = { commit: commit(), node: process.version, postgres: await database.version(), ...durability };
  console.log(
    Object.entries(about)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · '),
  );
  return { environment, database, about };
}

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? high) + high) / 2;
}

/** The smallest value that at least this share of the values does not exceed. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The commit that is measured; with `+` where the files differ from it. */
function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return 'none'; // an unpacked archive
  }
}
