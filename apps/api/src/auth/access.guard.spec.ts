import type { ExecutionContext, Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError, provenTenant, type Scope } from '@parley/domain';
import { runInContext, type RequestContext } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import { Public, RequirePlatform, RequireScope } from './access.decorators.js';
import { AccessGuard } from './access.guard.js';
import type { Authenticate } from './authenticate.js';
import { callerOf, tenantCallerOf, type Caller } from './caller.js';

class Routes {
  @Public()
  open(): void {}

  @RequirePlatform()
  platform(): void {}

  @RequireScope('messages:write')
  scoped(): void {}

  undeclared(): void {}
}

@RequirePlatform()
class PlatformRoutes {
  any(): void {}

  @RequireScope('messages:write')
  scoped(): void {}
}

const TENANT = provenTenant('0199a1b2-0000-7000-8000-000000000001');
const PLATFORM: Caller = { kind: 'platform', actor: 'platform', scopes: new Set<Scope>(['messages:write']) };
const tenant = (...scopes: Scope[]): Caller => ({
  kind: 'api-key',
  tenantId: TENANT,
  actor: 'key:x',
  scopes: new Set(scopes),
});

function ask(controller: Type, method: string, caller: Caller | Promise<Caller> | DomainError) {
  const request = { headers: {}, ip: '10.0.0.1', caller: null } as unknown as FastifyRequest;
  const authenticate = {
    caller: () => {
      if (caller instanceof DomainError) throw caller;
      return caller;
    },
  } as unknown as Authenticate;
  const context = {
    getHandler: () => (controller.prototype as Record<string, () => void>)[method],
    getClass: () => controller,
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  return { request, answer: () => new AccessGuard(new Reflector(), authenticate).canActivate(context) };
}

describe('AccessGuard', () => {
  it('asks nobody on a public route', () => {
    const { request, answer } = ask(Routes, 'open', new DomainError('auth.missing'));
    expect(answer()).toBe(true);
    expect(() => callerOf(request)).toThrow('auth.missing');
  });

  it('lets the scope through at once, and notes whose request it is', () => {
    const caller = tenant('messages:write');
    const { request, answer } = ask(Routes, 'scoped', caller);
    const running: RequestContext = { requestId: 'r' };
    expect(runInContext(running, answer)).toBe(true);
    expect(callerOf(request)).toBe(caller);
    expect(tenantCallerOf(request).tenantId).toBe(TENANT);
    expect(running.tenantId).toBe(TENANT);
  });

  it('waits for a caller that has to be looked up', async () => {
    expect(await ask(Routes, 'scoped', Promise.resolve(tenant('messages:write'))).answer()).toBe(true);
  });

  it('names the scope that is missing', () => {
    expect(ask(Routes, 'scoped', tenant('messages:read')).answer).toThrow('This route needs the scope messages:write.');
  });

  it("keeps tenants from what is the platform's, whatever their scopes", () => {
    expect(ask(Routes, 'platform', tenant('tenants:write', 'messages:write')).answer).toThrow(
      "This route needs the platform's key.",
    );
    expect(ask(PlatformRoutes, 'any', tenant('tenants:write')).answer).toThrow("This route needs the platform's key.");
  });

  it('lets the platform do what is its own, and gives it no tenant', () => {
    const { request, answer } = ask(PlatformRoutes, 'any', PLATFORM);
    expect(answer()).toBe(true);
    expect(callerOf(request)).toBe(PLATFORM);
    expect(() => tenantCallerOf(request)).toThrow('auth.scope-missing');
  });

  it('takes the word of the method before that of the class', () => {
    expect(ask(PlatformRoutes, 'scoped', tenant('messages:write')).answer()).toBe(true);
  });

  it('closes a route that says nothing to everybody', () => {
    expect(ask(Routes, 'undeclared', PLATFORM).answer).toThrow('This route is open to nobody.');
    expect(ask(Routes, 'undeclared', tenant('messages:write')).answer).toThrow('This route is open to nobody.');
  });

  it('passes on why somebody is not known', () => {
    expect(ask(Routes, 'scoped', new DomainError('auth.missing')).answer).toThrow('auth.missing');
  });
});
