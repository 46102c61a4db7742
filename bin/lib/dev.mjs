/** What `bin/dev` runs once packages and build are there. With --check: see check.mjs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { DEMO, describeDemo } from './demo.mjs';
import { request } from './http.mjs';
import { DEMO_KEY_FILE, LOG_DIR, ROOT, STATE_DIR } from './paths.mjs';
import { PlainError, runCommand } from './run.mjs';
import { screen } from './screen.mjs';
import { secrets as keptSecrets } from './secrets.mjs';
import { lastingDatabase, prepareDatabase, redisService } from './services.mjs';
import { configureStack, startStack } from './stack.mjs';

const say = (text) => console.error(text);

/** @param {import('./run.mjs').Run} run */
async function dev(run) {
  const secrets = keptSecrets();
  const database = await lastingDatabase(run, secrets);
  say(`Database: ${database.description}`);
  const redis = await redisService(run, secrets, { lasting: true });
  say(`Redis: ${process.env.REDIS_URL ? 'REDIS_URL' : 'a server of its own'}`);
  const applied = await prepareDatabase(database);
  say(applied.length > 0 ? `Migrations: applied ${applied.join(', ')}` : 'Migrations: nothing to apply');
  const stack = await configureStack({ database, redis, secrets, preferUsualPorts: true, inherit: true });
  seed(database, stack);
  say('Starting simulator, api and worker');
  await startStack(run, stack, LOG_DIR);
  await describeDemo(stack, { connected: true });
  const key = readFileSync(DEMO_KEY_FILE, 'utf8').trim();
  console.log(screen(stack, key, await demoNumberId(stack, key)));
  return untilAProcessEnds(run);
}

function seed(database, stack) {
  say('Seed: the demo restaurant');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('dist', 'prisma', 'seed.js')], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...stack.env, DATABASE_URL: database.url, SEED_DEMO_KEY_FILE: DEMO_KEY_FILE },
  });
  if (status !== 0) throw new PlainError(`the seed failed:\n${stdout}${stderr}`.trimEnd());
  if (!existsSync(DEMO_KEY_FILE)) throw new PlainError(`the seed wrote no key to ${DEMO_KEY_FILE}.`);
}

/** The id that Parley gave to the demo number: sends name it. */
async function demoNumberId({ apiUrl }, key) {
  const { data } = await request('GET', `${apiUrl}/v1/numbers`, { key });
  const number = data.find(({ phoneNumberId }) => phoneNumberId === DEMO.numberId);
  if (!number) throw new PlainError('the demo tenant has no number: remove .parley/demo-api-key and start again.');
  return number.id;
}

/** Stays until Ctrl-C; a process that dies by itself ends the rest, with a word about where to look. */
async function untilAProcessEnds(run) {
  const name = await run.firstToEnd();
  throw new PlainError(`${name} ended by itself; see ${join(STATE_DIR, 'logs', `${name}.log`)}`);
}

const isCheck = process.argv.includes('--check');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--check');
if (unknown.length > 0) {
  console.error(`Parley: bin/dev knows --check only, not ${unknown.join(' ')}.`);
  process.exit(2);
}
await (isCheck ? runCommand('check', check) : runCommand('dev', dev, { single: true }));
