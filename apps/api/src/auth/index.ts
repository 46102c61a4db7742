export { Public, RequirePlatform, RequireScope, SECURITY_SCHEMES } from './access.decorators.js';
export { AuthModule } from './auth.module.js';
export type { Caller, PlatformCaller, TenantCaller } from './caller.js';
export { CurrentCaller, CurrentTenant, CurrentTenantCaller } from './caller.decorators.js';
