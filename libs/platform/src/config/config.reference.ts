import { pageHead, table } from '../markdown.js';
// For its declarations: they fill the list of variables.
import './config.js';
import { declaredVariables, VARIABLE_GROUPS, type DeclaredVariable, type VariableGroup } from './variable.js';

/** What only the migration commands read: the api and the worker must never hold the owner's credentials. */
const OWNER_URL = {
  name: 'DATABASE_URL',
  description: 'PostgreSQL as the owner of the tables (CREATEROLE, CREATEDB). Read by the commands under prisma/ only.',
} as const;

/** `.env.example`: every variable, commented out, with its default or an example. */
export function renderEnvExample(): string {
  const groups = VARIABLE_GROUPS.map((group) => [`## ${group}`, ...variablesOf(group).map(exampleLines)].join('\n\n'));
  return [
    '# What Parley reads from the environment. Generated from the class Config by `npm run reference`.\n# A line that is commented out shows the default, or an example where there is none. Empty means unset.',
    ...groups,
    `## Migrations\n\n# ${OWNER_URL.description}\n#${OWNER_URL.name}=`,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** docs/reference/config.md */
export function renderConfigReference(): string {
  const head = ['Variable', 'Default', 'Meaning'];
  const groups = VARIABLE_GROUPS.map((group) => `## ${group}\n\n${table(head, variablesOf(group).map(tableRow))}`);
  const intro =
    'The api and the worker read these environment variables once, at their start, and refuse to start when one is wrong: ' +
    'they list all that is, without the values. An empty variable counts as unset. With `NODE_ENV=production` the ' +
    'variables marked *production* must be set.';
  const migrations = `## Migrations\n\n${table(head, [[`\`${OWNER_URL.name}\``, '', OWNER_URL.description]])}`;
  return [pageHead('Configuration', 'libs/platform/src/config/config.ts', intro), ...groups, migrations].join('\n');
}

function variablesOf(group: VariableGroup): readonly DeclaredVariable[] {
  return declaredVariables().filter((variable) => variable.group === group);
}

function isNeededInProduction({ secret, setInProduction, default: fallback }: DeclaredVariable): boolean {
  return fallback !== undefined && Boolean(secret || setInProduction);
}

function exampleLines(variable: DeclaredVariable): string {
  const { name, description, default: fallback, example } = variable;
  const notes = [
    ...(fallback !== undefined && example !== undefined ? [`For example ${example}`] : []),
    ...(isNeededInProduction(variable) ? ['Must be set in production.'] : []),
  ];
  return [`# ${description}`, ...notes.map((note) => `# ${note}`), `#${name}=${fallback ?? example ?? ''}`].join('\n');
}

function tableRow(variable: DeclaredVariable): readonly string[] {
  const { name, description, default: fallback, example, minimumLengthInProduction: minimum } = variable;
  const meaning = [
    description,
    ...(example !== undefined ? [`Example: \`${example}\`.`] : []),
    ...(isNeededInProduction(variable) ? ['*production*'] : []),
    ...(minimum !== undefined ? [`At least ${minimum} characters there.`] : []),
  ];
  return [`\`${name}\``, fallback === undefined ? '' : `\`${fallback}\``, meaning.join(' ')];
}
