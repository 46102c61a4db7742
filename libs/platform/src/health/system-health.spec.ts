import { HealthIndicatorService } from '@nestjs/terminus';
import { SystemHealth, type HealthProbe } from './system-health.js';

const answers = (name: string, required = false): HealthProbe => ({ name, required, check: async () => undefined });
const refuses = (name: string, required = false): HealthProbe => ({
  name,
  required,
  check: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432')),
});
const health = (...probes: HealthProbe[]) => new SystemHealth(new HealthIndicatorService(), probes);

describe('SystemHealth', () => {
  it('is ok when everything answers', async () => {
    const report = await health(answers('postgres', true), answers('redis')).report();
    expect(report).toEqual({
      status: 'ok',
      components: {
        postgres: { status: 'ok', latencyMs: expect.any(Number) },
        redis: { status: 'ok', latencyMs: expect.any(Number) },
      },
    });
  });

  it('is degraded and ready without what it can do without', async () => {
    const system = health(answers('postgres', true), refuses('redis'));
    expect(await system.report()).toMatchObject({ status: 'degraded', components: { redis: { status: 'down' } } });
    expect(await system.isReady()).toBe(true);
  });

  it('is down and not ready without what it needs', async () => {
    const system = health(refuses('postgres', true), answers('redis'));
    expect(await system.report()).toMatchObject({ status: 'down', components: { redis: { status: 'ok' } } });
    expect(await system.isReady()).toBe(false);
  });

  it('tells nobody where a component is', async () => {
    expect(JSON.stringify(await health(refuses('postgres', true)).report())).not.toContain('10.1.2.3');
  });

  it('looks once, however many ask at a time', async () => {
    let looks = 0;
    const system = health({ name: 'postgres', required: true, check: async () => (looks += 1) });
    await Promise.all([system.report(), system.report(), system.isReady()]);
    await system.isReady();
    expect(looks).toBe(1);
  });
});
