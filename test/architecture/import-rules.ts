/**
 * Who may import what: the one table behind test/architecture.spec.ts and eslint.config.mjs. Node reads it as it stands
 * (types are stripped), so it must stay free of imports and of syntax that has to be compiled.
 */

/** The libs, and for each the libs that it may import. An app may import all of them. */
export const LIB_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  platform: ['domain'],
  data: ['domain', 'platform'],
  queue: ['domain', 'platform'],
  graph: ['domain', 'platform'],
  cache: ['domain', 'platform'],
  http: ['domain', 'platform'],
  storage: ['domain', 'platform'],
  alerts: ['domain', 'platform', 'http'],
  limits: ['domain', 'platform', 'data'],
  // http: access tokens may come from a service of the operator's.
  messaging: ['domain', 'platform', 'data', 'limits', 'cache', 'queue', 'http'],
};

/** Packages that speak to the outside, and the only folders of the product that may import them. */
export const PACKAGE_PLACES: readonly { readonly package: RegExp; readonly folders: readonly string[] }[] = [
  { package: /^(pg|@prisma\/[^/]+)(\/|$)/, folders: ['libs/data'] },
  { package: /^(bullmq|@nestjs\/bullmq)(\/|$)/, folders: ['libs/queue'] },
  {
    package: /^(ioredis|redis)(\/|$)/,
    folders: ['libs/queue', 'libs/limits', 'libs/cache', 'apps/api/src/health', 'apps/worker/src/health'],
  },
  { package: /^undici(\/|$)/, folders: ['libs/graph', 'libs/http'] },
  { package: /^nodemailer(\/|$)/, folders: ['libs/alerts'] },
  { package: /^rabbitmq-client(\/|$)/, folders: ['libs/queue'] },
  // Function by function (date-fns/format): the whole of it takes a second and 200 MB to load.
  { package: /^date-fns$/, folders: [] },
  { package: /^(flydrive|@aws-sdk\/[^/]+)(\/|$)/, folders: ['libs/storage'] },
];

/** Packages that libs/domain may import, all pure: it knows neither framework nor I/O. Its specs may use fast-check and ajv. */
export const DOMAIN_PACKAGES = /^(libphonenumber-js|lossless-json|ipaddr\.js|rfc6902|@date-fns\/tz|date-fns\/\w+)(\/|$)/;
export const DOMAIN_SPEC_PACKAGES = /^(fast-check|ajv)(\/|$)/;

/** The only folder of the product that may read the environment. */
export const ENVIRONMENT_FOLDER = 'libs/platform/src/config';

/** What ships and runs in production. The simulator stands in Meta's place and is free in its choice of packages. */
export const PRODUCT_FOLDERS = ['libs', 'apps/api', 'apps/worker'] as const;

/** The applications; none imports another. */
export const APPS = ['api', 'worker', 'simulator', 'cli'] as const;

/** The one inside of a lib that tests may enter: Prisma's client as it was generated, to show what the lib guards it from. */
export const OPEN_TO_TESTS = 'libs/data/src/generated/';

/** Tools around the product, which the product must not import. */
export const TOOL_FOLDERS = ['prisma', 'bench', 'test'] as const;
