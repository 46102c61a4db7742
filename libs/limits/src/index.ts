export {
  ADMISSION_CAUSES,
  type Admission,
  type AdmissionCause,
  type Admissions,
  type Candidate,
  type GovernedNumber,
  type GovernorObserver,
  type Learned,
  type MetaAnswer,
  type Retaken,
} from './admission.js';
export { AuthFailures, type AuthFailureVerdict } from './auth-failures.js';
export { DatabasePermits, RESERVE_STARTS_STATEMENT, type PermitQuery } from './database-permits.store.js';
export { Governor, type GovernorParts } from './governor.js';
export { limiterBreaker, quotaBreaker } from './limiter-breaker.js';
export { createLimitsRedis } from './limits-redis.js';
export { LimitsModule } from './limits.module.js';
export { HORIZON_MS, intervalUs, MAX_LATENESS_MS, QUIET_MS, WINDOW_MS } from './pacing.js';
export { MetaFeedback } from './meta-feedback.js';
export { PAIR_BURST, PAIR_INTERVAL_US } from './pair-debt.js';
export type { PermitBackend, PermitStore, Reservation, ReserveRequest } from './permit-store.js';
export { Quota, type QuotaView } from './quota/quota.js';
export { RedisQuota } from './quota/redis-quota.js';
export { REQUEST_WINDOW_SECONDS, RequestLimit, type RequestLimitOptions, type RequestVerdict } from './request-limit.js';
export { RequestLimits, type RequestLimitsOptions } from './request-limits.js';
export { RedisPermits } from './redis-permits.store.js';
export { SendPermits, type ObserveLimiterMode, type Permits, type SendPermitsParts, type TakePermits } from './send-permits.js';
export { tierLimit } from './tier-limit.js';
