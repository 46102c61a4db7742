export { AuthFailures, type AuthFailureVerdict } from './auth-failures.js';
export { DatabasePermits, RESERVE_STARTS_STATEMENT, type PermitQuery } from './database-permits.store.js';
export { limiterBreaker } from './limiter-breaker.js';
export { createLimitsRedis } from './limits-redis.js';
export { LimitsModule } from './limits.module.js';
export { HORIZON_MS, intervalUs, MAX_LATENESS_MS, QUIET_MS, WINDOW_MS } from './pacing.js';
export type { PermitBackend, PermitStore, Reservation, ReserveRequest } from './permit-store.js';
export { RedisPermits } from './redis-permits.store.js';
export { SendPermits, type ObserveLimiterMode, type Permits, type SendPermitsParts, type TakePermits } from './send-permits.js';
