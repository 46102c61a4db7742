/** What `bin/bench NAME` runs once packages and build are there. Its standard output is the bench's alone. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_DIR, ROOT } from './paths.mjs';
import { PlainError, runCommand } from './run.mjs';
import { throwawaySecrets } from './secrets.mjs';
import { prepareDatabase, redisService, throwawayDatabase } from './services.mjs';
import { configureStack } from './stack.mjs';

const BENCH_DIR = join(ROOT, 'dist', 'bench');
/** Production refuses whatever equals a default of development. */
const PRODUCTION = { NODE_ENV: 'production', META_APP_ID: '2000000000000002' };

function benchFile(name) {
  const names = existsSync(BENCH_DIR)
    ? readdirSync(BENCH_DIR)
        .filter((file) => file.endsWith('.js'))
        .map((file) => file.slice(0, -'.js'.length))
    : [];
  if (!names.includes(name))
    throw new PlainError(`bin/bench wants the name of a bench: ${names.join(', ') || 'there is none'}.`);
  return join(BENCH_DIR, `${name}.js`);
}

/** @param {import('./run.mjs').Run} run @returns {Promise<number>} exit code */
async function main(run) {
  const [name, ...args] = process.argv.slice(2);
  const file = benchFile(name);
  const secrets = throwawaySecrets();
  const database = await throwawayDatabase(run, secrets, { durable: true });
  const redis = await redisService(run, secrets, { lasting: false });
  await prepareDatabase(database);
  const logDir = join(LOG_DIR, run.name);
  const { env } = await configureStack({ database, redis, secrets });
  const child = await run.spawn(name, process.execPath, ['--enable-source-maps', file, ...args], {
    cwd: ROOT,
    env: { ...env, ...PRODUCTION, DATABASE_URL: database.url, BENCH_LOG_DIR: logDir },
  });
  const code = await new Promise((resolve) => child.once('exit', (exitCode) => resolve(exitCode ?? 1)));
  if (code === 0) run.temporary(logDir);
  return code;
}

await runCommand('bench', main);
