import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { TestDatabase } from './database.js';
import { waitFor } from './wait-for.js';

const BIN = '../../bin/lib';
const START_TIMEOUT_MS = 20_000;

interface SpawnOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** What bin/lib/postgres.mjs starts processes with. */
interface ProcessStarter {
  spawn(name: string, command: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess>;
}

interface PostgresModule {
  postgresStateDir(): string;
  startPostgres(
    run: ProcessStarter,
    options: { dataDir: string; logFile: string; secrets: Readonly<Record<string, string>>; durable: boolean },
  ): Promise<{ url: string }>;
}

interface ServicesModule {
  prepareDatabase(database: { url: string; appUrl: string; systemUrl: string }): Promise<unknown>;
}

/** A Postgres of a test's own, with the whole schema, which may be stopped and started again on the same port. */
export class PostgresServer {
  private server!: ChildProcess;
  private launch!: () => ChildProcess;
  database!: TestDatabase;

  private constructor(readonly dataDir: string) {}

  /** @param lay what prepares the folder of the data before it is filled: a small disk, for one */
  static async start(lay: (dataDir: string) => void = () => {}): Promise<PostgresServer> {
    const { postgresStateDir, startPostgres } = (await import(`${BIN}/postgres.mjs`)) as PostgresModule;
    const { prepareDatabase } = (await import(`${BIN}/services.mjs`)) as ServicesModule;
    const postgres = new PostgresServer(join(postgresStateDir(), 'run', `e2e-postgres-${process.pid}`));
    try {
      lay(postgres.dataDir);
      const secrets = Object.fromEntries(['Superuser', 'Owner', 'App', 'System'].map((role) => [`postgres${role}Password`, randomBytes(12).toString('hex')]));
      const { url } = await startPostgres(postgres.starter(), { dataDir: postgres.dataDir, logFile: `${postgres.dataDir}.log`, secrets, durable: true });
      const as = (role: string, password = ''): string => Object.assign(new URL(url), { username: role, password }).href;
      const [appUrl, systemUrl] = [as('parley_app', secrets['postgresAppPassword']), as('parley_system', secrets['postgresSystemPassword'])];
      await prepareDatabase({ url, appUrl, systemUrl });
      postgres.database = { owner: url, app: appUrl, system: systemUrl };
      return postgres;
    } catch (error) {
      await postgres.remove();
      throw error;
    }
  }

  get pid(): number {
    return this.server.pid!;
  }

  get isRunning(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  /**
   * A fast shutdown: connections are cut, what was not committed is undone. An immediate one drops everything, so that
   * the next start has to recover from the log.
   */
  async stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.server, 'exit');
    this.server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** The same server, on the same port. */
  async restart(): Promise<void> {
    this.server = this.launch();
    await waitFor(() => answers(this.database.system), START_TIMEOUT_MS);
  }

  async remove(): Promise<void> {
    if (this.server) await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
    rmSync(`${this.dataDir}.log`, { force: true });
  }

  private starter(): ProcessStarter {
    return {
      spawn: async (_name, command, args, { env, cwd, uid, gid }) => {
        this.launch = () => spawn(command, args, { env, cwd, uid, gid, stdio: 'ignore' });
        this.server = this.launch();
        await once(this.server, 'spawn');
        return this.server;
      },
    };
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {}); // cut while the server starts
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
