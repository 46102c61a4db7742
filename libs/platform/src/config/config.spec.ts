import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Config } from './config.js';
import { ConfigInvalid, loadConfig } from './load-config.js';
import { BadValue, integer } from './parsers.js';
import { declaredVariables } from './variable.js';

const base64Key = (): string => randomBytes(32).toString('base64');

const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://api.example.com',
  DATABASE_APP_URL: 'postgresql://a:b@db/parley',
  DATABASE_SYSTEM_URL: 'postgresql://c:d@db/parley',
  REDIS_URL: 'rediss://:secret@redis:6379',
  SEALING_KEYS: `k1:${base64Key()}`,
  PLATFORM_ADMIN_KEY: 'a'.repeat(32),
  META_APP_ID: '4711',
  META_APP_SECRETS: 'b'.repeat(32),
  META_VERIFY_TOKEN: 'c'.repeat(16),
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('serves development without any variable', () => {
    const config = loadConfig({});
    expect(config).toBeInstanceOf(Config);
    expect(config).toMatchObject({
      API_PORT: 3000,
      GRAPH_READ_TIMEOUT_MS: 30_000,
      ECHO_DEFAULT: true,
      isProduction: false,
    });
    expect(config.SEALING_KEYS[0]?.key).toHaveLength(32);
    expect([config.jwt, config.docsBase]).toEqual([null, 'http://127.0.0.1:3000/docs']);
  });

  it('types every value', () => {
    const config = loadConfig({
      API_PORT: ' 8080 ',
      ECHO_DEFAULT: 'false',
      META_APP_SECRETS: 'new-secret, old-secret',
      API_PREFIX: '/api/v1/',
      PUBLIC_URL: 'https://x.example/',
      DOCS_URL: 'https://docs.example/',
    });
    expect(config).toMatchObject({
      API_PORT: 8080,
      ECHO_DEFAULT: false,
      META_APP_SECRETS: ['new-secret', 'old-secret'],
      API_PREFIX: 'api/v1',
      PUBLIC_URL: 'https://x.example',
      docsBase: 'https://docs.example',
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadConfig({ API_PORT: '', JWT_SECRET: ' ' })).toMatchObject({ API_PORT: 3000, jwt: null });
  });

  it('lists every bad variable at once and shows no value', () => {
    const canary = 'canary-value';
    const bad = [
      'API_PORT',
      'ECHO_DEFAULT',
      'GRAPH_URL',
      'DATABASE_APP_URL',
      'LOG_LEVEL',
      'SEALING_KEYS',
      'GRAPH_VERSION',
    ];
    const problems = problemsOf(Object.fromEntries(bad.map((name) => [name, canary])));
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(bad.sort());
    expect(new ConfigInvalid(problems).message).not.toContain('canary');
  });

  it.each([
    ['API_PORT', '65536'],
    ['API_PORT', '-1'],
    ['API_PORT', '0x10'],
    ['API_PORT', '1e3'],
    ['API_PORT', '80.5'],
    ['OUTBOUND_CONCURRENCY', '0'],
    ['DATABASE_APP_URL', 'mysql://x/y'],
    ['GRAPH_URL', 'graph.facebook.com'],
    ['REDIS_PREFIX', 'a:b'],
    ['API_PREFIX', '../x'],
    ['META_APP_SECRETS', 'a,,b'],
    ['SEALING_KEYS', 'k1:c2hvcnQ='],
    ['SEALING_KEYS', base64Key()],
    ['SEALING_KEYS', `k1:${base64Key()},k1:${base64Key()}`],
    ['JWT_SECRET', 'short'],
    ['META_APP_ID', 'abc'],
    ['GRAPH_MEDIA_HOSTS', 'https://lookaside.fbsbx.com'],
    ['GRAPH_MEDIA_HOSTS', 'lookaside.fbsbx.com,*.fbsbx.com'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name} must`)]);
  });

  it('reads several sealing keys in their order', () => {
    const keys = loadConfig({ SEALING_KEYS: `2026:${base64Key()},2025:${base64Key()}` }).SEALING_KEYS;
    expect(keys.map(({ id }) => id)).toEqual(['2026', '2025']);
  });

  it('cannot be changed, and hides its secrets when it is printed', () => {
    const config = loadConfig({ PLATFORM_ADMIN_KEY: 'canary-admin-key', REDIS_URL: 'redis://:canary@x' });
    expect(() => Object.assign(config, { API_PORT: 1 })).toThrow(TypeError);
    expect(JSON.stringify(config) + inspect(config) + inspect({ config })).not.toContain('canary');
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({ API_PORT: 3000, REDIS_URL: '[hidden]' });
  });
});

describe('JWT variables', () => {
  const named = { JWT_ISSUER: 'https://id', JWT_AUDIENCE: 'parley' };
  const secret = 's'.repeat(32);
  const jwksUrl = 'https://id/jwks';

  it('choose the algorithms by the kind of key', () => {
    expect(loadConfig({ ...named, JWT_SECRET: secret }).jwt).toEqual({
      key: { secret },
      issuer: 'https://id',
      audience: 'parley',
      algorithms: ['HS256'],
    });
    const withJwks = loadConfig({ ...named, JWT_JWKS_URL: jwksUrl }).jwt;
    expect(withJwks).toMatchObject({ key: { jwksUrl }, algorithms: ['RS256', 'ES256', 'EdDSA'] });
    const narrowed = loadConfig({ ...named, JWT_JWKS_URL: jwksUrl, JWT_ALGORITHMS: 'ES256' }).jwt;
    expect(narrowed?.algorithms).toEqual(['ES256']);
  });

  it.each([
    [{ ...named, JWT_SECRET: secret, JWT_ALGORITHMS: 'RS256' }, 'JWT_ALGORITHMS'],
    [{ ...named, JWT_SECRET: secret, JWT_ALGORITHMS: 'HS256,none' }, 'JWT_ALGORITHMS'],
    [{ ...named, JWT_JWKS_URL: jwksUrl, JWT_ALGORITHMS: 'RS256,HS256' }, 'JWT_ALGORITHMS'],
    [{ ...named, JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl }, 'JWT_SECRET and JWT_JWKS_URL'],
    [{ JWT_AUDIENCE: 'parley', JWT_SECRET: secret }, 'JWT_ISSUER'],
    [{ JWT_ISSUER: 'https://id', JWT_SECRET: secret }, 'JWT_AUDIENCE'],
  ])('refuse what does not go together (%#)', (env, name) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(`^${name} must`)]);
  });
});

describe('the broker', () => {
  const tenantId = '0199a1b2-0000-7000-8000-00000000000a';
  const bound = { RABBITMQ_BINDINGS: `user:casa=${tenantId.toUpperCase()}, key:orders.casa=${tenantId}` };

  it('is off by default, and named by a URL or by its parts', () => {
    expect(loadConfig({}).broker).toBeNull();
    expect(loadConfig({ ...bound, RABBITMQ_URL: 'amqps://a:b@host/v' }).broker).toEqual({ url: 'amqps://a:b@host/v' });
    const parts = loadConfig({ ...bound, RABBITMQ_HOST: 'host', RABBITMQ_USER: 'a', RABBITMQ_PASSWORD: 'b' });
    expect(parts.broker).toEqual({ hostname: 'host', port: 5672, vhost: '/', username: 'a', password: 'b' });
    expect(parts.RABBITMQ_BINDINGS).toEqual([
      { by: 'user', value: 'casa', tenantId },
      { by: 'key', value: 'orders.casa', tenantId },
    ]);
  });

  it.each([
    [{ RABBITMQ_URL: 'amqp://host' }, 'RABBITMQ_BINDINGS must be set'],
    [{ ...bound, RABBITMQ_URL: 'amqp://host', RABBITMQ_HOST: 'host' }, 'RABBITMQ_URL and RABBITMQ_HOST must not both'],
    [{ RABBITMQ_URL: 'http://host' }, 'RABBITMQ_URL must'],
    [{ RABBITMQ_BINDINGS: 'casa=1' }, 'RABBITMQ_BINDINGS must be a list'],
    [{ RABBITMQ_BINDINGS: `user:a=${tenantId},user:a=${tenantId.replace('a', 'b')}` }, 'RABBITMQ_BINDINGS must not bind'],
  ])('refuses what does not go together (%#)', (env, problem) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('production', () => {
  it('starts with everything set', () => {
    expect(loadConfig(PRODUCTION).isProduction).toBe(true);
  });

  it('refuses each default that serves development only', () => {
    const problems = problemsOf({ NODE_ENV: 'production' });
    const names = Object.keys(PRODUCTION).filter((name) => name !== 'NODE_ENV');
    expect(problems).toEqual(names.map((name) => `${name} must be set in production`));
  });

  it('refuses a default that is set by hand', () => {
    const { SEALING_KEYS: development } = Object.fromEntries(declaredVariables().map((v) => [v.name, v.default ?? '']));
    expect(problemsOf({ ...PRODUCTION, SEALING_KEYS: development ?? '' })).toEqual([
      'SEALING_KEYS must be set in production',
    ]);
  });

  it.each([
    ['PLATFORM_ADMIN_KEY', 'a'.repeat(31), 32],
    ['META_APP_SECRETS', `${'b'.repeat(32)},short`, 16],
    ['META_VERIFY_TOKEN', 'c'.repeat(15), 16],
  ])('refuses a short %s', (name, value, minimum) => {
    const wanted = `${name} must have at least ${minimum} characters in production`;
    expect(problemsOf({ ...PRODUCTION, [name]: value })).toEqual([wanted]);
  });
});

describe('parsers', () => {
  it('take whole numbers only', () => {
    expect(['0', '-7', '0012'].map(integer)).toEqual([0, -7, 12]);
    expect(() => integer('٣')).toThrow(BadValue);
  });
});
