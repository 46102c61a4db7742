import { DomainError, type Scope, type TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';

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

/** The caller of the request. @throws auth.missing on a public route, where nobody was asked. */
export function callerOf(request: Pick<FastifyRequest, 'caller'>): Caller {
  if (!request.caller) throw new DomainError('auth.missing');
  return request.caller;
}

/** The caller of a tenant's route. @throws auth.scope-missing for the platform, which acts for no tenant. */
export function tenantCallerOf(request: Pick<FastifyRequest, 'caller'>): TenantCaller {
  const caller = callerOf(request);
  if (caller.kind === 'platform') {
    throw new DomainError(
      'auth.scope-missing',
      "This route belongs to an organisation: use one of its keys, not the platform's.",
    );
  }
  return caller;
}
