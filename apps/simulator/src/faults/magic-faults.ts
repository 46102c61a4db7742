import type { FaultEffect } from './fault.js';

type MagicFault = Partial<FaultEffect> & Pick<FaultEffect, 'kind'>;

/** What happens to sends to numbers that end in these six digits. */
export const MAGIC_FAULTS: ReadonlyMap<number, MagicFault> = new Map<number, MagicFault>([
  [199_001, { kind: 'hang' }],
  [199_002, { kind: 'accept-then-hang' }],
  [199_003, { kind: 'reset' }],
  [199_004, { kind: 'accept-then-reset' }],
  [199_005, { kind: 'slow-loris', delayMs: 100 }],
  [199_006, { kind: 'slow', delayMs: 5000 }],
  [199_011, { kind: 'statuses-duplicated' }],
  [199_012, { kind: 'statuses-reversed' }],
  [199_013, { kind: 'statuses-delayed', delayMs: 60_000 }],
  [199_014, { kind: 'statuses-dropped' }],
  [199_015, { kind: 'status-before-answer' }],
  [199_016, { kind: 'failed-after-sent', code: 131026 }],
  [199_017, { kind: 'read-without-delivered' }],
  [199_021, { kind: 'held' }],
  [199_022, { kind: 'held-then-failed' }],
  [199_057, { kind: 'maintenance' }],
  [199_429, { kind: 'too-many-requests', retryAfterSeconds: 2 }],
  [199_500, { kind: 'http', status: 500 }],
  [199_501, { kind: 'error', code: 1, status: 500 }],
  [199_502, { kind: 'html', status: 502 }],
  [199_503, { kind: 'error', code: 2 }],
  [199_504, { kind: 'accept-then-http', status: 504 }],
  [199_505, { kind: 'accept-then-error', code: 131000 }],
]);
