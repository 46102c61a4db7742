import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, loadConfig, type Config } from '@parley/platform';
import type { InjectOptions } from 'light-my-request';
import { ApiModule } from '../../apps/api/src/api.module.js';
import { createApp } from '../../apps/api/src/configure-app.js';
import { workerDatabase, workerRedis } from './database.js';

/** An answer of the api, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body where it is JSON. */
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly bearer?: string;
  readonly body?: unknown;
  /** Bytes as they are, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A tenant of a test's own. */
export interface TestTenant {
  readonly id: string;
  readonly name: string;
  /** With all scopes of its administrators. */
  readonly apiKey: string;
}

const PLATFORM_KEY = 'a-platform-key-for-tests-of-32-characters';

/** The whole api on the databases of this Jest worker, spoken to without a socket. */
export class TestApi {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly config: Config,
  ) {}

  /** @param overrides variables of the environment */
  static async start(overrides: Readonly<Record<string, string>> = {}): Promise<TestApi> {
    const [database, redis] = [await workerDatabase(), workerRedis()];
    const config = loadConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_APP_URL: database.app,
      DATABASE_SYSTEM_URL: database.system,
      DATABASE_POOL_SIZE: '4',
      REDIS_URL: redis.url,
      // Its own: failures that another spec counted against this address must not count here.
      REDIS_PREFIX: `${redis.prefix}-${randomUUID().slice(0, 8)}`,
      PLATFORM_ADMIN_KEY: PLATFORM_KEY,
      GRAPH_URL: 'http://127.0.0.1:9',
      ...overrides,
    });
    const logger = createLogger('api', config);
    const app = await createApp(ApiModule.forRoot(config, logger), config, logger);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new TestApi(app, config);
  }

  async call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, call: Call = {}): Promise<Answer> {
    const { bearer, body, raw, headers } = call;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const options: InjectOptions = {
      method,
      url,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    };
    const answer = await this.app.inject(options);
    const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== '';
    const read = isJson ? (JSON.parse(answer.payload) as Record<string, unknown>) : {};
    return { status: answer.statusCode, headers: answer.headers, text: answer.payload, body: read };
  }

  /** As the platform's operator. */
  operator(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    return this.call(method, url, { bearer: PLATFORM_KEY, ...(body !== undefined && { body }) });
  }

  async tenant(name = `Tenant ${Math.random().toString(36).slice(2)}`): Promise<TestTenant> {
    const { status, body } = await this.operator('POST', '/v1/tenants', { name });
    if (status !== 201) throw new Error(`No tenant: ${status} ${JSON.stringify(body)}`);
    return { id: String(body['id']), name, apiKey: String(body['apiKey']) };
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
