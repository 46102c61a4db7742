// Five kinds of tests, one runner. Which kind runs is chosen by --selectProjects (see bin/test).
const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  moduleNameMapper: {
    '^@parley/([a-z]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          experimental: { cacheRoot: '.parley/swc' },
        },
        module: { type: 'es6' },
        // Counters in our own files only: V8's coverage measures node_modules too, and takes twice the time.
        experimental: {
          customCoverageInstrumentation: {
            enabled: true,
            coverageVariable: '__coverage__',
            compact: false,
            reportLogic: false,
          },
        },
        sourceMaps: 'inline',
      },
    ],
  },
  // Nest must be linked before any CommonJS package that requires it.
  setupFiles: ['<rootDir>/test/support/setup-nest.ts'],
};

// Specs gathered by the whole run (bin/lib/suites.mjs): only it names these files.
const suites = (kind) => (process.env.PARLEY_SUITES ? [`<rootDir>/.parley/suites/${kind}-*.suite.ts`] : []);

export default {
  // For a hook or a test: a machine with other work on it starts two processes in more than the five seconds of Jest.
  testTimeout: 30_000,
  coverageDirectory: 'coverage',
  coverageProvider: 'babel',
  collectCoverageFrom: ['apps/{api,worker}/src/**/*.ts', 'libs/*/src/**/*.ts', '!**/*.spec.ts', '!**/generated/**'],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,prisma,bench}/**/*.spec.ts', '<rootDir>/test/*.spec.ts', ...suites('unit')],
    },
    {
      ...shared,
      displayName: 'medium',
      testMatch: ['<rootDir>/{test,apps,libs}/**/*.medium-spec.ts', ...suites('medium')],
      globalSetup: '<rootDir>/test/support/medium-setup.ts',
    },
    { ...shared, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/test/support/e2e-setup.ts',
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.browser-spec.ts'] },
  ],
};
