import { basename } from 'node:path';

/** What a file may be, said by its suffix. An entity, or a class named for what it does, has none. */
const ROLES = [
  ...[
    'controller',
    'service',
    'processor',
    'repository',
    'module',
    'dto',
    'query',
    'view',
    'job',
    'filter',
    'guard',
    'decorators',
  ],
  ...['client', 'store', 'config', 'reference', 'lua', 'floor', 'spec', 'medium-spec', 'e2e-spec', 'browser-spec'],
];

/** Files whose contents say what they are: where the first matches, the name must end so, and the other way round. */
const TELLTALES: readonly { readonly code: RegExp; readonly role: string }[] = [
  { code: /^@Controller\(/m, role: 'controller' },
  { code: /^@Module\(/m, role: 'module' },
  { code: /^@Catch\(/m, role: 'filter' },
  { code: /\bimplements CanActivate\b/, role: 'guard' },
  { code: /\bextends JobProcessor\b/, role: 'processor' },
];

const KEBAB = '[a-z0-9]+(?:-[a-z0-9]+)*';
const NAME = new RegExp(`^${KEBAB}((?:\\.${KEBAB})*)\\.(?:ts|mjs)$`);
const SAYS_NOTHING = /(?:^|[-.])(?:helpers?|utils?|common|managers?|impl|misc|shared)(?:[-.]|$)/;

/** What is wrong with the name of a source file; its text is asked for only where it is needed. */
export function nameProblems(path: string, read: () => string): string[] {
  if (!/^(?:apps|libs|prisma|bench|bin|test)\/.*\.(?:ts|mjs)$/.test(path) || path.includes('/generated/')) return [];
  const name = basename(path);
  const [, suffixes] = NAME.exec(name) ?? [];
  if (suffixes === undefined) return [`${path}: not in kebab-case`];
  const roles = suffixes.split('.').filter(Boolean);
  const unknown = roles.filter((role) => !ROLES.includes(role)).map((role) => `${path}: .${role} is no role`);
  const empty = SAYS_NOTHING.test(name) ? [`${path}: the name does not say what it does`] : [];
  return [...unknown, ...empty, ...roleProblems(path, roles, read)];
}

function roleProblems(path: string, roles: readonly string[], read: () => string): string[] {
  const isProduct = /^(?:apps|libs)\//.test(path) && !roles.some((role) => role.endsWith('spec'));
  if (!isProduct) return [];
  const text = read();
  return TELLTALES.filter(
    ({ code, role }) => code.test(text) !== roles.includes(role) && !/\babstract class JobProcessor\b/.test(text),
  ).map(({ role }) =>
    roles.includes(role) ? `${path}: holds no ${role}` : `${path}: a ${role} without the suffix .${role}`,
  );
}
