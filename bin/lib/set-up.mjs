/**
 * Brings packages, Prisma client and build up to date, and does nothing for what is. Called by node.sh under a lock,
 * before any package may be there: Node's own modules only.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STATE_DIR = '.parley';
const GENERATED = join('libs', 'data', 'src', 'generated');
const BUILD_INPUTS = [
  'apps',
  'libs',
  'prisma',
  'bench',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];

/** Whether node_modules holds what the lock file asks for (a half-done `npm ci` leaves no inner lock file). */
function packagesMatch() {
  const installedLock = join('node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    if (installed[path] === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return installed[path].version === entry.version && installed[path].integrity === entry.integrity;
  });
}

/** Every file below the paths that the build reads; specs and generated code are not inputs. */
function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) return void (yield path);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) {
      if (child !== GENERATED) yield* filesBelow(child);
    } else if (!/spec\.ts$/.test(entry.name)) yield child;
  }
}

/** @param {string[]} paths */
function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths.flatMap((each) => [...filesBelow(each)]).sort()) {
    hash.update(`\0${path}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Runs `work` unless `inputs` are the same as when it last succeeded and `output` is there. */
function whenChanged(name, inputs, output, work) {
  const stamp = join(STATE_DIR, 'stamps', name);
  const now = fingerprint(inputs);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return false;
  rmSync(stamp, { force: true });
  work();
  mkdirSync(join(STATE_DIR, 'stamps'), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}

function run(title, command, args) {
  console.log(`Set-up: ${title} ...`);
  const started = Date.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status === 0)
    return void console.log(`Set-up: ${title}, done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  console.error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trimEnd());
  console.error(`Parley: "${command} ${args.join(' ')}" failed; its output stands above.`);
  process.exit(1);
}

mkdirSync(STATE_DIR, { recursive: true });
let changed = false;
if (!packagesMatch()) {
  run('packages from package-lock.json', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  changed = true;
}
changed =
  whenChanged('generate', ['prisma/schema.prisma', 'package-lock.json'], GENERATED, () =>
    run('Prisma client', 'npm', ['run', '--silent', 'generate']),
  ) || changed;
changed =
  whenChanged('build', BUILD_INPUTS, 'dist', () =>
    run('build', join('node_modules', '.bin', 'nest'), ['build', 'api']),
  ) || changed;
if (!changed) console.log('Set-up: packages, Prisma client and build are up to date');
