import type { Config } from './config.js';
import { list } from './parsers.js';
import { declaredVariables } from './variable.js';

/** How JWTs are verified. One issuer per installation. */
export interface JwtSettings {
  readonly key: { readonly secret: string } | { readonly jwksUrl: string };
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
}

interface JwtVerdict {
  readonly settings: JwtSettings | null;
  readonly problems: readonly string[];
}

/** The kinds must not mix: an HMAC taken beside public keys lets anyone sign with the public key (RFC 8725, 2.1). */
const HMAC = { allowed: ['HS256', 'HS384', 'HS512'], usual: ['HS256'] } as const;
const PUBLIC_KEY = {
  allowed: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  usual: ['RS256', 'ES256', 'EdDSA'],
} as const;

type JwtVariables = Pick<Config, 'JWT_SECRET' | 'JWT_JWKS_URL' | 'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_ALGORITHMS'>;

/** Reads the five JWT variables together. */
export function jwtSettings(variables: JwtVariables): JwtVerdict {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = variables;
  if (secret !== undefined && jwksUrl !== undefined) {
    return { settings: null, problems: ['JWT_SECRET and JWT_JWKS_URL must not both be set'] };
  }
  const key = secret !== undefined ? { secret } : jwksUrl !== undefined ? { jwksUrl } : null;
  if (!key) return { settings: null, problems: [] };

  const kind: { allowed: readonly string[]; usual: readonly string[] } = 'secret' in key ? HMAC : PUBLIC_KEY;
  const algorithms = variables.JWT_ALGORITHMS ?? kind.usual;
  const problems: string[] = [];
  if (!algorithms.every((algorithm) => kind.allowed.includes(algorithm))) {
    const source = 'secret' in key ? 'JWT_SECRET' : 'JWT_JWKS_URL';
    problems.push(`JWT_ALGORITHMS must be of ${kind.allowed.join(', ')} where ${source} is set`);
  }
  if (issuer === undefined) problems.push('JWT_ISSUER must be set where JWTs are on');
  if (audience === undefined) problems.push('JWT_AUDIENCE must be set where JWTs are on');
  if (problems.length > 0 || issuer === undefined || audience === undefined) return { settings: null, problems };
  return { settings: { key, issuer, audience, algorithms }, problems };
}

/** Whoever asks the tenant service has to say who it is. */
export function tenantServiceProblems(config: Config): readonly string[] {
  const isHalf = (config.TENANT_SERVICE_URL === undefined) !== (config.TENANT_SERVICE_TOKEN === undefined);
  return isHalf ? ['TENANT_SERVICE_URL and TENANT_SERVICE_TOKEN must be set together'] : [];
}

/** What a bucket needs beside its driver. */
export function storageProblems(config: Config): readonly string[] {
  if (config.STORAGE_DRIVER !== 's3') return [];
  const isKeyHalf = (config.S3_ACCESS_KEY_ID === undefined) !== (config.S3_SECRET_ACCESS_KEY === undefined);
  return [
    ...(config.S3_BUCKET === undefined ? ['S3_BUCKET must be set where STORAGE_DRIVER is s3'] : []),
    ...(isKeyHalf ? ['S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together'] : []),
  ];
}

/** Emails need somebody who takes them. */
export function alertProblems(config: Config): readonly string[] {
  const lacksServer = config.ALERT_EMAIL_TO !== undefined && config.SMTP_URL === undefined;
  return lacksServer ? ['SMTP_URL must be set where ALERT_EMAIL_TO is'] : [];
}

/** Where the broker is. */
export interface BrokerAddress {
  readonly url?: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly vhost?: string;
}

type BrokerVariables = Pick<
  Config,
  | 'RABBITMQ_URL'
  | 'RABBITMQ_HOST'
  | 'RABBITMQ_PORT'
  | 'RABBITMQ_USER'
  | 'RABBITMQ_PASSWORD'
  | 'RABBITMQ_VHOST'
  | 'RABBITMQ_BINDINGS'
>;

/** The address of the broker by either way of naming it; null where there is none. */
export function brokerAddress(variables: BrokerVariables): BrokerAddress | null {
  const { RABBITMQ_URL: url, RABBITMQ_HOST: hostname, RABBITMQ_PORT: port, RABBITMQ_VHOST: vhost } = variables;
  if (url !== undefined) return { url };
  if (hostname === undefined) return null;
  const { RABBITMQ_USER: username, RABBITMQ_PASSWORD: password } = variables;
  return { hostname, port, vhost, ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
}

/** A broker is named once, and somebody's messages are taken from it. */
export function brokerProblems(variables: BrokerVariables): readonly string[] {
  const { RABBITMQ_URL: url, RABBITMQ_HOST: host, RABBITMQ_BINDINGS: bindings } = variables;
  if (url !== undefined && host !== undefined) return ['RABBITMQ_URL and RABBITMQ_HOST must not both be set'];
  if (brokerAddress(variables) === null || bindings !== undefined) return [];
  return ['RABBITMQ_BINDINGS must be set where RABBITMQ_URL or RABBITMQ_HOST is'];
}

/** What production does not put up with: the defaults that serve development, and short secrets. */
export function productionProblems(config: Config, given: Readonly<Record<string, string>>): readonly string[] {
  if (!config.isProduction) return [];
  if (config.FAILPOINT !== undefined) return ['FAILPOINT must not be set in production'];
  return declaredVariables().flatMap((variable) => {
    const { name, secret, setInProduction, minimumLengthInProduction: minimum = 0 } = variable;
    const value = given[name];
    if (value === undefined) return [];
    if ((secret || setInProduction) && value === variable.default) return [`${name} must be set in production`];
    const isShort = (variable.parse === list ? list(value) : [value]).some((item) => item.length < minimum);
    return minimum > 0 && isShort ? [`${name} must have at least ${minimum} characters in production`] : [];
  });
}
