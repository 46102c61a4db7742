import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RateLimitExceeded } from '@parley/domain';
import { REQUEST_WINDOW_SECONDS, RequestLimits, type RequestVerdict } from '@parley/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/index.js';

/**
 * Holds every caller to the limits of its key and of its tenant, and tells it where it stands (draft-ietf-httpapi-
 * ratelimit-headers). It stands behind AccessGuard: public routes, which are webhooks, health and documentation, have no
 * caller and no limit.
 */
@Injectable()
export class RequestLimitGuard implements CanActivate {
  private readonly policies: { readonly key: string; readonly both: string };

  constructor(private readonly limits: RequestLimits) {
    const policy = (name: string, requests: number): string => `"${name}";q=${requests};w=${REQUEST_WINDOW_SECONDS}`;
    const key = policy('key', limits.key.requests);
    this.policies = { key, both: `${key}, ${policy('tenant', limits.tenant.requests)}` };
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { caller } = http.getRequest<FastifyRequest>();
    if (caller) this.admit(caller, http.getResponse<FastifyReply>());
    return true;
  }

  /** @throws rate-limit.exceeded */
  private admit(caller: Caller, reply: FastifyReply): void {
    if (caller.kind === 'platform') {
      const own = this.limits.key.take(caller.actor);
      tell(reply, this.policies.key, standing('key', own));
      return assertAllowed(own, 'This key');
    }
    const { tenantId, actor } = caller;
    const own = this.limits.key.take(`${tenantId} ${actor}`);
    if (!own.allowed) {
      tell(reply, this.policies.key, standing('key', own));
      return assertAllowed(own, 'This key');
    }
    const all = this.limits.tenant.take(tenantId);
    tell(reply, this.policies.both, `${standing('key', own)}, ${standing('tenant', all)}`);
    assertAllowed(all, 'This organisation');
  }
}

function assertAllowed({ allowed, resetSeconds }: RequestVerdict, who: string): void {
  if (!allowed) throw new RateLimitExceeded(resetSeconds, `${who} has made all requests that it may make in a minute.`);
}

function standing(name: string, { remaining, resetSeconds }: RequestVerdict): string {
  return `"${name}";r=${remaining};t=${resetSeconds}`;
}

function tell(reply: FastifyReply, policy: string, state: string): void {
  void reply.header('ratelimit-policy', policy).header('ratelimit', state);
}
