/** What `bin/test` runs once packages and build are there. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { chromium } from './chromium.mjs';
import { coverageGates } from './coverage-gates.mjs';
import { LOG_DIR, ROOT, STATE_DIR } from './paths.mjs';
import { systemBinDir } from './postgres.mjs';
import { PlainError, runCommand } from './run.mjs';
import { forgetSuites, gatherSuites } from './suites.mjs';
import { startTestDatabase, startTestRedis } from './test-services.mjs';

const KINDS = ['unit', 'medium', 'contract', 'browser', 'e2e'];
const RESULT_DIR = join(STATE_DIR, 'test');
const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
/** What must hold on the oldest PostgreSQL that we support as well: isolation, claims, the order of ids. */
const OLDEST = { major: 15, pattern: '(rls|claim|uuid)[^/]*\\.medium-spec\\.ts$' };

/** Specs that run nothing of the product, or prove what others have covered. */
const AROUND = /\/(apps\/(simulator|cli)\/src|bench)\/|\/test\/medium\/(simulator|cli)[^/]*$/;

/** These specs wait for servers half of the time: one process more than there are cores. */
const WORKERS = availableParallelism() + 1;

const count = { passed: 0, failed: 0 };
const say = (text) => console.error(`\n== ${text}`);

/** Runs a program in this terminal. @returns {Promise<number>} its exit code */
async function runProgram(run, name, command, args, env = {}) {
  const child = await run.spawn(name, command, args, { cwd: ROOT, env: { ...process.env, ...env }, graceMs: 10_000 });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** A script of package.json that passes or fails as a whole. */
async function script(run, name) {
  say(name);
  if ((await runProgram(run, name, 'npm', ['run', '--silent', name])) !== 0) fail(`${name} failed`);
}

function fail(reason) {
  count.failed += 1;
  console.error(`FAILED: ${reason}`);
}

/**
 * Runs Jest and adds up what it reports. A suite that could not be loaded counts as a failed test, and so does a
 * skipped one in a full run: nothing is skipped here.
 */
async function jest(run, title, args, { env, complete }) {
  say(title);
  const resultFile = join(RESULT_DIR, `${run.name}-${title.replaceAll(/\W+/g, '-')}.json`);
  const code = await runProgram(
    run,
    'jest',
    process.execPath,
    [...JEST, '--json', `--outputFile=${resultFile}`, '--passWithNoTests', ...args],
    env,
  );
  if (!existsSync(resultFile)) return fail(`${title}: Jest ended with ${code} and no result`);
  const result = JSON.parse(readFileSync(resultFile, 'utf8'));
  rmSync(resultFile);
  const skipped = complete ? result.numPendingTests + result.numTodoTests : 0;
  if (skipped > 0) console.error(`${title}: ${skipped} skipped tests count as failed`);
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + skipped;
  count.passed += result.numPassedTests;
  count.failed += failed;
  if (code !== 0 && failed === 0) fail(`${title}: Jest ended with ${code}`);
}

/** The specs of OLDEST.pattern once more, on the machine's own PostgreSQL. */
async function onOldestPostgres(run, redis) {
  if (systemBinDir(OLDEST.major) === null) {
    console.error(
      `\n!! PostgreSQL ${OLDEST.major} is not installed on this machine: the specs for it did NOT run (Debian: apt-get install postgresql-${OLDEST.major}).`,
    );
    return;
  }
  const database = await startTestDatabase(run, { major: OLDEST.major });
  const args = ['--selectProjects', 'medium', '--testPathPatterns', OLDEST.pattern];
  await jest(run, `medium tests on PostgreSQL ${OLDEST.major}`, args, {
    env: { ...database, ...redis },
    complete: true,
  });
}

/** The phone in a real browser, one page at a time. What cannot be had is said loudly, and is no failure of the code. */
async function browserTests(run) {
  const { path, reason } = chromium();
  if (path === null) return console.error(`\n!! The browser tests did NOT run. ${reason}`);
  await jest(run, 'browser tests', ['--selectProjects', 'browser', '--runInBand'], {
    env: { TEST_CHROMIUM: path },
    complete: true,
  });
}

/** Every bench once, for a few seconds and without its bar: that they run, and that what they count is there. */
async function smokeBenches(run) {
  say('benches, smoke');
  const report = join(RESULT_DIR, `${run.name}-benches.json`);
  const code = await runProgram(run, 'benches', process.execPath, ['bin/lib/bench.mjs', 'all', '--smoke', '--report', report]);
  if (!existsSync(report)) return fail(`bin/bench all --smoke ended with ${code} and no result`);
  for (const bench of JSON.parse(readFileSync(report, 'utf8'))) {
    if (bench.code === 0) count.passed += 1;
    else fail(`bin/bench ${bench.name} --smoke ended with ${bench.code}`);
  }
  rmSync(report);
}

async function everything(run) {
  const redis = await startTestRedis(run);
  const database = await startTestDatabase(run);
  const env = { ...database, ...redis };
  rmSync(join(ROOT, 'coverage'), { recursive: true, force: true });
  // Counting costs: what stands around the product runs without it.
  const coverage = ['--coverage', '--coverageReporters', 'json'];
  const ofProduct = (path) => !AROUND.test(path);
  const isAround = (path) => AROUND.test(path);
  await gathered(run, 'product', env, { unit: 12, medium: 14, among: ofProduct }, coverage);
  // The e2e tests run one by one and mostly wait for processes: what needs no quiet runs beside them.
  await Promise.all([
    jest(run, 'e2e tests', ['--selectProjects', 'e2e', '--runInBand'], { env, complete: true }),
    (async () => {
      await gathered(run, 'tools', env, { unit: 4, medium: 6, among: isAround, workers: 1 }, []);
      await jest(run, 'contract tests', ['--selectProjects', 'contract', '--maxWorkers', '1'], { env, complete: true });
      await script(run, 'lint');
      await script(run, 'types');
      await onOldestPostgres(run, redis);
      await browserTests(run);
      await smokeBenches(run);
    })(),
  ]);
  say('coverage');
  for (const problem of coverageGates()) fail(problem);
}

/** Unit and medium specs of the product or of its tools, in suites. One that could not be loaded counts as a failure. */
async function gathered(run, what, env, { unit, medium, among, workers = WORKERS }, args) {
  const name = `${run.name}-${what}`;
  const files = [
    ...gatherSuites('medium', name, { count: medium, among }),
    ...gatherSuites('unit', name, { count: unit, among }),
  ];
  const kinds = ['--selectProjects', 'unit', 'medium', '--maxWorkers', String(workers)];
  await jest(run, `unit and medium tests of the ${what}`, [...kinds, ...args, '--runTestsByPath', ...files], {
    env: { ...env, PARLEY_SUITES: 'gathered' },
    complete: true,
  });
  forgetSuites(files);
}

async function oneKind(run, kind, args) {
  if (kind === 'browser') return oneBrowserRun(run, args);
  const major = process.env.PARLEY_PG ? Number(process.env.PARLEY_PG) : undefined;
  const redis = kind === 'unit' ? {} : await startTestRedis(run);
  const database = kind === 'unit' ? {} : await startTestDatabase(run, { major });
  const inBand = kind === 'e2e' ? ['--runInBand'] : [];
  await jest(run, `${kind} tests`, [...args, '--selectProjects', kind, ...inBand], {
    env: { ...database, ...redis },
    complete: false,
  });
  if (kind === 'medium' && major === undefined && args.length === 0) await onOldestPostgres(run, redis);
}

async function oneBrowserRun(run, args) {
  const { path, reason } = chromium();
  if (path === null) throw new PlainError(reason);
  await jest(run, 'browser tests', [...args, '--selectProjects', 'browser', '--runInBand'], {
    env: { TEST_CHROMIUM: path },
    complete: false,
  });
}

/** @param {import('./run.mjs').Run} run @returns {Promise<number>} exit code */
async function main(run) {
  const [kind, ...args] = process.argv.slice(2);
  if (kind !== undefined && !KINDS.includes(kind))
    throw new PlainError(`bin/test knows ${KINDS.join(', ')}, not ${kind}.`);
  mkdirSync(RESULT_DIR, { recursive: true });
  const started = Date.now();
  await (kind === undefined ? everything(run) : oneKind(run, kind, args));
  if (kind === undefined && count.passed === 0) fail('no test ran');
  if (count.failed === 0) run.temporary(join(LOG_DIR, run.name)); // the servers' logs are worth keeping after a failure only
  console.error(`\nTook ${((Date.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

await runCommand('test', main);
