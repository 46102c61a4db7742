import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { runInContext } from '../context.js';
import { LOG_EVENTS, logEvent, type LogEventName } from './log-events.js';
import { GatheredLines } from './gathered-lines.js';
import { createLogger, errorFields, loggerModuleParams } from './logging.js';
import { maskPhone, scrub } from './redaction.js';

type Line = Record<string, unknown>;

function capture(level: 'trace' | 'warn' = 'trace') {
  const lines: string[] = [];
  const logger = createLogger('api', { LOG_LEVEL: level }, { write: (line) => void lines.push(line) });
  return { logger, text: () => lines.join(''), lines: () => lines.map((line) => JSON.parse(line) as Line) };
}

describe('logEvent', () => {
  it.each(Object.keys(LOG_EVENTS) as LogEventName[])('logs %s at its level with its fields', (event) => {
    const { logger, lines } = capture();
    logEvent(logger, event, { messageId: 'm1', count: 3 });
    const { level } = LOG_EVENTS[event];
    expect(lines()).toEqual([expect.objectContaining({ level, event, messageId: 'm1', count: 3, service: 'api' })]);
  });

  it('says nothing below the level', () => {
    const { logger, lines } = capture('warn');
    logEvent(logger, 'message.state_changed');
    expect(lines()).toEqual([]);
  });

  it('carries the ids of the request or job that is running', () => {
    const { logger, lines } = capture();
    const correlation = { job: 'number.wake' };
    runInContext({ requestId: 'r1', tenantId: 't1', correlation }, () => logEvent(logger, 'job.completed'));
    runInContext({ requestId: 'r2' }, () => logEvent(logger, 'job.completed'));
    logEvent(logger, 'job.completed');
    expect(lines().map(({ requestId, tenantId, job }) => [requestId, tenantId, job])).toEqual([
      ['r1', 't1', 'number.wake'],
      ['r2', undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });
});

describe('what must not be in a log', () => {
  const CANARY = 'canary-secret';
  const NAMES = [
    'authorization',
    'cookie',
    'token',
    'accessToken',
    'access_token',
    'appSecret',
    'apiKey',
    'password',
    'pin',
  ];

  it.each([...NAMES, 'x-hub-signature-256', 'set-cookie'])(
    'a value under %s, at the top and in known objects',
    (name) => {
      const { logger, text, lines } = capture();
      const holder = { [name]: CANARY };
      logger.info({ ...holder, headers: holder, body: holder, params: holder, query: holder, request: holder });
      expect(text()).not.toContain('canary');
      expect(lines()[0]?.[name]).toBe('[redacted]');
    },
  );

  it.each(['phone', 'to', 'from', 'recipient', 'waId'])('a phone number under %s', (name) => {
    const { logger, lines } = capture();
    logger.info({ [name]: '+40722123456', body: { [name]: '40722123456' } });
    expect(lines()[0]).toMatchObject({ [name]: '+40••••••456', body: { [name]: '40••••••456' } });
  });

  it('though the states of a change stay, which have the same names', () => {
    const { logger, lines } = capture();
    logEvent(logger, 'message.state_changed', { from: 'QUEUED', to: 'DISPATCHED' });
    expect(lines()[0]).toMatchObject({ from: 'QUEUED', to: 'DISPATCHED' });
  });

  it('headers, query and body of a request or response', () => {
    const { logger, text, lines } = capture();
    const headers = { authorization: CANARY };
    const req = { id: 'r1', method: 'GET', url: `/v1/messages?token=${CANARY}`, headers, body: CANARY };
    logger.info({ req, res: { statusCode: 200, headers } });
    expect(text()).not.toContain('canary');
    expect(lines()[0]).toMatchObject({
      req: { id: 'r1', method: 'GET', path: '/v1/messages' },
      res: { statusCode: 200 },
    });
  });

  it('what drivers hang on their errors, and secrets in their texts', () => {
    const { logger, text, lines } = capture();
    const cause = new Error('Bearer canary-bearer was refused for +40722123456');
    const err = Object.assign(
      new Error('parley_live_canary0000_x and EAAcanaryToken123 at /x?access_token=canary', { cause }),
      {
        code: '23505',
        detail: `Key (phone)=(${CANARY})`,
        parameters: [CANARY],
      },
    );
    logEvent(logger, 'job.failed', { err });
    expect(text()).not.toMatch(/canary|40722123456/i);
    expect(lines()[0]).toMatchObject({
      err: { type: 'Error', code: '23505', stack: expect.stringContaining('at ') as unknown },
    });
    expect(JSON.stringify(errorFields(CANARY))).not.toContain('canary');
  });
});

describe('odd values', () => {
  it.each([
    [
      { req: 'GET /?token=canary', res: null },
      { req: {}, res: {} },
    ],
    [
      { err: Object.assign(new Error('x'), { code: 7, stack: undefined }) },
      { err: { type: 'Error', code: 7, message: 'x' } },
    ],
    [{ err: 'canary' }, { err: { type: 'string' } }],
  ])('are logged without their content (%#)', (fields, expected) => {
    const { logger, lines, text } = capture();
    logger.info(fields);
    expect(lines()[0]).toMatchObject(expected);
    expect(text()).not.toContain('canary');
  });
});

describe('masking', () => {
  it.each([
    ['+40722123123', '+40••••••123'],
    ['407221', '407221'],
    ['call +40722123123 or 15550783881', 'call +40••••••123 or 15••••••881'],
    ['', ''],
  ])('of %j gives %j', (text, masked) => {
    expect(maskPhone(text)).toBe(masked);
  });

  it('leaves ids in the text of errors alone', () => {
    const text = 'message 0198c0de-12345678-7000-8000-123456789012 of wamid.HBgLMTU1NTA3ODM4ODE';
    expect(scrub(text)).toBe(text);
  });
});

describe('under Nest', () => {
  it('PinoLogger writes through the same options and leaves requests alone', async () => {
    const { logger, lines, text } = capture();
    @Module({ imports: [LoggerModule.forRoot(loggerModuleParams(logger))] })
    class App {}
    const app = await Test.createTestingModule({ imports: [App] }).compile();
    const pinoLogger = await app.resolve(PinoLogger);
    logEvent(pinoLogger, 'job.failed', { err: Object.assign(new Error('broken'), { parameters: ['canary'] }) });
    expect(lines()[0]).toMatchObject({ event: 'job.failed', err: { type: 'Error', message: 'broken' } });
    expect(text()).not.toContain('canary');
    expect(loggerModuleParams(logger).forRoutes).toEqual([]);
  });

  it('the lines of a moment leave together, in order, and none is lost at the end', async () => {
    const moment = () => new Promise((resolve) => setTimeout(resolve, 50));
    const texts: string[] = [];
    const stream = { write: (text: string) => void texts.push(text), flushSync: () => void texts.push('<flushed>') };
    const lines = new GatheredLines(stream);
    for (const line of ['a\n', 'b\n', 'c\n']) lines.write(line);
    expect(texts).toEqual([]);
    await moment();
    lines.write('d\n');
    lines.flushSync();
    expect(texts).toEqual(['a\nb\nc\n', 'd\n', '<flushed>']);
    await moment();
    expect(texts).toHaveLength(3);
  });
});
