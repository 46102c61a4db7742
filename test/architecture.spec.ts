import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findViolations, readTree, RULES, type Rule } from './architecture/find-violations.js';
import { APPS, LIB_IMPORTS, PACKAGE_PLACES } from './architecture/import-rules.js';
import { committedFiles } from './architecture/committed-files.js';
import { nameProblems } from './architecture/file-names.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FIXTURE = join(ROOT, 'test', 'architecture-fixture');

const foldersOf = (folder: string) =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Places as texts, so that a difference can be read: `libs/data/src/index.ts:3 alias-only`. */
const places = (found: readonly { file: string; line: number; rule: string }[]) =>
  [...new Set(found.map(({ file, line, rule }) => `${file}:${line} ${rule}`))].sort();

/** The lines of the fixture that say what they break. */
function marks(kind: 'breaks' | 'lint'): { file: string; line: number; rule: string }[] {
  return [...readTree(FIXTURE).keys()].flatMap((file) =>
    readFileSync(join(FIXTURE, file), 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const rules = new RegExp(`// ${kind}: (.+)$`).exec(text)?.[1] ?? '';
        return rules
          .split(', ')
          .filter(Boolean)
          .map((rule) => ({ file, line: index + 1, rule }));
      }),
  );
}

describe('the imports of this repository', () => {
  it('break no rule', () => {
    expect(
      findViolations(readTree(ROOT)).map(({ rule, file, line, what }) => `${file}:${line} ${rule}: ${what}`),
    ).toEqual([]);
  });

  it('are all ruled: every lib and app that exists is in the table, and nothing else is', () => {
    expect(foldersOf('libs').sort()).toEqual(Object.keys(LIB_IMPORTS).sort());
    expect(foldersOf('apps').sort()).toEqual([...APPS].sort());
  });

  it('go one way: no two libs may import each other, by whatever detour', () => {
    const reach = (lib: string): string[] => (LIB_IMPORTS[lib] ?? []).flatMap((next) => [next, ...reach(next)]);
    for (const lib of Object.keys(LIB_IMPORTS)) expect(reach(lib)).not.toContain(lib);
  });

  it('leave no package of the table to a lib that is not there', () => {
    const folders = PACKAGE_PLACES.flatMap((place) => place.folders).filter((folder) => folder.startsWith('libs/'));
    expect(folders.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
  });
});

describe('the bad fixture', () => {
  it('breaks every rule, and is found out at each marked line and nowhere else', () => {
    const marked = marks('breaks');
    expect(new Set(marked.map(({ rule }) => rule))).toEqual(new Set<string>(RULES));
    expect(places(findViolations(readTree(FIXTURE)))).toEqual(places(marked));
  });

  it('is found out by the linter too', () => {
    const linted = lintFixture();
    const marked = [
      ...marks('breaks').map((mark) => ({ ...mark, rule: LINT_RULES[mark.rule as Rule] })),
      ...marks('lint'),
    ];
    const reported = new Set(places(linted));
    const missed = marked.filter(
      ({ file, line, rule }) => !rule.split('|').some((one) => reported.has(`${file}:${line} ${one}`)),
    );
    expect(places(missed)).toEqual([]);
    const markedLines = new Set(marked.map(({ file, line }) => `${file}:${line}`));
    expect(places(linted.filter(({ file, line }) => !markedLines.has(`${file}:${line}`)))).toEqual([]);
  }, 60_000);
});

/** What the linter calls the rules; `import()` and `import('x')` are refused as such. */
const LINT_RULES: Readonly<Record<Rule, string>> = {
  'alias-only': 'no-restricted-imports',
  'lib-imports': 'no-restricted-imports',
  'package-place': 'no-restricted-imports|no-restricted-syntax',
  'pure-domain': 'no-restricted-imports',
  'apps-apart': 'import-x/no-restricted-paths',
  'no-tools-in-product': 'import-x/no-restricted-paths',
  environment: 'no-restricted-syntax',
  'forward-ref': 'no-restricted-syntax',
  cycle: 'import-x/no-cycle',
};

/** ESLint with our configuration, as if the fixture were the repository. */
function lintFixture(): { file: string; line: number; rule: string }[] {
  const eslint = join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js');
  const args = [eslint, '--config', join(ROOT, 'eslint.config.mjs'), '--format', 'json', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: FIXTURE,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (!stdout.startsWith('[')) throw new Error(`ESLint did not run: ${stdout}${stderr}`);
  const files = JSON.parse(stdout) as {
    filePath: string;
    messages: { ruleId: string | null; line: number; message: string }[];
  }[];
  return files.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, line, message }) => ({ file: relative(FIXTURE, filePath), line, rule: ruleId ?? message })),
  );
}

describe('the files of this repository', () => {
  const files = committedFiles(ROOT);

  it('are named in kebab-case, with the suffix of their role', () => {
    const problems = files.flatMap((file) => nameProblems(file, () => readFileSync(join(ROOT, file), 'utf8')));
    expect(problems).toEqual([]);
  });

  it('name no path of a machine', () => {
    const texts = files.filter((file) => file !== 'package-lock.json' && basename(file) !== basename(import.meta.url));
    const found = texts.flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .flatMap((text, index) => {
          const path = MACHINE_PATH.exec(text)?.[0];
          return path === undefined ? [] : [`${file}:${index + 1} ${path}`];
        }),
    );
    expect(found).toEqual([]);
  });

  it('know a path of a machine when they see one', () => {
    for (const path of [
      'cd /home/ana/parley',
      '"/Users/ana/x"',
      `\`/${'work'}/x\``,
      '(/root/.npm)',
      'C:\\Users\\ana',
      '/tmp/out.json',
    ]) {
      expect(path).toMatch(MACHINE_PATH);
    }
    for (const path of ['/v1/home/rules', '/control/work/items', 'https://example.com/users/ana', 'tmpfs: [/tmp]']) {
      expect(path).not.toMatch(MACHINE_PATH);
    }
  });
});

/** A folder that only one person's machine has; an address or a route in which such a name occurs is none. */
const MACHINE_PATH = /(?<![\w./-])\/(?:home|Users|work|root|tmp)\/[\w.-]+|[A-Z]:\\Users\\/;
