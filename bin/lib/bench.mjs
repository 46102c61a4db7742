/** What `bin/bench NAME` runs once packages and build are there. Its standard output is the bench's alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BENCH_DIR, benchNames } from './bench-names.mjs';
import { LOG_DIR, ROOT } from './paths.mjs';
import { PlainError, runCommand } from './run.mjs';
import { throwawaySecrets } from './secrets.mjs';
import { prepareDatabase, redisService, throwawayDatabase } from './services.mjs';
import { configureStack } from './stack.mjs';

const BENCH_COMMAND = fileURLToPath(import.meta.url);
/** Production refuses whatever equals a default of development. */
const PRODUCTION = { NODE_ENV: 'production', META_APP_ID: '2000000000000002' };
/** Quotas count, and do not bind. */
const GENEROUS = { QUOTA_MESSAGES: '1000000000' };

function benchFile(name) {
  const names = benchNames();
  if (!names.includes(name))
    throw new PlainError(`bin/bench wants "all" or the name of a bench: ${names.join(', ') || 'there is none'}.`);
  return join(BENCH_DIR, `${name}.js`);
}

/** The result of a bench: the last line of what it said, where that is JSON. */
function resultOf(text) {
  try {
    return JSON.parse(text.trimEnd().split('\n').at(-1));
  } catch {
    return null; // it ended before it had one
  }
}

/** Every bench, each by a command of its own with servers of its own; then all results once more. */
async function everyBench(run, args) {
  const results = [];
  for (const name of benchNames()) {
    console.log(`== ${name}`);
    const logFile = join(LOG_DIR, run.name, `${name}.txt`);
    const child = await run.spawn(name, process.execPath, [BENCH_COMMAND, name, ...args], { cwd: ROOT, logFile });
    const code = await new Promise((resolve) => child.once('exit', (exitCode) => resolve(exitCode ?? 1)));
    const said = readFileSync(logFile, 'utf8');
    process.stdout.write(said);
    results.push({ name, code, result: resultOf(said) });
  }
  console.log('==');
  for (const { name, result } of results) console.log(result ? JSON.stringify(result) : `${name} has no result`);
  const missed = results.filter(({ code }) => code !== 0).map(({ name }) => name);
  console.log(missed.length === 0 ? 'Every bar is met' : `Missed: ${missed.join(', ')}`);
  return missed.length === 0 ? 0 : 1;
}

/** @param {import('./run.mjs').Run} run @returns {Promise<number>} exit code */
async function main(run) {
  const [name, ...args] = process.argv.slice(2);
  if (name === 'all') return everyBench(run, args);
  const file = benchFile(name);
  const secrets = throwawaySecrets();
  const database = await throwawayDatabase(run, secrets, { durable: true });
  const redis = await redisService(run, secrets, { lasting: false });
  await prepareDatabase(database);
  const logDir = join(LOG_DIR, run.name);
  const { env } = await configureStack({ database, redis, secrets });
  const child = await run.spawn(name, process.execPath, ['--enable-source-maps', file, ...args], {
    cwd: ROOT,
    env: { ...env, ...PRODUCTION, ...GENEROUS, DATABASE_URL: database.url, BENCH_LOG_DIR: logDir },
  });
  const code = await new Promise((resolve) => child.once('exit', (exitCode) => resolve(exitCode ?? 1)));
  if (code === 0) run.temporary(logDir);
  return code;
}

await runCommand('bench', main);
