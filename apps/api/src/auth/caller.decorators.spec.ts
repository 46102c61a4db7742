import { Controller, Get, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { provenTenant, type TenantId } from '@parley/domain';
import type { Caller, TenantCaller } from './caller.js';
import { CurrentCaller, CurrentTenant, CurrentTenantCaller } from './caller.decorators.js';

@Controller()
class ProbeController {
  @Get()
  probe(
    @CurrentCaller() _caller: Caller,
    @CurrentTenantCaller() _own: TenantCaller,
    @CurrentTenant() _tenant: TenantId,
  ): void {}
}

type Parameter = { readonly index: number; readonly factory: (data: unknown, context: ExecutionContext) => unknown };

function given(caller: Caller | null): unknown[] {
  const context = { switchToHttp: () => ({ getRequest: () => ({ caller }) }) } as unknown as ExecutionContext;
  const parameters = Object.values(
    Reflect.getMetadata(ROUTE_ARGS_METADATA, ProbeController, 'probe') as Record<string, Parameter>,
  );
  return parameters
    .sort((a, b) => a.index - b.index)
    .map(({ factory }) => {
      try {
        return factory(undefined, context);
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
}

const tenantId = provenTenant('0199a1b2-0000-7000-8000-000000000001');
const TENANT_CALLER: Caller = { kind: 'jwt', tenantId, actor: 'user:ana', scopes: new Set() };
const PLATFORM: Caller = { kind: 'platform', actor: 'platform', scopes: new Set() };

describe('the parameters of a route', () => {
  it('are the caller and its tenant', () => {
    expect(given(TENANT_CALLER)).toEqual([TENANT_CALLER, TENANT_CALLER, tenantId]);
  });

  it('know no tenant of the platform', () => {
    expect(given(PLATFORM)).toEqual([PLATFORM, 'auth.scope-missing', 'auth.scope-missing']);
  });

  it('know nobody where nobody was asked', () => {
    expect(given(null)).toEqual(['auth.missing', 'auth.missing', 'auth.missing']);
  });
});
