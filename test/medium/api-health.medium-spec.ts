import { ShutdownSteps } from '@parley/platform';
import type { AddressInfo } from 'node:net';
import { TestApi } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { RedisServer } from '../support/redis-server.js';
import { FakeGraph, json } from '../support/fake-graph.js';
import { TcpGate } from '../support/tcp-gate.js';
import { waitFor } from '../support/wait-for.js';

describe('health', () => {
  let graph: FakeGraph;

  beforeAll(async () => {
    graph = await FakeGraph.start((_, response) =>
      json(response, 400, { error: { message: 'Unsupported get request', code: 100 } }),
    );
  });

  afterAll(() => graph.stop());

  it('is ok when everything answers, and says how fast', async () => {
    const api = await TestApi.start({ GRAPH_URL: graph.url });
    try {
      await waitFor(async () => (await api.call('GET', '/health')).body['status'] === 'ok');
      const { status, body } = await api.call('GET', '/health');
      const component = { status: 'ok', latencyMs: expect.any(Number) as unknown };
      expect(status).toBe(200);
      expect(body).toEqual({ status: 'ok', components: { postgres: component, redis: component, graph: component } });
    } finally {
      await api.stop();
    }
  });

  it('starts without Redis and without Meta, is degraded and ready, and serves', async () => {
    const redis = await RedisServer.reserve();
    const api = await TestApi.start({ REDIS_URL: redis.url });
    try {
      const health = await api.call('GET', '/health');
      expect(health).toMatchObject({
        status: 200,
        body: {
          status: 'degraded',
          components: { postgres: { status: 'ok' }, redis: { status: 'down' }, graph: { status: 'down' } },
        },
      });
      expect(health.text).not.toContain('127.0.0.1');
      expect((await api.call('GET', '/health/ready')).status).toBe(200);
      expect((await api.call('GET', '/v1/tenant', { bearer: (await api.tenant()).apiKey })).status).toBe(200);
      expect((await api.call('GET', '/v1/tenant', { bearer: 'guess' })).status).toBe(401);
    } finally {
      await api.stop();
    }
  });

  it('is down without Postgres, says 503 and never worse, and comes back by itself', async () => {
    const { app, system } = await workerDatabase();
    const { hostname, port } = new URL(app);
    const gate = await TcpGate.before(hostname, Number(port));
    const through = (url: string) => Object.assign(new URL(url), { host: `127.0.0.1:${gate.port}` }).href;
    const api = await TestApi.start({ DATABASE_APP_URL: through(app), DATABASE_SYSTEM_URL: through(system) });
    try {
      const { apiKey: bearer } = await api.tenant();
      gate.shut();
      await waitFor(async () => (await api.call('GET', '/health/ready')).status === 503);
      for (const answer of [
        await api.call('GET', '/health/ready'),
        await api.call('GET', '/v1/tenant', { bearer }),
        await api.operator('GET', '/v1/tenants'),
        await api.operator('POST', '/v1/tenants', { name: 'Nobody' }),
      ]) {
        expect(answer).toMatchObject({ status: 503, body: { code: 'database.unavailable', retryable: true } });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
      expect(await api.call('GET', '/health')).toMatchObject({
        status: 503,
        body: { status: 'down', components: { postgres: { status: 'down' } } },
      });
      expect((await api.call('GET', '/health/live')).status).toBe(200);
      await gate.open();
      await waitFor(async () => (await api.call('GET', '/health/ready')).status === 200);
      expect((await api.call('GET', '/v1/tenant', { bearer })).status).toBe(200);
    } finally {
      await api.stop();
      gate.shut();
    }
  });

  it('is not ready once the shutdown has begun, and lives', async () => {
    const api = await TestApi.start();
    const shutdown = api.app.get(ShutdownSteps);
    await api.app.listen(0, '127.0.0.1');
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    const ended = shutdown.run('a test');
    expect(await api.call('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { code: 'shutdown.in-progress' },
    });
    expect(await ended).toBe(true);
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
    await api.stop();
  });
});
