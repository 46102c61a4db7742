/**
 * Postgres and Redis for a command: those that DATABASE_URL and REDIS_URL name, else servers of our own.
 *
 * - `bin/dev` keeps its data: a server with its data below `.parley`, or the database that DATABASE_URL names.
 * - Every other command gets a database that is thrown away at the end: on a server of its own, or, under a given
 *   DATABASE_URL, a database and runtime roles of its own names on that server.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloneDatabase, createDatabase, dropDatabase, namesFor } from './given-server.mjs';
import { LOG_DIR, ROOT, STATE_DIR } from './paths.mjs';
import { postgresStateDir, startPostgres, systemBinDir } from './postgres.mjs';
import { startRedis } from './redis.mjs';
import { PlainError } from './run.mjs';

/**
 * @typedef {object} Database
 * @property {string} url the owner's URL (DATABASE_URL)
 * @property {string} appUrl (DATABASE_APP_URL)
 * @property {string} systemUrl (DATABASE_SYSTEM_URL)
 * @property {string} [superuserUrl] only for a server of our own
 * @property {string} description for the screen
 *
 * @typedef {object} RedisService
 * @property {string} url
 * @property {string} prefix what keys begin with (REDIS_PREFIX)
 */

const withUser = (url, user, password) => Object.assign(new URL(url), { username: user, password }).href;
const withDatabase = (url, database) => Object.assign(new URL(url), { pathname: `/${database}` }).href;

function runtimeUrls(url, secrets) {
  return {
    appUrl: withUser(url, 'parley_app', secrets.postgresAppPassword),
    systemUrl: withUser(url, 'parley_system', secrets.postgresSystemPassword),
  };
}

/** The database that lasts: `bin/dev`'s. @returns {Promise<Database>} */
export async function lastingDatabase(run, secrets) {
  const { DATABASE_URL: given, DATABASE_APP_URL, DATABASE_SYSTEM_URL } = process.env;
  if (given) {
    const derived = runtimeUrls(given, secrets);
    const urls = { appUrl: DATABASE_APP_URL || derived.appUrl, systemUrl: DATABASE_SYSTEM_URL || derived.systemUrl };
    return { url: given, ...urls, description: 'DATABASE_URL' };
  }
  const dataDir = join(postgresStateDir(), 'postgres');
  const server = await startPostgres(run, { dataDir, logFile: join(LOG_DIR, 'postgres.log'), secrets, durable: true });
  return {
    ...server,
    ...runtimeUrls(server.url, secrets),
    description: `PostgreSQL ${server.version}, data in ${dataDir}`,
  };
}

/**
 * A database for one run.
 * @param {import('./run.mjs').Run} run
 * @param {Record<string, string>} secrets
 * @param {{durable: boolean, major?: number}} options durable: see startPostgres; major: the system's PostgreSQL of that
 *   major version instead of the embedded one
 * @returns {Promise<Database>}
 */
export async function throwawayDatabase(run, secrets, { durable, major }) {
  if (process.env.DATABASE_URL && major === undefined)
    return databaseOnGivenServer(run, secrets, process.env.DATABASE_URL);
  const binDir = major === undefined ? undefined : systemBinDir(major);
  if (binDir === null) throw new PlainError(`PostgreSQL ${major} is not installed on this machine.`);
  const dataDir = run.temporary(join(postgresStateDir(), 'run', `${run.name}-postgres${major ?? ''}`));
  const logFile = join(LOG_DIR, run.name, `postgres${major ?? ''}.log`);
  const server = await startPostgres(run, { dataDir, binDir, logFile, secrets, durable });
  return {
    ...server,
    ...runtimeUrls(server.url, secrets),
    description: `PostgreSQL ${server.version}, thrown away at the end`,
  };
}

async function databaseOnGivenServer(run, secrets, serverUrl) {
  const { database, app, system } = namesFor(run.name);
  run.database({ database, roles: [app, system] });
  await createDatabase(serverUrl, database);
  const url = withDatabase(serverUrl, database);
  return {
    url,
    appUrl: withUser(url, app, secrets.postgresAppPassword),
    systemUrl: withUser(url, system, secrets.postgresSystemPassword),
    description: `the database ${database} on the server of DATABASE_URL, dropped at the end`,
  };
}

/**
 * Does the work with a copy of a prepared database, which is dropped afterwards.
 * @template T
 * @param {Database} database
 * @param {string} suffix
 * @param {(copy: Database) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withCopyOf(database, suffix, work) {
  const name = await cloneDatabase(database.url, suffix.replaceAll(/[^a-z0-9]/g, '_'));
  const urls = ['url', 'appUrl', 'systemUrl'].map((member) => [member, withDatabase(database[member], name)]);
  try {
    return await work({ ...database, ...Object.fromEntries(urls) });
  } finally {
    await dropDatabase(database.url, name);
  }
}

/**
 * @param {import('./run.mjs').Run} run
 * @param {Record<string, string>} secrets
 * @param {{lasting: boolean}} options lasting: keep the plain prefix, as a restart must find its keys again
 * @returns {Promise<RedisService>}
 */
export async function redisService(run, secrets, { lasting }) {
  const prefix = lasting ? 'parley' : `parley-${run.name}`;
  if (process.env.REDIS_URL) {
    if (!lasting) run.atEnd(() => removeKeys(process.env.REDIS_URL, prefix));
    return {
      url: process.env.REDIS_URL,
      prefix: process.env.REDIS_PREFIX && lasting ? process.env.REDIS_PREFIX : prefix,
    };
  }
  const dir = lasting ? join(STATE_DIR, 'redis') : run.temporary(join(STATE_DIR, 'run', `${run.name}-redis`));
  mkdirSync(dir, { recursive: true });
  const logFile = lasting ? join(LOG_DIR, 'redis.log') : join(LOG_DIR, run.name, 'redis.log');
  const { url } = await startRedis(run, { dir, logFile, password: secrets.redisPassword });
  return { url, prefix };
}

/** Leaves nothing of a run in a Redis that is not ours. */
async function removeKeys(url, prefix) {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 }))
      if (keys.length > 0) await client.unlink(keys);
  } finally {
    client.disconnect();
  }
}

/** Runtime roles and schema, by the built prisma/bootstrap and prisma/migrate. @returns {Promise<string[]>} what was applied */
export async function prepareDatabase({ url, appUrl, systemUrl }) {
  const load = (name) => import(pathToFileURL(join(ROOT, 'dist', 'prisma', `${name}.js`)).href);
  const [{ bootstrap }, { migrate, roleOf }] = await Promise.all([load('bootstrap'), load('migrate')]);
  try {
    await bootstrap({ DATABASE_URL: url, DATABASE_APP_URL: appUrl, DATABASE_SYSTEM_URL: systemUrl });
    return await migrate(url, { roles: { app: roleOf(appUrl), system: roleOf(systemUrl) } });
  } catch (error) {
    if (['BootstrapError', 'MigrationError'].includes(error.name)) throw new PlainError(error.message);
    throw error;
  }
}
