import pg from 'pg';

/** A migrated database of its own, by the URLs of its three roles. */
export interface TestDatabase {
  readonly owner: string;
  readonly app: string;
  readonly system: string;
}

/** A Redis with a key prefix of its own. */
export interface TestRedis {
  readonly url: string;
  readonly prefix: string;
}

const DUPLICATE_DATABASE = '42P04';
/** The template is in use while another worker looks at it; that passes. */
const OBJECT_IN_USE = '55006';
/** The last connections of another role are just ending, and a PostgreSQL before 16 does not let us cut them. */
const INSUFFICIENT_PRIVILEGE = '42501';
const MAX_TRIES = 50;

/**
 * The database of this Jest worker: a clone of the migrated template, made by the first spec that asks and shared by
 * all specs of the worker, which run one after another. Each test makes its own tenant in it.
 */
export async function workerDatabase(): Promise<TestDatabase> {
  return clone(`w${workerId()}`);
}

/** A clone for one spec alone, for what looks at all tenants at once. `drop` it in `afterAll`, after closing its pools. */
export async function freshDatabase(): Promise<TestDatabase & { drop(): Promise<void> }> {
  const suffix = `w${workerId()}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
  const urls = await clone(suffix);
  const name = databaseOf(urls.owner);
  const drop = () =>
    whenFree(INSUFFICIENT_PRIVILEGE, () =>
      asOwner((client) => client.query(`DROP DATABASE ${client.escapeIdentifier(name)} WITH (FORCE)`)),
    );
  return { ...urls, drop: async () => void (await drop()) };
}

/** The Redis of this Jest worker: one server for all, a prefix for each. */
export function workerRedis(): TestRedis {
  return { url: given('TEST_REDIS_URL'), prefix: `${given('TEST_REDIS_PREFIX')}-w${workerId()}` };
}

async function clone(suffix: string): Promise<TestDatabase> {
  const template = databaseOf(given('TEST_DATABASE_URL'));
  const database = `${template}_${suffix}`;
  await asOwner((client) => createFrom(client, template, database));
  return {
    owner: withDatabase(given('TEST_DATABASE_URL'), database),
    app: withDatabase(given('TEST_DATABASE_APP_URL'), database),
    system: withDatabase(given('TEST_DATABASE_SYSTEM_URL'), database),
  };
}

async function createFrom(client: pg.Client, template: string, database: string): Promise<void> {
  const sql = `CREATE DATABASE ${client.escapeIdentifier(database)} TEMPLATE ${client.escapeIdentifier(template)}`;
  await whenFree(OBJECT_IN_USE, () => client.query(sql)).catch((error: unknown) => {
    if (codeOf(error) !== DUPLICATE_DATABASE) throw error; // an earlier spec of this worker made it
  });
}

async function whenFree<Result>(code: string, work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== code || tries === MAX_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const codeOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);

/** Connects to the maintenance database: nobody may be in the template while it is copied. */
async function asOwner<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: withDatabase(given('TEST_DATABASE_URL'), 'postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests by bin/test, or by Jest's projects medium and e2e.`);
  return value;
}

const workerId = (): string => process.env['JEST_WORKER_ID'] ?? '1';
const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
const withDatabase = (url: string, database: string): string =>
  Object.assign(new URL(url), { pathname: `/${database}` }).href;
