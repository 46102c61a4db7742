import { SKEWED_CLOCKS } from './clock.js';
import { BAD_ANSWERS, BAD_NETWORK, GRAPH_DOWN, REPLY_LOST, THROTTLED } from './graph.js';
import type { Fault } from './fault.js';
import { NOISY_NEIGHBOUR } from './neighbour.js';
import { DISK_FULL, RESTART_POSTGRES, SLOW_POSTGRES } from './postgres.js';
import { BLOCK_EVENT_LOOP, FREEZE_WORKER, KILL_APIS, KILL_WORKERS } from './processes.js';
import { FLUSH_REDIS, REDIS_AWAY, REDIS_FULL } from './redis.js';
import { POISONED_WEBHOOKS, WEBHOOKS_IN_DISORDER } from './webhooks.js';

/** The rows of the fault matrix that are struck here, by their ids. */
export const FAULTS: readonly Fault[] = [
  KILL_WORKERS,
  KILL_APIS,
  FLUSH_REDIS,
  REDIS_AWAY,
  REDIS_FULL,
  RESTART_POSTGRES,
  SLOW_POSTGRES,
  BAD_ANSWERS,
  THROTTLED,
  BAD_NETWORK,
  REPLY_LOST,
  GRAPH_DOWN,
  WEBHOOKS_IN_DISORDER,
  POISONED_WEBHOOKS,
  SKEWED_CLOCKS,
  BLOCK_EVENT_LOOP,
  FREEZE_WORKER,
  DISK_FULL,
  NOISY_NEIGHBOUR,
];

/** Rows of the matrix that are proved elsewhere. */
export const PROVED_ELSEWHERE: Readonly<Record<string, string>> = {
  F3: 'test/e2e/shutdown.e2e-spec.ts',
  F9: 'test/medium/tenant-db.medium-spec.ts',
};
