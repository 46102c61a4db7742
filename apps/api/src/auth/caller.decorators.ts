import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import { callerOf, tenantCallerOf } from './caller.js';

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
