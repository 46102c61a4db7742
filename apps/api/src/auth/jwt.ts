import { MemoryCache } from '@parley/cache';
import type { AccessLookups } from '@parley/data';
import {
  DomainError,
  isInvalidText,
  provenTenant,
  ROLE_SCOPES,
  type Role,
  type Scope,
  type TenantId,
} from '@parley/domain';
import type { JwtSettings } from '@parley/platform';
import { isUUID } from 'class-validator';
import {
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import type { TenantCaller } from './caller.js';

/** What clocks may differ by. */
const LEEWAY_SECONDS = 30;
const MAX_USERS = 10_000;
const MAX_SUBJECT_LENGTH = 255;
const JWKS_TIMEOUT_MS = 3_000;
/** Access tokens, not the other things that an issuer signs (RFC 8725, 3.11). Many issuers leave typ out. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt'];
const REQUIRED_CLAIMS = ['sub', 'exp', 'tenant_id', 'role'];

const SCOPES_OF_ROLE = {
  admin: new Set(ROLE_SCOPES.admin),
  agent: new Set(ROLE_SCOPES.agent),
} as const satisfies Partial<Record<Role, ReadonlySet<Scope>>>;

interface Claims {
  readonly subject: string;
  readonly tenantId: string;
  readonly role: keyof typeof SCOPES_OF_ROLE;
}

interface Admission {
  /** null when the tenant is unknown or suspended, or its user disabled. */
  readonly tenantId: TenantId | null;
}

/** Verifies JWTs of the installation's one issuer: signature, algorithm, iss, aud, typ, nbf, exp; then tenant and user. */
export class Jwts {
  private readonly keyOf: JWTVerifyGetKey;
  private readonly options: JWTVerifyOptions;
  private readonly admissions: MemoryCache<Admission>;

  constructor(
    settings: JwtSettings,
    private readonly lookups: Pick<AccessLookups, 'tenantUser'>,
    cacheSeconds: number,
  ) {
    this.keyOf = keySource(settings);
    this.options = {
      algorithms: [...settings.algorithms],
      issuer: settings.issuer,
      audience: settings.audience,
      clockTolerance: LEEWAY_SECONDS,
      requiredClaims: REQUIRED_CLAIMS,
    };
    this.admissions = new MemoryCache({ ttlMs: cacheSeconds * 1_000, maxEntries: MAX_USERS });
  }

  /** The caller of a token; null when anything about it is not right. Throws when keys or users cannot be read. */
  async verify(token: string): Promise<TenantCaller | null> {
    const claims = await this.claims(token);
    if (!claims) return null;
    const { tenantId } = await this.admissions.get(`${claims.tenantId} ${claims.subject}`, () => this.admit(claims));
    if (tenantId === null) return null;
    return { kind: 'jwt', tenantId, actor: `user:${claims.subject}`, scopes: SCOPES_OF_ROLE[claims.role] };
  }

  private async claims(token: string): Promise<Claims | null> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keyOf, this.options);
      return isAccessToken(protectedHeader.typ) ? claimsOf(payload) : null;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw new DomainError('auth.unavailable', undefined, { cause: error, retryAfterSeconds: 5 });
    }
  }

  private async admit({ tenantId, subject }: Claims): Promise<Admission> {
    const user = await this.lookups.tenantUser(tenantId, subject);
    // Who is not registered is the issuer's to vouch for; who is registered here can be disabled here.
    return { tenantId: user && user.userState !== 'DISABLED' ? provenTenant(user.tenantId) : null };
  }
}

function keySource({ key }: JwtSettings): JWTVerifyGetKey {
  if ('jwksUrl' in key) return createRemoteJWKSet(new URL(key.jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  const secret = new TextEncoder().encode(key.secret);
  return async () => secret;
}

function isAccessToken(typ: string | undefined): boolean {
  return TYPES.includes(typ?.toLowerCase().replace(/^application\//, ''));
}

function claimsOf({ sub, tenant_id: tenantId, role }: JWTPayload): Claims | null {
  const isSubject = typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT_LENGTH && !isInvalidText(sub);
  if (!isSubject || !isUUID(tenantId) || (role !== 'admin' && role !== 'agent')) return null;
  return { subject: sub, tenantId: (tenantId as string).toLowerCase(), role };
}

/** jose's errors speak of the token, but for these, which speak of the issuer's keys not being there. */
function isRefusal(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // jose uses its base class itself for an answer of the JWKS endpoint that is no JWKS.
  return error instanceof errors.JOSEError && error.constructor !== errors.JOSEError;
}
