/**
 * What must be covered by unit, medium and contract tests together: 80 % of the lines of each part with business logic,
 * 70 % of the lines of the rest, and every branch of what decides on security.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.mjs';

const REPORT = join(ROOT, 'coverage', 'coverage-final.json');

const BUSINESS = {
  atLeast: 80,
  parts: {
    'libs/domain': /^libs\/domain\//,
    'libs/messaging': /^libs\/messaging\//,
    'libs/limits': /^libs\/limits\//,
    "apps/worker's slices": /^apps\/worker\/src\/[^/]+\//,
  },
};
const REST = { atLeast: 70, name: 'the rest' };
const SECURITY = {
  "the api's auth": /^apps\/api\/src\/auth\//,
  'the webhook signature': /^libs\/graph\/src\/webhook-signature\.ts$/,
  sealing: /^libs\/platform\/src\/sealing\.ts$/,
  TenantDb: /^libs\/data\/src\/tenant-db\.ts$/,
  SystemDb: /^libs\/data\/src\/system-db\.ts$/,
};

/** @typedef {{path: string, lines: {total: number, covered: number}, branches: {total: number, covered: number}}} FileCoverage */

/**
 * Lines as Istanbul counts them: those on which a statement begins. Of the branches those of the source: what the compiler
 * adds (the types of decorated parameters) has no place in it.
 * @returns {FileCoverage[]}
 */
function readReport() {
  return Object.entries(JSON.parse(readFileSync(REPORT, 'utf8'))).map(([path, { statementMap, s, branchMap, b }]) => {
    const lines = new Map();
    for (const [id, { start }] of Object.entries(statementMap))
      lines.set(start.line, Math.max(s[id], lines.get(start.line) ?? 0));
    const branches = Object.entries(branchMap).flatMap(([id, { loc }]) => (loc.start.line > 0 ? b[id] : []));
    return {
      path: relative(ROOT, path).replaceAll('\\', '/'),
      lines: countsOf([...lines.values()]),
      branches: countsOf(branches),
    };
  });
}

const countsOf = (hits) => ({ total: hits.length, covered: hits.filter((count) => count > 0).length });

const sum = (files, kind, figure) => files.reduce((total, file) => total + file[kind][figure], 0);

function linesProblem(name, files, atLeast) {
  const [covered, total] = [sum(files, 'lines', 'covered'), sum(files, 'lines', 'total')];
  if (total === 0) return `coverage: ${name} has no lines at all`;
  const percent = (100 * covered) / total;
  console.error(`${percent.toFixed(1).padStart(6)} % of the lines of ${name} (at least ${atLeast})`);
  return percent < atLeast ? `coverage: ${percent.toFixed(1)} % of the lines of ${name}, wanted ${atLeast}` : undefined;
}

/** A pattern that matches no file is a problem too: a file that was moved must not slip out of its gate. */
function branchesProblem(name, files) {
  if (files.length === 0) return `coverage: no file of ${name} was found`;
  const open = files.filter(({ branches }) => branches.covered < branches.total);
  console.error(`${open.length === 0 ? '   100' : '  <100'} % of the branches of ${name} (100)`);
  if (open.length === 0) return undefined;
  const list = open.map(({ path, branches }) => `${path} ${branches.covered} of ${branches.total}`).join(', ');
  return `coverage: not every branch of ${name}: ${list}`;
}

/** @param {FileCoverage[]} [files] @returns {string[]} what is below its gate */
export function coverageGates(files) {
  if (files === undefined && !existsSync(REPORT)) return ['coverage: Jest wrote no coverage/coverage-final.json'];
  const all = files ?? readReport();
  const isBusiness = (path) => Object.values(BUSINESS.parts).some((pattern) => pattern.test(path));
  return [
    ...Object.entries(BUSINESS.parts).map(([name, pattern]) =>
      linesProblem(
        name,
        all.filter(({ path }) => pattern.test(path)),
        BUSINESS.atLeast,
      ),
    ),
    linesProblem(
      REST.name,
      all.filter(({ path }) => !isBusiness(path)),
      REST.atLeast,
    ),
    ...Object.entries(SECURITY).map(([name, pattern]) =>
      branchesProblem(
        name,
        all.filter(({ path }) => pattern.test(path)),
      ),
    ),
  ].filter((problem) => problem !== undefined);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = coverageGates();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
