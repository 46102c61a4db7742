import type { Scope, TenantId } from '@parley/domain';

/** The operator of the installation, who holds PLATFORM_ADMIN_KEY. */
export interface PlatformCaller {
  readonly kind: 'platform';
  /** For records: who did it. */
  readonly actor: 'platform';
  readonly scopes: ReadonlySet<Scope>;
}

/** Somebody of one tenant: an app with an API key, or a person with a JWT. */
export interface TenantCaller {
  readonly kind: 'api-key' | 'jwt';
  /** Proven by the credential; never taken from anything else in the request. */
  readonly tenantId: TenantId;
  /** For records: `key:<key id>` or `user:<sub>`. */
  readonly actor: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who makes the request. */
export type Caller = PlatformCaller | TenantCaller;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by AccessGuard; null on public routes. */
    caller: Caller | null;
  }
}
