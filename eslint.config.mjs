// Zero warnings: a rule is an error, or it is not here. Chosen to find defects; how code is laid out is Prettier's.
import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { ENVIRONMENT_FOLDER, PRODUCT_FOLDERS } from './test/architecture/import-rules.ts';
import { importBlocks, SPECS } from './test/architecture/lint-imports.mjs';

const PRODUCT = PRODUCT_FOLDERS.map((folder) => `${folder}/**/*.ts`);

const FORBIDDEN = {
  forwardRef: {
    selector: 'Identifier[name="forwardRef"]',
    message: 'A circle of providers wants a third one, not forwardRef.',
  },
  dynamicImport: { selector: 'ImportExpression', message: 'The rules of imports see static imports only.' },
  importType: { selector: 'TSImportType', message: 'Write `import type`: the rules of imports do not see this form.' },
  environment: {
    selector: 'MemberExpression[object.name="process"]:matches([property.name="env"], [property.value="env"])',
    message: `Only ${ENVIRONMENT_FOLDER} reads the environment: inject Config.`,
  },
  environmentImport: {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/]',
    message: 'Use the global `process`.',
  },
  onlyOrSkip: {
    selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo|failing)$/]',
    message: 'No test is skipped.',
  },
  xOrF: {
    selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
    message: 'No test is skipped.',
  },
};
/** Addresses that tenants give go through the guarded fetch, Meta's through the Graph client. */
const NO_OTHER_WAY_OUT = {
  'no-restricted-globals': [
    'error',
    ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({
      name,
      message: 'Use GuardedFetch of libs/http, or the GraphClient.',
    })),
  ],
};
const forbid = (...names) => ({ 'no-restricted-syntax': ['error', ...names.map((name) => FORBIDDEN[name])] });
const IN_PRODUCT = ['forwardRef', 'dynamicImport', 'importType', 'environmentImport'];

/** Held in every language that is spoken here. */
const everywhere = {
  ...js.configs.recommended.rules,
  'array-callback-return': 'error',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-constructor-return': 'error',
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unreachable-loop': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
};

/** A name that begins with _ says that it is not used, and a rest without some names is how those are left out. */
const unused = [
  'error',
  { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
];

/** What TypeScript's types let one find beyond tsc, and what of the preset is taste. */
const withTypes = {
  '@typescript-eslint/no-unused-vars': unused,
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/only-throw-error': 'error',
  // What stands in its place, Error.isError, is not in the library of es2024 yet.
  '@typescript-eslint/no-deprecated': [
    'error',
    { allow: [{ from: 'package', name: 'isNativeError', package: '@types/node' }] },
  ],
  '@typescript-eslint/no-unnecessary-type-assertion': 'off',
  '@typescript-eslint/no-base-to-string': 'off',
  '@typescript-eslint/require-await': 'off', // a port may be asynchronous where one of its sides is not
};

/** Specs may be long, and may put anything where they expect a refusal. */
const inTests = {
  'max-lines': 'off',
  'max-lines-per-function': 'off',
  'no-restricted-globals': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/only-throw-error': 'off',
  '@typescript-eslint/prefer-promise-reject-errors': 'off',
  '@typescript-eslint/restrict-template-expressions': 'off',
  '@typescript-eslint/unbound-method': 'off',
  ...forbid('forwardRef', 'onlyOrSkip', 'xOrF'),
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.parley/', 'libs/data/src/generated/', 'test/architecture-fixture/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: globals.nodeBuiltin },
    rules: { ...everywhere, 'no-unused-vars': unused },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...everywhere,
      'no-undef': 'off',
      'no-unused-vars': 'off',
      ...withTypes,
      ...forbid('forwardRef', 'importType'),
    },
  },
  { files: PRODUCT, rules: { 'no-console': 'error', ...NO_OTHER_WAY_OUT, ...forbid(...IN_PRODUCT, 'environment') } },
  { files: [`${ENVIRONMENT_FOLDER}/**/*.ts`], rules: forbid(...IN_PRODUCT) },
  // One declaration, of every variable: cut in two it would be harder to read.
  { files: [`${ENVIRONMENT_FOLDER}/config.ts`], rules: { 'max-lines': 'off' } },
  { files: [...SPECS, 'test/**/*.ts'], rules: inTests },
  ...importBlocks,
);
