import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createPool, SystemDb } from '@parley/data';
import { loadConfig, Sealer } from '@parley/platform';
import { seedDemo, type DemoData } from './seed/demo.js';

/** Only its owner may read the file with the demo key. */
const PRIVATE = 0o600;

/** What the seed reads beside the configuration of the processes: where the demo tenant's API key is kept. */
export interface SeedEnv extends NodeJS.ProcessEnv {
  readonly SEED_DEMO_KEY_FILE?: string;
}

/**
 * Makes the demo restaurant, or repairs it: tenant, API key, number with templates as if connected, and the consent of
 * the demo recipient. Safe to run at each start. It works as parley_system, since row level security hides the rows
 * from the owner of the tables.
 */
export async function seed(env: SeedEnv, say: (line: string) => void = console.log): Promise<void> {
  const { SEED_DEMO_KEY_FILE: keyFile } = env;
  if (!keyFile) throw new Error('SEED_DEMO_KEY_FILE names no file: the API key of the demo tenant would be lost.');
  const config = loadConfig(env);
  const pool = createPool({
    url: config.DATABASE_SYSTEM_URL,
    applicationName: 'parley-seed',
    size: 1,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
    idleTransactionTimeoutMs: config.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
    onError: () => {}, // the statement that meets it fails with it
  });
  try {
    const demo = JSON.parse(await readFile(demoFile(), 'utf8')) as DemoData;
    const keptKey = existsSync(keyFile) ? (await readFile(keyFile, 'utf8')).trim() : null;
    const { tenantId, newKey } = await seedDemo(new SystemDb(pool), new Sealer(config.SEALING_KEYS), demo, keptKey);
    if (newKey !== null) await keep(keyFile, newKey);
    say(`seed: ${demo.tenantName} (${tenantId})${newKey === null ? '' : ', with a new API key'}`);
  } finally {
    await pool.end();
  }
}

/** Written aside and moved into place, so that no reader meets half a key or a file that others can read. */
async function keep(file: string, key: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${key}\n`, { mode: PRIVATE });
  await chmod(draft, PRIVATE);
  await rename(draft, file);
}

/** Beside this file, or in the project when this file was compiled into dist/prisma. */
function demoFile(): string {
  const candidates = ['./demo.json', '../../prisma/demo.json'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const file = candidates.find((path) => existsSync(path));
  if (file === undefined) throw new Error('prisma/demo.json is missing.');
  return file;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await seed(process.env);
  } catch (error) {
    console.error(error instanceof Error ? `seed: ${error.message}` : error);
    process.exitCode = 1;
  }
}
