import type { Redis, Result } from 'ioredis';
import type { PermitStore, Reservation, ReserveRequest } from './permit-store.js';
import { RESERVE_STARTS } from './reserve-starts.lua.js';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    reserveStarts(key: string, ...args: (string | number)[]): Result<[string, string, number], Context>;
  }
}

/** A number that was silent for so long starts with an empty window again: two seconds, once in a week. */
const KEY_TTL_MS = 7 * 24 * 3_600_000;

/** Start times in Redis, by Redis' clock. The braces of the key are a hash tag, so that it works on a cluster. */
export class RedisPermits implements PermitStore {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    redis.defineCommand('reserveStarts', { numberOfKeys: 1, lua: RESERVE_STARTS });
  }

  async reserve(request: ReserveRequest): Promise<Reservation> {
    const { numberId, count, intervalUs, leadUs, horizonUs, quietUs, quiet } = request;
    const [now, first, granted] = await this.redis.reserveStarts(
      `${this.prefix}:{${numberId}}:next`,
      ...[count, intervalUs, leadUs, horizonUs, quietUs, quiet, KEY_TTL_MS],
    );
    return { nowUs: Number(now), firstAtUs: Number(first), granted };
  }
}
