import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as engineGlue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { bootstrap, BootstrapError } from './bootstrap.js';

/** The names that the runtime roles have in prisma/migrations; other names are put in their place on the way. */
const DEFAULT_ROLES = { app: 'parley_app', system: 'parley_system' } as const;

/** Any constant will do: it keeps two migrations of one database from running at once. */
const MIGRATION_LOCK = 7_270_736_929;

/** The part of the standard API that is used here; its full types come with those of browsers only. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** A migration failed; the message names it and shows what Postgres said. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Names of the runtime roles of this installation, and where the migrations are. */
export interface MigrateOptions {
  readonly roles?: { readonly app: string; readonly system: string };
  /** Default: the folder `prisma` of the project. */
  readonly folder?: string;
}

/**
 * Applies what is missing of prisma/migrations with Prisma's own engine, which ships as WebAssembly and needs no
 * download. It keeps the ordinary `_prisma_migrations` table. Two at once are safe: the second waits for the first.
 * @param databaseUrl the owner's URL
 * @returns the names of the migrations that were applied now
 * @throws MigrationError
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const folder = options.folder ?? projectFolder();
  const lock = new pg.Client({ connectionString: databaseUrl });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await applyMigrations(databaseUrl, folder, options.roles ?? DEFAULT_ROLES);
  } finally {
    await lock.end();
  }
}

async function applyMigrations(
  databaseUrl: string,
  folder: string,
  roles: { app: string; system: string },
): Promise<string[]> {
  const adapters = new WholeScriptAdapters(databaseUrl);
  await loadEngineOnce();
  const schemaPath = join(folder, 'schema.prisma');
  const engine = await engineGlue.SchemaEngine.new(
    { datamodels: [[schemaPath, await readFile(schemaPath, 'utf8')]] },
    () => undefined, // the engine's own log: a failure arrives as an exception
    bindMigrationAwareSqlAdapterFactory(adapters.factory),
  );
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await readMigrations(join(folder, 'migrations'), roles),
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } catch (error) {
    throw new MigrationError(adapters.describe(error), { cause: error });
  } finally {
    engine.free();
    await adapters.pool.end();
  }
}

/**
 * Prisma's adapter for pg, except that a script goes to Postgres as one simple query. The adapter itself cuts scripts at
 * every semicolon, which breaks functions and commits a migration statement by statement; as one query it is one
 * transaction, as with the native engine.
 */
class WholeScriptAdapters {
  /** One connection: the engine relies on the session. */
  readonly pool: pg.Pool;
  private failure: pg.DatabaseError | undefined;
  private failedScript = '';

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  }

  get factory(): SqlMigrationAwareDriverAdapterFactory {
    const inner = new PrismaPg(this.pool);
    return {
      provider: inner.provider,
      adapterName: inner.adapterName,
      connectToShadowDb: () => inner.connectToShadowDb(),
      connect: async () => {
        const adapter = await inner.connect();
        adapter.executeScript = (script) => this.execute(script);
        return adapter;
      },
    };
  }

  /** What Postgres said, and where; the engine's own report hides both. */
  describe(error: unknown): string {
    const report = error instanceof Error ? error.message : String(error);
    if (!this.failure) return report;
    const { message, code, position, where } = this.failure;
    const migration = /migration_name="([^"]+)"/.exec(report)?.[1] ?? 'a migration';
    const line = this.failedScript.slice(0, Number(position ?? 0)).split('\n').length;
    return `${migration} failed and was rolled back: ${message} (${code}, line ${line}${where ? `, ${where}` : ''})`;
  }

  private async execute(script: string): Promise<void> {
    try {
      await this.pool.query(script);
    } catch (error) {
      if (error instanceof pg.DatabaseError) [this.failure, this.failedScript] = [error, script];
      throw error;
    }
  }
}

let engineLoaded: Promise<void> | undefined;

/** The glue holds one module at a time: loading it anew would pull it from under an engine that still runs. */
function loadEngineOnce(): Promise<void> {
  engineLoaded ??= loadEngine();
  return engineLoaded;
}

/** Loads the WebAssembly module behind the engine's generated glue, which expects a bundler to do it. */
async function loadEngine(): Promise<void> {
  const glueUrl = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(new URL('schema_engine_bg.wasm', glueUrl));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engineGlue });
  engineGlue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

async function readMigrations(
  baseDir: string,
  roles: { app: string; system: string },
): Promise<engineGlue.MigrationList> {
  const lockfile = join(baseDir, 'migration_lock.toml');
  const folders = (await readdir(baseDir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return {
    baseDir,
    lockfile: {
      path: './migration_lock.toml',
      content: existsSync(lockfile) ? await readFile(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      folders.toSorted().map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: withRoles(await readFile(join(baseDir, path, 'migration.sql'), 'utf8'), roles),
          },
        },
      })),
    ),
  };
}

/** With the default names a migration is applied, and its checksum kept, exactly as it stands in the file. */
function withRoles(sql: string, roles: { app: string; system: string }): string {
  const names: Record<string, string> = { [DEFAULT_ROLES.app]: roles.app, [DEFAULT_ROLES.system]: roles.system };
  for (const name of Object.values(names)) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name))
      throw new MigrationError(`"${name}" is no plain role name: use a-z, 0-9 and _.`);
  }
  return sql.replaceAll(/\bparley_(?:app|system)\b/g, (name) => names[name] ?? name);
}

/** The project's folder `prisma`, whether this file runs from there or from dist/prisma. */
function projectFolder(): string {
  const candidates = ['.', '../../prisma'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = candidates.find((folder) => existsSync(join(folder, 'migrations')));
  if (!found) throw new MigrationError('the folder prisma/migrations is missing.');
  return found;
}

/** The role that a database URL names. */
export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const urls = await bootstrap(process.env);
    const applied = await migrate(urls.owner, { roles: { app: roleOf(urls.app), system: roleOf(urls.system) } });
    console.log(applied.length > 0 ? `migrate: applied ${applied.join(', ')}` : 'migrate: nothing to apply');
  } catch (error) {
    const isPlain = error instanceof BootstrapError || error instanceof MigrationError;
    console.error(isPlain ? `migrate: ${error.message}` : error);
    process.exitCode = 1;
  }
  // The engine leaves the timer of its lock behind, which would hold the process, and what waits for it, for 10 s.
  process.exit();
}
