/** What `bin/bench NAME` runs once packages and build are there. Its standard output is the bench's alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH_DIR, benchNames } from './bench-names.mjs';
import { LOG_DIR, ROOT, STATE_DIR } from './paths.mjs';
import { PlainError, runCommand } from './run.mjs';
import { throwawaySecrets } from './secrets.mjs';
import { prepareDatabase, redisService, throwawayDatabase, withCopyOf } from './services.mjs';
import { configureStack } from './stack.mjs';

/** Production refuses whatever equals a default of development. */
const PRODUCTION = { NODE_ENV: 'production', META_APP_ID: '2000000000000002' };
/** Quotas count, and do not bind. */
const GENEROUS = { QUOTA_MESSAGES: '1000000000' };

/** Dozens of processes of the same code: their start is nothing that a bench measures. */
const COMPILE_CACHE = join(STATE_DIR, 'compile-cache');

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

/** Servers that hold what they say, with a migrated database. */
async function servers(run) {
  const secrets = throwawaySecrets();
  const database = await throwawayDatabase(run, secrets, { durable: true });
  const redis = await redisService(run, secrets, { lasting: false });
  await prepareDatabase(database);
  return { database, redis, secrets };
}

/** @returns {Promise<number>} its exit code */
async function oneBench(run, name, args, { database, redis, secrets }, logFile) {
  const { env } = await configureStack({ database, redis, secrets });
  const child = await run.spawn(name, process.execPath, ['--enable-source-maps', benchFile(name), ...args], {
    cwd: ROOT,
    env: { ...env, ...PRODUCTION, ...GENEROUS, DATABASE_URL: database.url, NODE_COMPILE_CACHE: COMPILE_CACHE, BENCH_LOG_DIR: join(LOG_DIR, run.name, name) },
    ...(logFile && { logFile }),
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** Every bench one after another, each on a fresh copy of the database; then all results once more. */
async function everyBench(run, args) {
  const { report, rest } = reportOf(args);
  const shared = await servers(run);
  const results = [];
  for (const name of benchNames()) {
    console.log(`== ${name}`);
    const logFile = join(LOG_DIR, run.name, `${name}.txt`);
    const redis = { ...shared.redis, prefix: `${shared.redis.prefix}-${name}` };
    const code = await withCopyOf(shared.database, name, (database) => oneBench(run, name, rest, { ...shared, database, redis }, logFile));
    const said = readFileSync(logFile, 'utf8');
    process.stdout.write(said);
    results.push({ name, code, result: resultOf(said) });
  }
  console.log('==');
  for (const { name, result } of results) console.log(result ? JSON.stringify(result) : `${name} has no result`);
  const missed = results.filter(({ code }) => code !== 0).map(({ name }) => name);
  console.log(missed.length === 0 ? 'Every bar is met' : `Missed: ${missed.join(', ')}`);
  if (report) writeFileSync(report, JSON.stringify(results.map(({ name, code }) => ({ name, code }))));
  return missed.length === 0 ? 0 : 1;
}

/** `--report FILE`: where the exit codes of all benches go, for whoever counts them. */
function reportOf(args) {
  const at = args.indexOf('--report');
  return at < 0 ? { rest: args } : { report: args[at + 1], rest: args.toSpliced(at, 2) };
}

/** @param {import('./run.mjs').Run} run @returns {Promise<number>} exit code */
async function main(run) {
  const [name, ...args] = process.argv.slice(2);
  if (name !== 'all') benchFile(name);
  const code = await (name === 'all' ? everyBench(run, args) : oneBench(run, name, args, await servers(run)));
  if (code === 0) run.temporary(join(LOG_DIR, run.name));
  return code;
}

await runCommand('bench', main);
