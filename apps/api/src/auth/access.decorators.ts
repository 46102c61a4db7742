import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Scope } from '@parley/domain';

/** Who may call a route. */
export type Access =
  { readonly kind: 'public' } | { readonly kind: 'platform' } | { readonly kind: 'scope'; readonly scope: Scope };

/** Where the decorators below leave their mark; AccessGuard and the check at boot read it. */
export const ACCESS = 'parley:access';

/** The names of the security schemes in the OpenAPI document. */
export const SECURITY_SCHEMES = { tenant: 'tenantCredential', platform: 'platformKey' } as const;

type RouteDecorator = ClassDecorator & MethodDecorator;

function declare(access: Access, ...documentation: (ClassDecorator & MethodDecorator)[]): RouteDecorator {
  return applyDecorators(SetMetadata(ACCESS, access), ...documentation);
}

/** For a credential that has the scope. A route of a tenant takes its tenant by `@CurrentTenant()`. */
export function RequireScope(scope: Scope): RouteDecorator {
  const documentation = ApiExtension('x-required-scope', scope) as RouteDecorator;
  return declare({ kind: 'scope', scope }, ApiBearerAuth(SECURITY_SCHEMES.tenant) as RouteDecorator, documentation);
}

/** For the key of the platform's operators alone. */
export function RequirePlatform(): RouteDecorator {
  return declare({ kind: 'platform' }, ApiBearerAuth(SECURITY_SCHEMES.platform) as RouteDecorator);
}

/** For everybody: webhooks (which are signed), health and documentation. */
export function Public(): RouteDecorator {
  return declare({ kind: 'public' });
}
