import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freshDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { environment, Processes, type TestProcess } from './processes.js';
import { RedisServer } from './redis-server.js';
import { RestClient } from './rest-client.js';
import { SimulatorClient, type MetaApp } from './simulator-client.js';

const ROOT = join(import.meta.dirname, '..', '..');
const LOGS = join(ROOT, '.parley', 'logs', 'e2e');
/** The build that runs; a long run beside other work may take a copy. */
const BUILD = process.env['E2E_BUILD'] ?? join(ROOT, 'dist');
const HOST = '127.0.0.1';

/** Statuses soon after one another, and everybody's: tests wait for the end, not for how long people take. */
const BRISK = {
  statusDelaysMs: { sent: 30, delivered: 60, read: 60 },
  readShare: 0,
  magicRecipients: false,
  webhookRetryDelaysMs: [100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000],
};

type Variables = Readonly<Record<string, string>>;

export interface ClusterOptions {
  /** Names the folder of the logs. */
  readonly name: string;
  /** Further variables of api and worker. */
  readonly env?: Variables;
  /** A database of the test's own; without it a fresh one on the server of all tests, which is dropped at the end. */
  readonly database?: TestDatabase;
  /** A Redis that the test starts itself; without it a running one of the cluster's own. */
  readonly redis?: RedisServer;
  /** Settings of the simulator over the brisk ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Another build than the shipped one. */
  readonly build?: string;
}

/** Api, workers and simulator as the processes that ship, on ports of their own. Always `stop` it. */
export class Cluster {
  readonly platformKey = randomBytes(24).toString('base64url');
  readonly app: MetaApp = { appId: '1000000000000001', appSecret: randomBytes(16).toString('hex'), verifyToken: 'verify-me-please' };
  readonly processes = new Processes();
  simulator!: SimulatorClient;
  /** The api, without a key. */
  rest!: RestClient;
  /** Reads the rows of all tenants. */
  pool!: pg.Pool;
  private redis!: RedisServer;
  private database!: TestDatabase & { drop?(): Promise<void> };
  private readonly sealingKey = randomBytes(32).toString('base64');
  private apiPort = 0;
  private metricsPort = 0;
  private started = 0;

  private constructor(private readonly options: ClusterOptions) {}

  /** Database, Redis and simulator; then start apis and workers. Ends everything again when that fails. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      await cluster.startServices();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The api, on the same port each time; a further one where `env` gives API_PORT and API_METRICS_PORT. */
  async startApi(env: Variables = {}): Promise<TestProcess> {
    const ports = { API_PORT: String(this.apiPort), API_METRICS_PORT: String(this.metricsPort), ...env };
    return this.startProcess('api', ports).ready(`http://${HOST}:${ports['API_PORT']}/health/ready`);
  }

  /** One more worker. */
  async startWorker(env: Variables = {}): Promise<TestProcess> {
    const port = env['WORKER_PORT'] ?? String(await freePort());
    return this.startProcess('worker', { ...env, WORKER_PORT: port }).ready(`http://${HOST}:${port}/health/ready`);
  }

  /** Where the processes log. */
  get logDir(): string {
    return join(LOGS, this.options.name);
  }

  /** As the platform's operator. */
  get operator(): RestClient {
    return this.rest.as(this.platformKey);
  }

  /** The value of a counter or gauge of the api. */
  async apiMetric(name: string, labels: Variables = {}): Promise<number> {
    const { text } = await new RestClient(`http://${HOST}:${this.metricsPort}`).call('GET', '/metrics');
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const lines = text.split('\n').filter((line) => line.startsWith(name) && wanted.every((label) => line.includes(label)));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Reads rows as parley_system. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }

  /** Reads one number. */
  async count(text: string, values: readonly unknown[] = []): Promise<number> {
    return Number(Object.values((await this.rows<Record<string, unknown>>(text, values))[0] ?? {})[0]);
  }

  /** Ends everything; safe after a start that failed half-way. */
  async stop(): Promise<void> {
    await this.processes.stop();
    await this.pool?.end();
    if (!this.options.redis) await this.redis?.stop();
    await this.database?.drop?.();
  }

  private async startServices(): Promise<void> {
    const { settings, database, redis } = this.options;
    rmSync(this.logDir, { recursive: true, force: true });
    this.database = database ?? (await freshDatabase());
    this.pool = new pg.Pool({ connectionString: this.database.system, max: 2 });
    this.pool.on('error', () => {}); // some tests stop the server; the next query connects again
    this.redis = redis ?? (await RedisServer.reserve());
    if (!redis) await this.redis.start();
    this.apiPort = await freePort();
    this.metricsPort = await freePort();
    this.rest = new RestClient(`http://${HOST}:${this.apiPort}`);
    const port = await freePort();
    this.simulator = new SimulatorClient(`http://${HOST}:${port}`);
    await this.startProcess('simulator', { SIMULATOR_PORT: String(port) }).ready(`${this.simulator.url}/control/health`);
    await this.simulator.settings({ ...BRISK, ...settings });
    const callbackUrl = `${this.rest.url}/webhooks/whatsapp`;
    await this.simulator.control('POST', '/apps', { ...this.app, callbackUrl, skipHandshake: true });
  }

  private startProcess(name: 'api' | 'worker' | 'simulator', env: Variables): TestProcess {
    const number = ++this.started;
    return this.processes.start({
      name: `${name} ${number}`,
      command: process.execPath,
      args: [join(this.options.build ?? BUILD, 'apps', name, 'src', 'main.js')],
      env: environment({ ...this.variables(), ...this.options.env, ...env }),
      logFile: join(this.logDir, `${number}-${name}.log`),
    });
  }

  private variables(): Variables {
    return {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      HOST,
      PUBLIC_URL: this.rest.url,
      DATABASE_APP_URL: this.database.app,
      DATABASE_SYSTEM_URL: this.database.system,
      DATABASE_POOL_SIZE: '5',
      REDIS_URL: this.redis.url,
      REDIS_PREFIX: 'e2e',
      SEALING_KEYS: `e2e:${this.sealingKey}`,
      PLATFORM_ADMIN_KEY: this.platformKey,
      GRAPH_URL: this.simulator.url,
      META_APP_ID: this.app.appId,
      META_APP_SECRETS: this.app.appSecret,
      META_VERIFY_TOKEN: this.app.verifyToken,
    };
  }
}
