/**
 * Postgres and Redis for tests, as environment variables (test/support/database.ts reads them): a migrated template
 * database that every Jest worker clones. Without fsync: a test's data need not outlive the machine.
 *
 * Run as a program it serves a Jest that was started by hand: it prints the variables as one line of JSON and ends
 * everything when its standard input closes, which also happens when that Jest is killed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOG_DIR, ROOT } from './paths.mjs';
import { PlainError, runCommand } from './run.mjs';
import { throwawaySecrets } from './secrets.mjs';
import { prepareDatabase, redisService, throwawayDatabase } from './services.mjs';

/**
 * @param {import('./run.mjs').Run} run
 * @param {{major?: number}} [options] major: the system's PostgreSQL of that major version instead of the embedded one
 * @returns {Promise<Record<string, string>>}
 */
export async function startTestDatabase(run, { major } = {}) {
  if (!existsSync(join(ROOT, 'dist', 'prisma', 'migrate.js')))
    throw new PlainError('there is no build yet: run bin/test once.');
  const database = await throwawayDatabase(run, throwawaySecrets(), { durable: false, major });
  await prepareDatabase(database);
  return {
    TEST_DATABASE_URL: database.url,
    TEST_DATABASE_APP_URL: database.appUrl,
    TEST_DATABASE_SYSTEM_URL: database.systemUrl,
    TEST_DATABASE_DESCRIPTION: database.description,
  };
}

/** @param {import('./run.mjs').Run} run @returns {Promise<Record<string, string>>} */
export async function startTestRedis(run) {
  const { url, prefix } = await redisService(run, throwawaySecrets(), { lasting: false });
  return { TEST_REDIS_URL: url, TEST_REDIS_PREFIX: prefix };
}

async function serve(run) {
  const major = process.env.PARLEY_PG ? Number(process.env.PARLEY_PG) : undefined;
  const variables = { ...(await startTestDatabase(run, { major })), ...(await startTestRedis(run)) };
  console.log(JSON.stringify(variables));
  run.temporary(join(LOG_DIR, run.name));
  return new Promise((resolve) =>
    process.stdin
      .on('end', () => resolve(0))
      .on('error', () => resolve(0))
      .resume(),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runCommand('test-services', serve);
