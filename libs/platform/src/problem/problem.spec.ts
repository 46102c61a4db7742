import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { DomainError, ERRORS, RateLimitExceeded, type ErrorCode } from '@parley/domain';
import { isDatabaseUnavailable } from './database-errors.js';
import { asDomainError, problemOf } from './problem.js';

const DOCS = 'https://docs.example';
const write = (error: DomainError) => problemOf(error, 'r1', DOCS);

describe('problemOf', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('writes %s as its table says', (code) => {
    const { status, body, headers } = write(new DomainError(code));
    const { title, whatToDo, retryable } = ERRORS[code];
    expect(body).toEqual({
      type: `${DOCS}/errors/${code}`,
      title,
      status: ERRORS[code].status,
      detail: whatToDo,
      code,
      requestId: 'r1',
      retryable,
    });
    expect(status).toBe(ERRORS[code].status);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'request-id': 'r1' });
  });

  it('carries what is wrong this time, the fields, and what Meta said', () => {
    const errors = [{ pointer: '/to', code: 'phone.invalid', detail: 'No.' }];
    const context = { graphCode: 131056, graphSubcode: 1, traceId: 'Az1', secret: 'canary' };
    const { body } = write(new DomainError('graph.refused', 'Meta says no.', { errors, context }));
    expect(body).toMatchObject({
      detail: 'Meta says no.',
      errors,
      meta: { graphCode: 131056, graphSubcode: 1, traceId: 'Az1' },
    });
    expect(JSON.stringify(body)).not.toContain('canary');
  });

  it('says when to come back, in whole seconds and never 0', () => {
    const retryAfter = (error: DomainError) => write(error).headers['retry-after'];
    expect(retryAfter(new RateLimitExceeded(1.2))).toBe('2');
    expect(retryAfter(new RateLimitExceeded(0))).toBe('1');
    expect(retryAfter(new DomainError('database.unavailable'))).toBe('5');
    expect(retryAfter(new DomainError('idempotency.in-progress', undefined, { retryAfterSeconds: 3 }))).toBe('3');
    expect(retryAfter(new DomainError('resource.not-found'))).toBeUndefined();
  });

  it('names the scheme where credentials are missing, and not to webhooks', () => {
    expect(write(new DomainError('auth.missing')).headers['www-authenticate']).toBe('Bearer');
    expect(write(new DomainError('webhook.signature-invalid')).headers['www-authenticate']).toBeUndefined();
  });
});

describe('asDomainError', () => {
  const fastifyError = (code: string, statusCode: number) =>
    Object.assign(new Error('canary'), { name: 'FastifyError', code, statusCode });
  const nested = (error: Error & { statusCode: number }) =>
    new HttpException('canary', error.statusCode, { cause: error });

  it('leaves domain errors as they are', () => {
    const error = new DomainError('window.closed');
    expect(asDomainError(error)).toBe(error);
  });

  it.each<[string, unknown, ErrorCode]>([
    ['a missing route', new NotFoundException('Cannot GET /canary?token=x'), 'resource.not-found'],
    ['a pipe', new BadRequestException('Validation failed (uuid is expected)'), 'request.invalid'],
    ['broken JSON', nested(fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400)), 'request.malformed'],
    ['an empty body', nested(fastifyError('FST_ERR_CTP_EMPTY_JSON_BODY', 400)), 'request.malformed'],
    ['a prototype in JSON', Object.assign(new SyntaxError('canary'), { statusCode: 400 }), 'request.malformed'],
    ['a large body', nested(fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413)), 'body.too-large'],
    ['a content type', nested(fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415)), 'media-type.unsupported'],
    ['a bad address', fastifyError('FST_ERR_BAD_URL', 400), 'resource.not-found'],
    ['a status of the table', new HttpException('canary', 429), 'rate-limit.exceeded'],
    ['a status that is not in it', new HttpException('canary', 418), 'internal.error'],
    ['a defect', new TypeError('canary of undefined'), 'internal.error'],
    ['a syntax error of ours', new SyntaxError('canary'), 'internal.error'],
    ['no error at all', 'canary', 'internal.error'],
    ['nothing', undefined, 'internal.error'],
    ['a lost database', Object.assign(new Error('canary'), { code: 'ECONNREFUSED' }), 'database.unavailable'],
  ])('%s', (_, thrown, code) => {
    const error = asDomainError(thrown);
    expect(error.code).toBe(code);
    expect(JSON.stringify(write(error))).not.toContain('canary');
  });
});

describe('isDatabaseUnavailable', () => {
  const withCode = (code: unknown) => Object.assign(new Error('x'), { code });

  it.each(['ECONNREFUSED', '57P01', '57P03', '08006', '08P01', '53100', '53300', '57014', 'P1001', 'P2024'])('%s', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(true);
  });

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])('%s', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it('looks into causes, and no further than a few', () => {
    let error = withCode('57P01') as Error;
    error = new Error('outer', { cause: error });
    expect(isDatabaseUnavailable(error)).toBe(true);
    for (let depth = 0; depth < 10; depth += 1) error = new Error('outer', { cause: error });
    expect(isDatabaseUnavailable(error)).toBe(false);
  });

  it.each([withCode('23505'), withCode('22P05'), withCode(57), new Error('x'), 'ECONNREFUSED', null])(
    'not %s',
    (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
    },
  );
});
