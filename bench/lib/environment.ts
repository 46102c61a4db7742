import { parseArgs } from 'node:util';
import { loadConfig, type Config } from '@parley/platform';

/** Where a bench runs and how; `bin/bench` provides the environment. */
export interface Environment {
  /** The owner's URL: makes and empties tables. Never given to the processes that are measured. */
  readonly ownerUrl: string;
  /** The configuration of api and worker, as variables and as they read it. */
  readonly variables: NodeJS.ProcessEnv;
  readonly config: Config;
  readonly logDir: string;
  /** A few seconds, no bars: shows that the bench works. */
  readonly smoke: boolean;
  /** Undefined: as many as the bench likes. */
  readonly rounds: number | undefined;
  /** How long a bench that runs for a time does so; undefined: as long as it likes. */
  readonly seconds: number | undefined;
  /** How many rows a bench lays down that measures what stands behind; undefined: as many as it likes. */
  readonly rows: number | undefined;
  /** Where CPU profiles of the measured process go; off by default, since it costs. */
  readonly profileDir: string | undefined;
}

const LEAST_ROUNDS = 3;
const LEAST_SECONDS = 5;
const LEAST_ROWS = 1_000;

/** @throws Error that says what is missing. */
export function readEnvironment(): Environment {
  const { values } = parseArgs({
    options: {
      smoke: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      rows: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const [rounds, seconds, rows] = [
    atLeast('rounds', LEAST_ROUNDS, values.rounds),
    atLeast('seconds', LEAST_SECONDS, values.seconds),
    atLeast('rows', LEAST_ROWS, values.rows),
  ];
  const { DATABASE_URL: ownerUrl, BENCH_LOG_DIR: logDir, ...variables } = process.env;
  if (!ownerUrl || !logDir) throw new Error('Start the benches with bin/bench: it brings a database of their own');
  const config = loadConfig(variables);
  if (!config.isProduction || config.LOG_LEVEL !== 'info')
    throw new Error('The benches measure NODE_ENV=production with LOG_LEVEL=info');
  return { ownerUrl, variables, config, logDir, smoke: values.smoke, rounds, seconds, rows, profileDir: values.profile };
}

function atLeast(name: string, least: number, given: string | undefined): number | undefined {
  const value = given === undefined ? undefined : Number(given);
  if (value !== undefined && !(Number.isInteger(value) && value >= least))
    throw new Error(`--${name} must be a number from ${least} on`);
  return value;
}
