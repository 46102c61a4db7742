import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { Config } from './config.js';
import { alertProblems, brokerProblems, jwtSettings, productionProblems, storageProblems, tenantServiceProblems } from './rules.js';
import { declaredVariables, PARSES_WELL } from './variable.js';

/** Lists every variable that is wrong, each with what is wanted, none with its value. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads and checks the whole environment: the only place that does.
 * @throws ConfigInvalid with all problems at once.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given: Record<string, string> = {};
  for (const { name, default: fallback } of declaredVariables()) {
    const value = env[name]?.trim() || fallback;
    if (value !== undefined) given[name] = value;
  }
  const config = plainToInstance(Config, given);
  const problems = validateSync(config).map(problemOf);
  // What depends on several variables is only worth saying once each of them can be read.
  if (problems.length === 0) {
    problems.push(...jwtSettings(config).problems, ...storageProblems(config), ...brokerProblems(config), ...tenantServiceProblems(config), ...alertProblems(config), ...productionProblems(config, given));
  }
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return Object.freeze(config);
}

function problemOf({ constraints = {} }: ValidationError): string {
  return constraints[PARSES_WELL] ?? Object.values(constraints).join('; ');
}
