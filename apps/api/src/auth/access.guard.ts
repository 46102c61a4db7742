import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '@parley/domain';
import { noteTenant } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import { ACCESS, type Access } from './access.decorators.js';
import { Authenticate } from './authenticate.js';
import type { Caller } from './caller.js';

/** Lets nobody through whom the route does not name: a route without a declaration is closed to all. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticate: Authenticate,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = this.authenticate.caller({ authorization: request.headers.authorization, address: request.ip });
    return caller instanceof Promise
      ? caller.then((known) => admit(known, access, request))
      : admit(caller, access, request);
  }
}

function admit(caller: Caller, access: Access | undefined, request: FastifyRequest): boolean {
  request.caller = caller;
  if (caller.kind !== 'platform') noteTenant(caller.tenantId);
  if (!access || access.kind === 'public') throw new DomainError('auth.scope-missing', 'This route is open to nobody.');
  if (access.kind === 'platform' && caller.kind !== 'platform') {
    throw new DomainError('auth.scope-missing', "This route needs the platform's key.");
  }
  if (access.kind === 'scope' && !caller.scopes.has(access.scope)) {
    throw new DomainError('auth.scope-missing', `This route needs the scope ${access.scope}.`);
  }
  return true;
}
