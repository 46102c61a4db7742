/** The rules of import-rules.ts as ESLint configuration, by ESLint's own rules: a second pair of eyes beside the spec. */
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import {
  APPS,
  DOMAIN_PACKAGES,
  DOMAIN_SPEC_PACKAGES,
  LIB_IMPORTS,
  OPEN_TO_TESTS,
  PACKAGE_PLACES,
  PRODUCT_FOLDERS,
  TOOL_FOLDERS,
} from './import-rules.ts';

export const SPECS = ['**/*.spec.ts', '**/*.medium-spec.ts', '**/*.e2e-spec.ts'];

const INTO_AN_ALIAS = {
  regex: '^@parley/[^/]+/',
  message: 'A lib is imported as @parley/<lib>, not by a path into it.',
};
const intoALib = (but = '(?!)') => [
  INTO_AN_ALIAS,
  { regex: `^\\.{1,2}/(.*/)?(?!${but})libs/`, message: 'A lib is imported as @parley/<lib>.' },
];
const OUT_OF_ITS_ROOM = { regex: '^\\.{1,2}/(.*/)?src/', message: 'A relative import stays inside its lib or app.' };

/** Where patterns for one file stand in several blocks the last block counts: a block always holds all of them. */
function restrictImports(files, patterns, ignores = []) {
  return { files, ignores, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

function productImports(folder) {
  const packages = PACKAGE_PLACES.filter(({ folders }) => !folders.includes(folder));
  const closed = packages.map(({ package: name, folders }) => ({
    regex: name.source,
    message: `Only ${folders.join(', ')} may import it.`,
  }));
  return [...intoALib(), OUT_OF_ITS_ROOM, ...closed];
}

function libImports(lib) {
  const allowed = LIB_IMPORTS[lib];
  const others = allowed.length === 0 ? '^@parley/' : `^@parley/(?!(${allowed.join('|')})$)`;
  const message = `libs/${lib} may import ${allowed.join(', ') || 'none of ours'}.`;
  return [...productImports(`libs/${lib}`), { regex: others, message }];
}

function onlyPackages(...packages) {
  const regex = `^(?!\\.|@parley/|${packages.map(({ source }) => source.replace(/^\^/, '')).join('|')})`;
  return { regex, message: 'libs/domain knows neither framework nor I/O.' };
}

const HEALTH_FOLDERS = ['apps/api/src/health', 'apps/worker/src/health'];
const folderBlocks = ['apps/api', 'apps/worker', ...HEALTH_FOLDERS].map((folder) =>
  restrictImports([`${folder}/**/*.ts`], productImports(folder)),
);
const libBlocks = Object.keys(LIB_IMPORTS).map((lib) => restrictImports([`libs/${lib}/**/*.ts`], libImports(lib)));

const APART = [
  ...APPS.map((app) => ({
    target: `./apps/${app}`,
    from: './apps',
    except: [`./${app}`],
    message: 'Apps never import each other.',
  })),
  { target: './libs', from: './apps', message: 'Libs never import apps.' },
];
const NO_TOOLS = {
  target: PRODUCT_FOLDERS.map((folder) => `./${folder}`),
  from: TOOL_FOLDERS.map((folder) => `./${folder}`),
  message: 'The product does not import its tools.',
};

export const importBlocks = [
  restrictImports(['apps/simulator/**/*.ts', 'prisma/**/*.ts', 'bench/**/*.ts'], intoALib()),
  restrictImports(['test/**/*.ts'], intoALib(OPEN_TO_TESTS)),
  ...folderBlocks,
  ...libBlocks,
  restrictImports(['libs/domain/**/*.ts'], [...libImports('domain'), onlyPackages(DOMAIN_PACKAGES)]),
  restrictImports(
    ['libs/domain/**/*.spec.ts'],
    [...libImports('domain'), onlyPackages(DOMAIN_PACKAGES, DOMAIN_SPEC_PACKAGES)],
  ),
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-duplicates': 'error',
      'import-x/no-restricted-paths': ['error', { zones: APART }],
    },
  },
  {
    files: PRODUCT_FOLDERS.map((folder) => `${folder}/**/*.ts`),
    ignores: SPECS,
    rules: {
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: false }],
      'import-x/no-restricted-paths': ['error', { zones: [...APART, NO_TOOLS] }],
    },
  },
];
