import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { AccessLookups, SystemDb } from '@parley/data';
import { DomainError } from '@parley/domain';
import { GuardedFetch } from '@parley/http';
import { accountTokenPlace, SealedCredentials, TenantServiceCredentials } from '@parley/messaging';
import { Sealer } from '@parley/platform';
import { describeCredentialSource, type SourceUnderTest } from '../support/credential-source-contract.js';
import { workerDatabase } from '../support/database.js';
import { makeTenant, openPool, type TestTenant } from '../support/fixtures.js';

const SERVICE_TOKEN = 'what-parley-shows';

let pool: pg.Pool;
let lookups: AccessLookups;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
  lookups = new AccessLookups(new SystemDb(pool));
});
afterAll(() => pool.end());

async function wabaOf({ accountId }: TestTenant): Promise<string> {
  return (await pool.query<{ waba_id: string }>('SELECT waba_id FROM accounts WHERE id = $1', [accountId])).rows[0]!.waba_id;
}

describeCredentialSource('the sealed store', async (): Promise<SourceUnderTest> => {
  const sealer = new Sealer([{ id: 'spec', key: Buffer.alloc(32, 7) }]);
  const own = openPool((await workerDatabase()).system, 1);
  const db = new SystemDb(own);
  let ended = false;
  const put = async ({ tenantId, accountId }: TestTenant, token: string, version: number) => {
    const sealed = sealer.seal(token, accountTokenPlace(tenantId, accountId, version));
    await pool.query('UPDATE accounts SET token_sealed = $2, token_version = $3 WHERE id = $1', [accountId, sealed, version]);
  };
  return {
    source: new SealedCredentials(new AccessLookups(db), sealer),
    async tenantWith(token) {
      const tenant = await makeTenant(pool);
      if (token !== null) await put(tenant, token, 1);
      return tenant;
    },
    change: (tenant, token) => put(tenant, token, 2),
    async fail() {
      ended = true;
      await own.end();
      // A pool that is gone is what a database that is away looks like to its callers.
      own.query = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    },
    stop: () => (ended ? Promise.resolve() : own.end()),
  };
});

/** A tenant service for specs, as docs/guides/tenant-service.md describes it. */
class TenantService {
  readonly tokens = new Map<string, string>();
  asked = 0;
  answer: { status: number; body: string } | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TenantService> {
    const server = createServer((request, response) => {
      service.asked += 1;
      const token = service.tokens.get(request.url ?? '');
      const said = service.answer ?? (token === undefined ? { status: 404, body: '{}' } : { status: 200, body: JSON.stringify({ accessToken: token }) });
      const isKnown = request.headers.authorization === `Bearer ${SERVICE_TOKEN}`;
      response.writeHead(isKnown ? said.status : 401, { 'content-type': 'application/json', location: 'http://127.0.0.1:9/' }).end(isKnown ? said.body : '{}');
    });
    const service = new TenantService(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async put(tenant: TestTenant, token: string): Promise<void> {
    this.tokens.set(`/tenants/${tenant.tenantId}/accounts/${await wabaOf(tenant)}/credential`, token);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function sourceOf(service: TenantService): { source: TenantServiceCredentials; http: GuardedFetch } {
  const http = new GuardedFetch({ allowedOrigins: [service.url], timeoutMs: 500, maxResponseBytes: 16_384 });
  return { source: new TenantServiceCredentials(lookups, http, { url: service.url, authToken: SERVICE_TOKEN }), http };
}

describeCredentialSource('the tenant service', async (): Promise<SourceUnderTest> => {
  const service = await TenantService.start();
  const { source, http } = sourceOf(service);
  return {
    source,
    async tenantWith(token) {
      const tenant = await makeTenant(pool);
      if (token !== null) await service.put(tenant, token);
      return tenant;
    },
    change: (tenant, token) => service.put(tenant, token),
    fail: () => service.stop(),
    stop: async () => {
      await http.close();
      await service.stop().catch(() => undefined);
    },
  };
});

describe('a tenant service', () => {
  let service: TenantService;
  let source: TenantServiceCredentials;
  let http: GuardedFetch;
  let tenant: TestTenant;

  beforeEach(async () => {
    service = await TenantService.start();
    ({ source, http } = sourceOf(service));
    tenant = await makeTenant(pool);
    await service.put(tenant, 'EAAservice');
  });
  afterEach(async () => {
    await http.close();
    await service.stop();
  });

  const codeOf = async (): Promise<string> => {
    const error: unknown = await source.accessToken(tenant).catch((thrown: unknown) => thrown);
    return error instanceof DomainError ? error.code : String(error);
  };

  it.each([
    ['an error', 500, '{"accessToken":"EAAx"}'],
    ['a redirect, which is not followed', 302, ''],
    ['no JSON', 200, '<h1>EAA</h1>'],
    ['no token', 200, '{"token":"EAAx"}'],
    ['a token that no header can carry', 200, JSON.stringify({ accessToken: 'EAA\r\nx-evil: 1' })],
    ['more than a token could ever be', 200, JSON.stringify({ accessToken: 'E'.repeat(20_000) })],
  ])('that answers %s is not believed, and the account is not blamed', async (_, status, body) => {
    service.answer = { status, body };
    expect(await codeOf()).toBe('credential.unavailable');
  });

  it('that fails again and again is left alone', async () => {
    service.answer = { status: 503, body: '' };
    for (let n = 0; n < 12; n += 1) expect(await codeOf()).toBe('credential.unavailable');
    expect(service.asked).toBe(5);
  });

  it('that has no token for one account is well: others get theirs', async () => {
    const without = await makeTenant(pool);
    for (let n = 0; n < 12; n += 1) await expect(source.accessToken(without)).rejects.toMatchObject({ code: 'credential.invalid' });
    expect(await source.accessToken(tenant)).toBe('EAAservice');
  });
});
