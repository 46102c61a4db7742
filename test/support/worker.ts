import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { appendToLedger, SystemDb } from '@parley/data';
import { Clock, createLogger, loadConfig, Metrics, nestLogger, Sealer, ShutdownSteps, type Config } from '@parley/platform';
import { accountTokenPlace } from '@parley/messaging';
import { PinoLogger } from 'nestjs-pino';
import type pg from 'pg';
import { AnswerMessages } from '../../apps/worker/src/automations/answer-messages.js';
import { ProcessLedger } from '../../apps/worker/src/inbound/process-ledger.js';
import { ReplayLedger } from '../../apps/worker/src/inbound/replay-ledger.js';
import { TellSettled } from '../../apps/worker/src/inbound/tell-settled.js';
import { WorkerModule } from '../../apps/worker/src/worker.module.js';
import { freshDatabase, workerRedis } from './database.js';
import { makeTenant, openPool, type TestTenant } from './fixtures.js';

/** The token that every tenant of a spec sends with. */
export const TOKEN = 'EAAtokenOfTheSpec';

const NEVER = new AbortController().signal;

/** The whole worker in this process, on a database of its own. */
export class TestWorker {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly config: Config,
    /** As parley_system. */
    readonly pool: pg.Pool,
    /** For what only the owner of the tables may do. */
    readonly ownerUrl: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  /** @param overrides variables of the environment, such as GRAPH_URL */
  static async start(overrides: Readonly<Record<string, string>> = {}): Promise<TestWorker> {
    const [database, redis] = [await freshDatabase(), workerRedis()];
    const config = loadConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_APP_URL: database.app,
      DATABASE_SYSTEM_URL: database.system,
      DATABASE_POOL_SIZE: '6',
      REDIS_URL: redis.url,
      REDIS_PREFIX: `${redis.prefix}-${Date.now().toString(36)}`,
      GRAPH_URL: 'http://127.0.0.1:9',
      WORKER_PORT: '0',
      POLL_INTERVAL_MS: '100',
      ...overrides,
    });
    const logger = createLogger('worker', config);
    const options = { abortOnError: false, logger: nestLogger(logger) };
    const app = await NestFactory.create<NestFastifyApplication>(WorkerModule.forRoot(config, logger), new FastifyAdapter(), options);
    await app.init();
    return new TestWorker(app, config, openPool(database.system), database.owner, () => database.drop());
  }

  /** A tenant that can send: its account's token is sealed for this worker. */
  async tenant(columns: Readonly<Record<string, unknown>> = {}): Promise<TestTenant> {
    const tenant = await makeTenant(this.pool, columns);
    const sealed = this.app.get(Sealer, { strict: false }).seal(TOKEN, accountTokenPlace(tenant.tenantId, tenant.accountId, 1));
    await this.pool.query('UPDATE accounts SET token_sealed = $3 WHERE tenant_id = $1 AND id = $2', [tenant.tenantId, tenant.accountId, sealed]);
    return tenant;
  }

  /** Puts webhooks into the ledger, as the api does, and processes them. */
  async receive(...bodies: readonly unknown[]): Promise<void> {
    await this.receiveFrom(null, ...bodies);
  }

  /** The same for webhooks that a tenant's own app signed. */
  async receiveFrom(appTenantId: string | null, ...bodies: readonly unknown[]): Promise<void> {
    await this.keepFrom(appTenantId, bodies);
    await this.process();
  }

  /** Puts webhooks into the ledger. */
  keep(...bodies: readonly unknown[]): Promise<void> {
    return this.keepFrom(null, bodies);
  }

  private async keepFrom(appTenantId: string | null, bodies: readonly unknown[]): Promise<void> {
    const entries = bodies.map((body) => ({
      metaAppId: '1',
      appTenantId,
      body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    }));
    await appendToLedger(this.app.get(SystemDb, { strict: false }), entries);
  }

  /** As of another worker process on the same database. */
  async anotherLedger(): Promise<ProcessLedger> {
    const { app } = this;
    return new ProcessLedger(
      app.get(SystemDb, { strict: false }),
      app.get(Clock, { strict: false }),
      app.get(TellSettled, { strict: false }),
      app.get(ReplayLedger, { strict: false }),
      app.get(Metrics, { strict: false }),
      await app.resolve(PinoLogger, undefined, { strict: false }),
    );
  }

  process(): Promise<void> {
    return this.app.get(ProcessLedger, { strict: false }).run(NEVER);
  }

  answer(): Promise<void> {
    return this.app.get(AnswerMessages, { strict: false }).run(NEVER);
  }

  async rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row & pg.QueryResultRow>(text, [...values])).rows;
  }

  async stop(): Promise<void> {
    await this.app.get(ShutdownSteps, { strict: false }).run('the spec is over');
    await this.app.close();
    await this.pool.end();
    await this.dropDatabase();
  }
}

interface EnvelopeParts {
  statuses?: readonly unknown[];
  messages?: readonly unknown[];
  contacts?: readonly unknown[];
}

/** An envelope of Meta's for one number. */
export function envelope(graphId: string, parts: EnvelopeParts): unknown {
  const metadata = { display_phone_number: '40722000000', phone_number_id: graphId };
  const value = { messaging_product: 'whatsapp', metadata, ...parts };
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] };
}

let wamids = 0;

/** A wamid that no other has. */
export function uniqueWamid(): string {
  wamids += 1;
  return `wamid.SPEC${process.pid}x${wamids}`;
}

/** A customer's text, with the contact that Meta names beside it. */
export function customerText(graphId: string, phone: string, body: string, wamid = uniqueWamid(), at = Math.floor(Date.now() / 1_000)): unknown {
  const from = phone.slice(1);
  return envelope(graphId, {
    contacts: [{ profile: { name: 'Ana' }, wa_id: from }],
    messages: [{ from, id: wamid, timestamp: String(at), type: 'text', text: { body } }],
  });
}
