/** What `bin/chaos` runs once packages and build are there: test/chaos/main.ts, as it stands. */
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { runCommand } from './run.mjs';

const RUN = [
  '--experimental-transform-types',
  '--disable-warning=ExperimentalWarning',
  '--import',
  join(ROOT, 'test', 'support', 'typescript-hook.mjs'),
  join(ROOT, 'test', 'chaos', 'main.ts'),
];

/** @param {import('./run.mjs').Run} run @returns {Promise<number>} exit code */
async function main(run) {
  const child = await run.spawn('chaos', process.execPath, [...RUN, ...process.argv.slice(2)], { cwd: ROOT });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

await runCommand('chaos', main);
