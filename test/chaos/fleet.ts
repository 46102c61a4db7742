import type { Cluster } from '../support/cluster.js';
import { freePort } from '../support/free-port.js';
import type { TestProcess } from '../support/processes.js';
import { RestClient } from '../support/rest-client.js';

const HOST = '127.0.0.1';
/** Two of each: with fewer cores than processes more would only wait for one another. */
const APIS = 2;
const WORKERS = 2;

type Variables = Readonly<Record<string, string>>;

/** One place in the fleet: whatever happens to its process, the next one listens on the same ports. */
class Berth {
  process!: TestProcess;

  constructor(
    readonly name: string,
    readonly ports: Variables,
    private readonly launch: (env: Variables) => Promise<TestProcess>,
  ) {}

  /** @throws when it does not become ready */
  async start(env: Variables = {}): Promise<TestProcess> {
    this.process = await this.launch({ ...this.ports, ...env });
    return this.process;
  }

  /** Starts it again where it ended; while servers are away it may take several tries. */
  async revive(): Promise<void> {
    for (let tries = 1; this.process.hasEnded; tries += 1) {
      await this.start().catch((error: unknown) => {
        if (tries === 3) throw error;
      });
    }
  }

  get metricsUrl(): string {
    return `http://${HOST}:${this.ports['API_METRICS_PORT'] ?? this.ports['WORKER_PORT']}/metrics`;
  }
}

/** The processes of ours, and how clients reach them. */
export class Fleet {
  readonly apis: Berth[] = [];
  readonly workers: Berth[] = [];

  /** @param gates addresses of the servers as the processes see them: each behind a gate */
  constructor(
    private readonly cluster: Cluster,
    private readonly gates: Variables,
  ) {}

  async start(): Promise<void> {
    const usual = new URL(this.cluster.rest.url).port;
    for (let at = 0; at < APIS; at += 1) {
      const ports = { API_PORT: at === 0 ? usual : await newPort(), API_METRICS_PORT: await newPort() };
      this.apis.push(new Berth(`api ${at + 1}`, ports, (env) => this.cluster.startApi({ ...this.gates, ...env })));
    }
    for (let at = 0; at < WORKERS; at += 1) {
      const inspector = await newPort();
      // Opened by SIGUSR1 only; a fault stops the event loop through it.
      const ports = { WORKER_PORT: await newPort(), NODE_OPTIONS: `--inspect-port=${HOST}:${inspector}` };
      this.workers.push(new Berth(`worker ${at + 1}`, ports, (env) => this.cluster.startWorker({ ...this.gates, ...env })));
    }
    // One after another: together they would keep each other from becoming ready in time where cores are few.
    for (const berth of this.berths) await berth.start();
  }

  get berths(): Berth[] {
    return [...this.apis, ...this.workers];
  }

  /** One of the apis, in turn. */
  client(turn: number, key: string): RestClient {
    return new RestClient(`http://${HOST}:${this.apis[turn % this.apis.length]!.ports['API_PORT']}`, key);
  }

  /** All of them run again. */
  async revive(): Promise<void> {
    await Promise.all(this.berths.map((berth) => berth.revive()));
  }
}

export type { Berth };

const newPort = async (): Promise<string> => String(await freePort());
