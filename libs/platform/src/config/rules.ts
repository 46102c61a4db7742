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

/** What a bucket needs beside its driver. */
export function storageProblems(config: Config): readonly string[] {
  if (config.STORAGE_DRIVER !== 's3') return [];
  const isKeyHalf = (config.S3_ACCESS_KEY_ID === undefined) !== (config.S3_SECRET_ACCESS_KEY === undefined);
  return [
    ...(config.S3_BUCKET === undefined ? ['S3_BUCKET must be set where STORAGE_DRIVER is s3'] : []),
    ...(isKeyHalf ? ['S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together'] : []),
  ];
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
