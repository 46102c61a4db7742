/**
 * Lets many specs share one module registry (bin/lib/suites.mjs): what a spec says at its top, hooks above all, stays its own.
 */
const DEFINERS = ['describe', 'it', 'test', 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'] as const;

type Definer = ((...args: unknown[]) => unknown) & Record<string, unknown>;

/**
 * Loads a spec, and defines what it defines inside a `describe` with its path. A module is loaded asynchronously and a `describe`
 * is filled synchronously, so that calls are kept while it loads, and made afterwards.
 */
export async function gather(path: string, load: () => Promise<unknown>): Promise<void> {
  const globals = globalThis as unknown as Record<string, Definer>;
  const originals = DEFINERS.map((name) => [name, globals[name]!] as const);
  const kept: (() => unknown)[] = [];
  for (const [name, original] of originals) globals[name] = keeping(original, kept);
  try {
    await load();
  } finally {
    for (const [name, original] of originals) globals[name] = original;
  }
  globals['describe']!(path, () => {
    for (const define of kept) define();
  });
}

/** Stands for a definer of Jest, and for its variants (`it.each(table)(…)`, `describe.each`). */
function keeping(original: Definer, kept: (() => unknown)[]): Definer {
  const keep = (...args: unknown[]): void => void kept.push(() => original(...args));
  const each = (...table: unknown[]) => (...args: unknown[]): void => void kept.push(() => (original['each'] as (...table: unknown[]) => Definer)(...table)(...args));
  return Object.assign(keep, { each }) as unknown as Definer;
}
