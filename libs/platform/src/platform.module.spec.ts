import { Controller, Get, Inject, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { PinoLogger } from 'nestjs-pino';
import { Clock, SystemClock } from './clock.js';
import { Config } from './config/config.js';
import { loadConfig } from './config/load-config.js';
import { createLogger } from './logging/logging.js';
import { Metrics } from './metrics/metrics.js';
import { PlatformModule } from './platform.module.js';
import { Sealer } from './sealing.js';
import { ShutdownSteps } from './shutdown.js';

let arrived: () => void;
let answer: () => void;
const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
const mayAnswer = new Promise<void>((resolve) => (answer = resolve));

@Controller()
class Slow {
  constructor(@Inject(Clock) readonly clock: Clock) {}

  @Get('slow')
  async slow(): Promise<string> {
    arrived();
    await mayAnswer;
    return 'whole';
  }
}

@Module({
  imports: [PlatformModule.forRoot(loadConfig({}), createLogger('test', { LOG_LEVEL: 'silent' }))],
  controllers: [Slow],
})
class App {}

describe('PlatformModule', () => {
  it('provides what every app needs, and does not serve metrics on its port', async () => {
    const module = await Test.createTestingModule({ imports: [App] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    for (const token of [Config, Metrics, ShutdownSteps, Sealer]) expect(app.get(token)).toBeInstanceOf(token);
    expect(app.get(Clock)).toBeInstanceOf(SystemClock);
    expect(await app.resolve(PinoLogger)).toBeInstanceOf(PinoLogger);
    expect((await app.inject({ url: '/metrics' })).statusCode).toBe(404);
    await app.close();
  });

  it('lets a step close the server before the jobs end: what is under way is answered, and Nest may close it again', async () => {
    const module = await Test.createTestingModule({ imports: [App] }).compile();
    const adapter = new FastifyAdapter();
    const app = module.createNestApplication<NestFastifyApplication>(adapter);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const order: string[] = [];
    app.get(ShutdownSteps).add('stop-intake', 'http', async () => {
      await adapter.getInstance().close();
      order.push('http closed');
    });
    app.get(ShutdownSteps).add('finish-jobs', 'jobs', () => void order.push('jobs finished'));

    const underWay = fetch(`${url}/slow`).then((response) => response.text());
    await hasArrived;
    const closed = app.close();
    answer();
    expect(await underWay).toBe('whole');
    await closed;
    expect(order).toEqual(['http closed', 'jobs finished']);
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
  });
});
