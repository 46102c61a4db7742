import { Body, Controller, Get, Module, Post, Res, ValidationPipe } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DomainError } from '@parley/domain';
import { IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { LoggerModule } from 'nestjs-pino';
import { ConfigModule } from '../config/config.module.js';
import { loadConfig } from '../config/load-config.js';
import { currentContext } from '../context.js';
import { createLogger, loggerModuleParams } from '../logging/logging.js';
import { createMetrics } from '../metrics/metrics.js';
import { genReqId, installRequestHooks } from '../request-hooks.js';
import { ProblemFilter } from './problem.filter.js';
import { VALIDATION_OPTIONS } from './validation.js';

const CANARY = 'canary-secret';

class Text {
  @IsString()
  text!: string;
}

@Controller()
class Routes {
  @Get('things/:id')
  fail(): never {
    throw new DomainError('window.closed', 'Closed since noon.');
  }

  @Post('texts')
  echo(@Body() body: Text): object {
    return { ...body, seen: currentContext() };
  }

  @Get('defect')
  defect(): never {
    throw Object.assign(new Error(CANARY), { parameters: [CANARY] });
  }

  @Get('outage')
  outage(): never {
    throw Object.assign(new Error(CANARY), { code: '57P01' });
  }

  @Get('odd')
  odd(): never {
    throw CANARY;
  }

  @Get('broken-off')
  breakOff(@Res({ passthrough: true }) reply: FastifyReply): never {
    reply.raw.writeHead(200, { 'content-length': 100 });
    reply.raw.write('half of it');
    throw new Error(CANARY);
  }

  @Get('health/live')
  live(): object {
    return {};
  }
}

const lines: string[] = [];
const logger = createLogger('api', { LOG_LEVEL: 'info' }, { write: (line) => void lines.push(line) });
const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const metrics = createMetrics();
let isShuttingDown = false;
let app: NestFastifyApplication;

@Module({
  imports: [ConfigModule.forRoot(loadConfig({})), LoggerModule.forRoot(loggerModuleParams(logger))],
  controllers: [Routes],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
class App {}

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [App] }).compile();
  const adapter = new FastifyAdapter({ genReqId, requestIdHeader: false, bodyLimit: 1_000 });
  app = module.createNestApplication<NestFastifyApplication>(adapter);
  app.useGlobalPipes(new ValidationPipe(VALIDATION_OPTIONS));
  const quietRoutes = new Set(['/health/live']);
  installRequestHooks(adapter.getInstance(), { logger, metrics, quietRoutes, isShuttingDown: () => isShuttingDown });
  await app.init();
});
beforeEach(() => void lines.splice(0));
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };

describe('problems over HTTP', () => {
  it.each([
    ['GET', '/things/1', undefined, {}, 422, 'window.closed'],
    ['GET', '/nothing?token=canary', undefined, {}, 404, 'resource.not-found'],
    ['POST', '/texts', '{"text": canary', json, 400, 'request.malformed'],
    ['POST', '/texts', '', json, 400, 'request.malformed'],
    ['POST', '/texts', '{"__proto__": {"x": "canary"}, "text": "a"}', json, 400, 'request.malformed'],
    ['POST', '/texts', `{"text": "${'canary'.repeat(200)}"}`, json, 413, 'body.too-large'],
    ['POST', '/texts', 'canary', { 'content-type': 'application/xml' }, 415, 'media-type.unsupported'],
    ['POST', '/texts', '{"text": 1, "canary": 2}', json, 422, 'request.invalid'],
    ['GET', '/outage', undefined, {}, 503, 'database.unavailable'],
    ['GET', '/defect', undefined, {}, 500, 'internal.error'],
    ['GET', '/odd', undefined, {}, 500, 'internal.error'],
  ] as const)('%s %s (%#) is a problem with status and code', async (method, url, payload, headers, status, code) => {
    const answer = await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
    const body = answer.json<Record<string, unknown>>();
    expect([answer.statusCode, body['code'], body['status']]).toEqual([status, code, status]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['request-id']).toBe(body['requestId']);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    // The one canary that may come back is the name of an unknown field.
    expect(answer.body.replaceAll('/canary', '').replace('property canary', '')).not.toContain('canary');
    expect(await metrics.render()).toMatchObject({ body: expect.stringContaining(`error_code="${code}"`) as unknown });
  });

  it('logs a defect with its request and without what hangs on it', async () => {
    const answer = await app.inject({ url: '/defect', headers: { 'request-id': 'my-request' } });
    expect(answer.headers['request-id']).toBe('my-request');
    const fault = logged().find(({ event }) => event === 'http.request_failed');
    expect(fault).toMatchObject({ requestId: 'my-request', route: '/defect', err: { type: 'Error' } });
    expect(JSON.stringify(fault)).not.toContain('parameters');
  });

  it('logs an outage once a second, not for every request', async () => {
    await Promise.all(Array.from({ length: 20 }, () => app.inject({ url: '/outage' })));
    expect(logged().filter(({ event }) => event === 'database.unavailable').length).toBeLessThanOrEqual(1);
  });
});

describe('request hooks', () => {
  beforeAll(() => app.listen(0, '127.0.0.1'));

  it('give the context to a handler that runs after its body has arrived', async () => {
    const headers = { ...json, 'request-id': 'with-a-body' };
    const answer = await app.inject({ method: 'POST', url: '/texts', headers, payload: '{"text":"a"}' });
    expect(answer.json()).toMatchObject({ text: 'a', seen: { requestId: 'with-a-body' } });
    expect(answer.headers['request-id']).toBe('with-a-body');
  });

  it('do so over a real connection too, where the body comes in pieces', async () => {
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('{"text":'));
        await new Promise((resolve) => setTimeout(resolve, 5));
        controller.enqueue(new TextEncoder().encode('"b"}'));
        controller.close();
      },
    });
    const answer = await fetch(`${await app.getUrl()}/texts`, { method: 'POST', headers: json, body, duplex: 'half' });
    expect(await answer.json()).toMatchObject({ text: 'b', seen: { requestId: answer.headers.get('request-id') } });
  });

  it('leave an answer that broke off broken, so that nobody takes it for whole', async () => {
    const answer = await fetch(`${await app.getUrl()}/broken-off`);
    await expect(answer.text()).rejects.toThrow();
  });

  it('log one line for a request, by its route, and none for quiet routes', async () => {
    await app.inject({ url: '/things/4711?token=canary' });
    await app.inject({ url: '/health/live' });
    expect(logged()).toEqual([
      expect.objectContaining({ event: 'http.request_completed', route: '/things/:id', status: 422 }),
    ]);
    expect(lines.join()).not.toContain('canary');
    const { body } = await metrics.render();
    expect(body).toContain('http_requests_total{route="/health/live",method="GET",status="2xx"} 1');
  });

  it('count what matches no route, and methods that nobody uses, under one name', async () => {
    await app.inject({ url: `/${CANARY}`, method: 'OPTIONS' });
    const { body } = await metrics.render();
    expect(body).toContain('method="OTHER",status="4xx"');
    expect(body).not.toContain('canary');
  });

  it('refuse what still comes in during a shutdown', async () => {
    isShuttingDown = true;
    const answer = await app.inject({ url: '/things/1' });
    isShuttingDown = false;
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'shutdown.in-progress']);
    expect([answer.headers['retry-after'], answer.headers['connection']]).toEqual(['1', 'close']);
  });
});
