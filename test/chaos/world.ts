import { Redis } from 'ioredis';
import { Cluster } from '../support/cluster.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';
import { Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { Stalls } from '../support/stalls.js';
import { TcpGate } from '../support/tcp-gate.js';
import { waitFor } from '../support/wait-for.js';
import { Fleet } from './fleet.js';
import { SmallDisk } from './small-disk.js';
import { prepareWitness } from './witness.js';

/** Numbers of each tenant, by what Meta lets them send a second: one that is easily full, one that is not. */
const LEVELS = ['COEXISTENCE', 'STANDARD'] as const;
const PER_SECOND = { COEXISTENCE: 20, STANDARD: 80 };
const HOST = '127.0.0.1';

/** Faults last seconds here, and so do the timeouts that end them. */
export const GRAPH_CONNECT_TIMEOUT_MS = 1_000;
export const GRAPH_READ_TIMEOUT_MS = 2_500;

/** Alerts that come and go within a run. */
const WATCHFUL = {
  ALERT_LOOK_INTERVAL_MS: '500',
  ALERT_STATE_SECONDS: '2',
  ALERT_QUEUE_DEPTH_SECONDS: '2',
  ALERT_QUEUE_DEPTH_THRESHOLD: '10',
  ALERT_QUEUE_DEPTH_DUE_SECONDS: '1',
  ALERT_FAILURE_RATE_SECONDS: '2',
  ALERT_THROTTLING_THRESHOLD: '1',
  ALERT_REDIS_AWAY_SECONDS: '1',
  ALERT_CALM_SECONDS: '3',
};

const VARIABLES = {
  GRAPH_CONNECT_TIMEOUT_MS: String(GRAPH_CONNECT_TIMEOUT_MS),
  GRAPH_READ_TIMEOUT_MS: String(GRAPH_READ_TIMEOUT_MS),
  POLL_INTERVAL_MS: '500',
  UNKNOWN_AFTER_SECONDS: '10',
  QUOTA_MESSAGES: '100000',
  ...WATCHFUL,
};

/** Meta keeps no limit here: what leaves too fast is taken, and the checker counts it. Webhooks are repeated until taken. */
const SIMULATOR = {
  answerDelayMs: { min: 10, max: 120 },
  throughputLimit: false,
  pairLimit: false,
  readShare: 0.5,
  duplicates: 1,
  webhookRetryDelaysMs: Array.from({ length: 100 }, (_, at) => Math.min(1_500, 100 * (at + 1))),
};

export interface WorldOptions {
  readonly tenants: number;
  /** The data of Postgres on a disk that may fill up. */
  readonly smallDisk: boolean;
  readonly build?: string;
  /** Statements that take a guard away. */
  readonly sabotage?: readonly string[];
  readonly tell: (text: string) => void;
}

export type Tenant = Restaurant & { readonly numbers: ConnectedNumber[] };

/** Everything that a run strikes: servers, gates before them, processes of ours, and tenants with their numbers. */
export class World {
  readonly tenants: Tenant[] = [];
  postgres!: PostgresServer;
  redis!: RedisServer;
  cluster!: Cluster;
  fleet!: Fleet;
  gates!: { graph: TcpGate; redis: TcpGate; postgres: TcpGate };
  disk: SmallDisk | undefined;
  readonly stalls = new Stalls();

  private constructor(private readonly options: WorldOptions) {}

  static async start(options: WorldOptions): Promise<World> {
    const world = new World(options);
    try {
      await world.startServers();
      await world.fleet.start();
      for (let at = 0; at < options.tenants; at += 1) world.tenants.push(await world.openTenant());
      world.stalls.start();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** Says what is being done. */
  tell(text: string): void {
    this.options.tell(text);
  }

  get numbers(): ConnectedNumber[] {
    return this.tenants.flatMap(({ numbers }) => numbers);
  }

  /** What a number may send a second. */
  perSecond(graphId: string): number {
    const at = this.tenants.map(({ graphIds }) => graphIds.indexOf(graphId)).find((place) => place >= 0);
    return PER_SECOND[LEVELS[at ?? 0]!];
  }

  /** A connection to Redis itself, past the gate. */
  async withRedis<Result>(work: (redis: Redis) => Promise<Result>): Promise<Result> {
    const redis = new Redis(this.redis.url, { maxRetriesPerRequest: 1, retryStrategy: () => null });
    redis.on('error', () => {});
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Postgres answers again, whether it was stopped or fell. */
  async revivePostgres(): Promise<void> {
    if (!this.postgres.isRunning) await this.postgres.restart();
    this.cluster.processes.watch(this.postgres.pid);
    await waitFor(() => this.cluster.rows('SELECT 1').then(() => true, () => false), 30_000);
  }

  async startRedis(): Promise<void> {
    await this.redis.start();
    if (this.redis.pid !== undefined) this.cluster?.processes.watch(this.redis.pid);
  }

  async stop(): Promise<void> {
    this.stalls.stop();
    await this.cluster?.stop();
    for (const gate of Object.values(this.gates ?? {})) gate.close();
    this.redis?.thaw();
    await this.redis?.stop();
    await this.postgres?.stop('immediate');
    this.disk?.unmount();
    await this.postgres?.remove();
  }

  private async startServers(): Promise<void> {
    const { smallDisk, build, sabotage } = this.options;
    this.postgres = await PostgresServer.start((dataDir) => {
      if (smallDisk) this.disk = SmallDisk.mount(dataDir);
    });
    await prepareWitness(this.postgres.database, sabotage);
    this.redis = await RedisServer.reserve();
    await this.redis.start();
    const { database } = this.postgres;
    this.cluster = await Cluster.start({ name: 'chaos', database, redis: this.redis, settings: SIMULATOR, env: VARIABLES, ...(build !== undefined && { build }) });
    for (const pid of [this.postgres.pid, this.redis.pid]) if (pid !== undefined) this.cluster.processes.watch(pid);
    const before = (url: string): Promise<TcpGate> => TcpGate.before(HOST, Number(new URL(url).port));
    this.gates = { graph: await before(this.cluster.simulator.url), redis: await before(this.redis.url), postgres: await before(database.system) };
    const through = (url: string, gate: TcpGate): string => Object.assign(new URL(url), { port: String(gate.port) }).href.replace(/\/$/, '');
    this.fleet = new Fleet(this.cluster, {
      GRAPH_URL: through(this.cluster.simulator.url, this.gates.graph),
      REDIS_URL: through(this.redis.url, this.gates.redis),
      DATABASE_APP_URL: through(database.app, this.gates.postgres),
      DATABASE_SYSTEM_URL: through(database.system, this.gates.postgres),
    });
  }

  private async openTenant(): Promise<Tenant> {
    const tenant = await Restaurant.found(this.cluster, { numbers: LEVELS.length, echoEnabled: true });
    const numbers: ConnectedNumber[] = [];
    for (const [at, graphId] of tenant.graphIds.entries()) {
      // Meta says how much a number may send when Parley connects it.
      await this.cluster.simulator.control('PUT', `/numbers/${graphId}`, { throughputLevel: LEVELS[at] });
      numbers.push(await tenant.connect(graphId));
    }
    return Object.assign(tenant, { numbers });
  }
}
