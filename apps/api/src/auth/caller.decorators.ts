import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import type { Caller, TenantCaller } from './caller.js';

/** The caller of the request. @throws auth.missing on a public route, where nobody was asked. */
export function callerOf(request: Pick<FastifyRequest, 'caller'>): Caller {
  if (!request.caller) throw new DomainError('auth.missing');
  return request.caller;
}

/** The caller of a tenant's route. @throws auth.scope-missing for the platform, which acts for no tenant. */
export function tenantCallerOf(request: Pick<FastifyRequest, 'caller'>): TenantCaller {
  const caller = callerOf(request);
  if (caller.kind === 'platform') {
    throw new DomainError('auth.scope-missing', "This route belongs to an organisation: use one of its keys, not the platform's.");
  }
  return caller;
}

/** `@CurrentCaller() caller: Caller` */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** `@CurrentTenantCaller() caller: TenantCaller`, for what notes who did it. */
export const CurrentTenantCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  tenantCallerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** `@CurrentTenant() tenantId: TenantId` */
export const CurrentTenant = createParamDecorator(
  (_: unknown, context: ExecutionContext): TenantId =>
    tenantCallerOf(context.switchToHttp().getRequest<FastifyRequest>()).tenantId,
);
