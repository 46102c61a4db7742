import { jest } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { ownServices, readCompose } from '../support/compose.js';
import { freshDatabase, workerRedis, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { environment, Processes, type TestProcess } from '../support/processes.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(90_000);

const ROOT = join(import.meta.dirname, '..', '..');
const LOGS = join(ROOT, '.parley', 'logs', 'e2e', 'compose-commands');
const LISTENERS = ['simulator', 'api', 'worker'] as const;
const SCHEMA = 'DROP SCHEMA public CASCADE; CREATE SCHEMA public';

/** api and worker wait for it at each start: nothing that it leaves behind (a timer of its engine's) may hold it. */
const IDLE_MIGRATE_MS = 8_000;

/**
 * The commands of docker-compose.yml outside a container: each with the file's environment, in which only addresses of
 * the file's network are replaced by those of this machine. No image is built here.
 */
describe('the services of docker-compose.yml', () => {
  const services = new Map(ownServices(readCompose(ROOT)));
  const processes = new Processes();
  const started = new Map<string, TestProcess>();
  let database: TestDatabase & { drop(): Promise<void> };
  let addresses: Readonly<Record<string, string>>;

  beforeAll(async () => {
    rmSync(LOGS, { recursive: true, force: true });
    database = await freshDatabase();
    await empty(database);
    addresses = await addressesHere(database);
  });
  afterAll(async () => {
    await processes.stop();
    await database?.drop();
  });

  /** The environment that the file gives a service, on this machine. */
  function environmentOf(name: string): NodeJS.ProcessEnv {
    const given = { ...services.get(name)!.environment };
    for (const variable of Object.keys(given)) if (variable in addresses) given[variable] = addresses[variable]!;
    const port = { simulator: given['SIMULATOR_PORT'], api: given['API_PORT'], worker: given['WORKER_PORT'] }[name];
    const healthUrl = given['HEALTHCHECK_URL'];
    if (healthUrl !== undefined) given['HEALTHCHECK_URL'] = Object.assign(new URL(healthUrl), { port }).href;
    return environment({ ...given, REDIS_PREFIX: workerRedis().prefix });
  }

  function run(name: string): TestProcess {
    const [, ...args] = services.get(name)!.command; // `node` is that of this process
    return processes.start({
      name,
      command: process.execPath,
      args,
      cwd: ROOT,
      env: environmentOf(name),
      logFile: join(LOGS, `${name}.log`),
    });
  }

  /** What the image's HEALTHCHECK says. */
  async function isHealthy(name: string): Promise<boolean> {
    const args = ['deploy/healthcheck.mjs'];
    const check = processes.start({
      name: 'healthcheck',
      command: process.execPath,
      args,
      cwd: ROOT,
      env: environmentOf(name),
      logFile: join(LOGS, 'healthcheck.log'),
    });
    return (await check.ended).code === 0;
  }

  it('migrate brings an empty database up to date, ends, and has nothing to do the second time', async () => {
    const first = run('migrate');
    await expect(first.ended).resolves.toEqual({ code: 0, signal: null });
    expect(first.logTail()).toMatch(/^migrate: applied \S+/m);
    const startedAt = performance.now();
    const second = run('migrate');
    await expect(second.ended).resolves.toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(IDLE_MIGRATE_MS);
    expect(second.logTail()).toMatch(/^migrate: nothing to apply$/m);
  });

  it.each(LISTENERS)('%s becomes healthy by its own health check', async (name) => {
    expect(await isHealthy(name)).toBe(false);
    const service = run(name);
    started.set(name, service);
    await waitFor(async () => service.hasEnded || (await isHealthy(name)), 60_000).catch(() => undefined);
    if (service.hasEnded || !(await isHealthy(name))) throw new Error(`${name} is not healthy:\n${service.logTail()}`);
  });

  it.each(LISTENERS.toReversed())('%s ends with 0 when it is asked to', async (name) => {
    await expect(started.get(name)?.terminate()).resolves.toEqual({ code: 0, signal: null });
  });
});

/** The clone of the template as it was before the migrations, the rights of its owner apart. */
async function empty({ owner }: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  try {
    await client.query(SCHEMA);
  } finally {
    await client.end();
  }
}

/** What stands in for the addresses of the compose network. */
async function addressesHere(database: TestDatabase): Promise<Record<string, string>> {
  const [api, metrics, worker, simulator] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  return {
    HOST: '127.0.0.1',
    API_PORT: String(api),
    API_METRICS_PORT: String(metrics),
    WORKER_PORT: String(worker),
    SIMULATOR_PORT: String(simulator),
    PUBLIC_URL: `http://127.0.0.1:${api}`,
    GRAPH_URL: `http://127.0.0.1:${simulator}`,
    DATABASE_URL: database.owner,
    DATABASE_APP_URL: database.app,
    DATABASE_SYSTEM_URL: database.system,
    REDIS_URL: workerRedis().url,
  };
}
