import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import {
  APPS,
  DOMAIN_PACKAGES,
  DOMAIN_SPEC_PACKAGES,
  ENVIRONMENT_FOLDER,
  LIB_IMPORTS,
  OPEN_TO_TESTS,
  PACKAGE_PLACES,
  PRODUCT_FOLDERS,
  TOOL_FOLDERS,
} from './import-rules.js';
import { readSource, type SourceFacts, type SourceImport } from './read-source.js';

export const RULES = [
  'alias-only',
  'lib-imports',
  'package-place',
  'pure-domain',
  'apps-apart',
  'no-tools-in-product',
  'environment',
  'forward-ref',
  'cycle',
] as const;
export type Rule = (typeof RULES)[number];

export interface Violation {
  readonly rule: Rule;
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

type Sources = ReadonlyMap<string, SourceFacts>;

const CODE = /(?<!\.d)\.ts$/;
const SPEC = /\.(medium-|e2e-)?spec\.ts$/;
const within = (file: string, folders: readonly string[]) => folders.some((folder) => file.startsWith(`${folder}/`));

/** All TypeScript of a tree that is laid out as this repository; paths are relative to its root. */
export function readTree(root: string): Sources {
  const folders = ['apps', 'libs', ...TOOL_FOLDERS].filter((folder) => existsSync(join(root, folder)));
  const files = folders.flatMap((folder) => filesBelow(root, folder)).filter((file) => CODE.test(file));
  return new Map(files.map((file) => [file, readSource(file, readFileSync(join(root, file), 'utf8'))]));
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return ['generated', 'architecture-fixture', 'node_modules'].includes(entry.name) ? [] : filesBelow(root, path);
  });
}

/** Every place that breaks a rule of import-rules.ts, in the order of the files. */
export function findViolations(sources: Sources): Violation[] {
  const found = [...sources].flatMap(([file, facts]) => [
    ...facts.imports.flatMap((each) =>
      importViolations(file, each).map((rule) => ({ rule, file, line: each.line, what: each.specifier })),
    ),
    ...environmentViolations(file, facts),
    ...facts.forwardRefs.map((line) => ({ rule: 'forward-ref' as const, file, line, what: 'forwardRef' })),
  ]);
  return [...found, ...cycles(sources)];
}

function importViolations(file: string, { specifier }: SourceImport): Rule[] {
  const target = pathOf(file, specifier);
  const rules: [Rule, boolean][] = [
    ['alias-only', isDeepAlias(specifier) || leavesItsLib(file, specifier, target)],
    ['lib-imports', !mayImportLib(file, target)],
    ['package-place', !mayImportPackage(file, specifier)],
    ['pure-domain', file.startsWith('libs/domain/') && target === undefined && !isPure(file, specifier)],
    ['apps-apart', !mayImportApp(file, target)],
    [
      'no-tools-in-product',
      within(file, PRODUCT_FOLDERS) && !SPEC.test(file) && target !== undefined && within(target, TOOL_FOLDERS),
    ],
  ];
  return rules.filter(([, broken]) => broken).map(([rule]) => rule);
}

/** The path that a relative import or an alias names; undefined for packages. */
function pathOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
  const [, lib, rest] = /^@parley\/([^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  return lib === undefined ? undefined : `libs/${lib}/src/${rest ?? 'index.ts'}`;
}

const libOf = (path: string): string | undefined => /^libs\/([^/]+)\//.exec(path)?.[1];
const appOf = (path: string): string | undefined => /^apps\/([^/]+)\//.exec(path)?.[1];
const isDeepAlias = (specifier: string): boolean => /^@parley\/[^/]+\//.test(specifier);

/** A lib is entered by its alias from outside, and never from inside. */
function leavesItsLib(file: string, specifier: string, target: string | undefined): boolean {
  const to = target === undefined ? undefined : libOf(target);
  if (to === undefined || (file.startsWith('test/') && target?.startsWith(OPEN_TO_TESTS))) return false;
  return specifier.startsWith('.') === (libOf(file) !== to);
}

function mayImportLib(file: string, target: string | undefined): boolean {
  const [from, to] = [libOf(file), target === undefined ? undefined : libOf(target)];
  return from === undefined || to === undefined || from === to || (LIB_IMPORTS[from]?.includes(to) ?? false);
}

function mayImportPackage(file: string, specifier: string): boolean {
  if (!within(file, PRODUCT_FOLDERS)) return true;
  return PACKAGE_PLACES.every(({ package: name, folders }) => !name.test(specifier) || within(file, folders));
}

function isPure(file: string, specifier: string): boolean {
  if (isBuiltin(specifier)) return false;
  return DOMAIN_PACKAGES.test(specifier) || (SPEC.test(file) && DOMAIN_SPEC_PACKAGES.test(specifier));
}

function mayImportApp(file: string, target: string | undefined): boolean {
  const [from, to] = [appOf(file), target === undefined ? undefined : appOf(target)];
  if (to === undefined || from === to) return true;
  return from === undefined && !file.startsWith('libs/') && APPS.includes(to as (typeof APPS)[number]);
}

function environmentViolations(file: string, { environment }: SourceFacts): Violation[] {
  if (!within(file, PRODUCT_FOLDERS) || within(file, [ENVIRONMENT_FOLDER])) return [];
  return environment.map((line) => ({ rule: 'environment', file, line, what: 'process.env' }));
}

/** Imports that lead back to their own file. Types are no part of it: they are gone when modules load. */
function cycles(sources: Sources): Violation[] {
  const edges = new Map<string, { to: string; line: number; what: string }[]>();
  for (const [file, { imports }] of sources) {
    const loaded = imports.filter(({ typeOnly }) => !typeOnly);
    edges.set(
      file,
      loaded.map(({ specifier, line }) => ({ to: pathOf(file, specifier) ?? '', line, what: specifier })),
    );
  }
  return [...edges].flatMap(([file, out]) =>
    out
      .filter(({ to }) => reaches(to, file, edges))
      .map(({ line, what }) => ({ rule: 'cycle' as const, file, line, what })),
  );
}

function reaches(from: string, wanted: string, edges: ReadonlyMap<string, readonly { to: string }[]>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (file === wanted) return true;
    if (seen.has(file)) continue;
    seen.add(file);
    open.push(...(edges.get(file) ?? []).map(({ to }) => to));
  }
  return false;
}
