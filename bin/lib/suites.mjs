/**
 * Specs that run together in one module registry. Loading the product costs a spec more than its tests do, and Jest loads it
 * for each file; so the whole run gathers them, each in a `describe` of its own (test/support/gather.ts). A spec that must not
 * share says why (`// Runs alone: …`).
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, STATE_DIR } from './paths.mjs';

const RUNS_ALONE = /^\/\/ Runs alone: /m;
const GATHER = join(ROOT, 'test', 'support', 'gather.ts');
const PATTERNS = {
  unit: ['{apps,libs,prisma,bench}/**/*.spec.ts', 'test/*.spec.ts'],
  medium: ['{test,apps,libs}/**/*.medium-spec.ts'],
};

/**
 * Gathers the specs of a kind, as evenly as their sizes allow.
 * @param {'unit' | 'medium'} kind
 * @param {string} name of the run, so that two do not meet
 * @param {{count: number, among: (path: string) => boolean}} options count: of suites; among: which specs, by their path
 *   from the root, with a slash before it
 * @returns {string[]} the files to run: suites, and the specs that run alone
 */
export function gatherSuites(kind, name, { count, among }) {
  const specs = PATTERNS[kind]
    .flatMap((pattern) => globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules/**'] }))
    .filter((path) => among(`/${path}`))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
  const [alone, together] = [
    specs.filter(({ text }) => RUNS_ALONE.test(text)),
    specs.filter(({ text }) => !RUNS_ALONE.test(text)),
  ];
  const suites = Array.from({ length: Math.min(count, together.length) }, () => ({ size: 0, paths: [] }));
  for (const { path, text } of together.toSorted((a, b) => b.text.length - a.text.length)) {
    const smallest = suites.reduce((one, other) => (other.size < one.size ? other : one));
    smallest.size += text.length;
    smallest.paths.push(path);
  }
  const files = suites.map(({ paths }, at) => {
    const file = join(suitesDir(), `${kind}-${name}-${at}.suite.ts`);
    const gathered = paths.map((path) => `await gather(${JSON.stringify(path)}, () => import(${JSON.stringify(join(ROOT, path))}));\n`);
    writeFileSync(file, [`import { gather } from ${JSON.stringify(GATHER)};\n`, ...gathered].join(''));
    return file;
  });
  return [...files, ...alone.map(({ path }) => join(ROOT, path))];
}

function suitesDir() {
  const dir = join(STATE_DIR, 'suites');
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** @param {string[]} files */
export function forgetSuites(files) {
  for (const file of files) if (file.endsWith('.suite.ts')) rmSync(file, { force: true });
}
