import { randomInt } from 'node:crypto';

const MAX_SEED = 2 ** 31 - 1;

/** Where the simulator listens and what its chances derive from. */
export interface SimulatorConfig {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
}

/**
 * Reads SIMULATOR_PORT (4000), HOST (127.0.0.1) and SIMULATOR_SEED.
 * Without a seed one is drawn: a restarted simulator must not repeat the ids that a kept database already knows.
 * @throws Error naming each variable that is not a whole number in range
 */
export function readConfig(env: Record<string, string | undefined>): SimulatorConfig {
  const problems: string[] = [];
  const port = wholeNumber(env, 'SIMULATOR_PORT', 65_535, problems) ?? 4000;
  const seed = wholeNumber(env, 'SIMULATOR_SEED', MAX_SEED, problems) ?? randomInt(MAX_SEED);
  if (problems.length > 0) throw new Error(`The simulator cannot start: ${problems.join('; ')}`);
  return { host: env['HOST'] || '127.0.0.1', port, seed };
}

function wholeNumber(
  env: Record<string, string | undefined>,
  name: string,
  max: number,
  problems: string[],
): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  problems.push(`${name} must be a whole number from 0 to ${max}`);
  return undefined;
}
