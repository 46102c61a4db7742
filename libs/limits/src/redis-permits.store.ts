import type { SendingHistory, SendingPast } from '@parley/data';
import type { Redis, Result } from 'ioredis';
import { COUNT_INBOUND, PENALISE_PAIR, REFUND_PAIRS, SLOW_NUMBER } from './number-state.lua.js';
import {
  debtOf,
  MOST_PENALTIES,
  PAIR_INTERVAL_US,
  PAIR_MEMORY_US,
  PAIR_TOLERANCE_US,
  PENALTY_BASE,
  PENALTY_MEMORY_MS,
} from './pair-debt.js';
import type { PairRefunds, PermitStore, Reservation, ReserveRequest, SlowedNumber } from './permit-store.js';
import { RESERVE_STARTS } from './reserve-starts.lua.js';
import { LEAST_SHARE, SLOW_GAP_MS, SLOW_STEP_MS, SLOW_STEP_SHARE } from './slow-down.js';

type Arguments = (string | number)[];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    reserveStarts(keys: number, ...args: Arguments): Result<[string, string, number, number, ...number[]], Context>;
    penalisePair(...args: Arguments): Result<number, Context>;
    refundPairs(keys: number, ...args: Arguments): Result<number, Context>;
    slowNumber(...args: Arguments): Result<[string, number], Context>;
    countInbound(...args: Arguments): Result<number, Context>;
  }
}

/** A number that was silent for so long starts with an empty window again: two seconds, once in a week. */
const KEY_TTL_MS = 7 * 24 * 3_600_000;

const STEP_US = SLOW_STEP_MS * 1_000;
const NOT_KNOWN = -1;

/**
 * Start times in Redis, by Redis' clock. The braces of the keys are a hash tag, so that it works on a cluster. What Redis
 * has not counted itself since it last came to know the number, it learns from the messages.
 */
export class RedisPermits implements PermitStore, PairRefunds {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly history: Pick<SendingHistory, 'read'>,
  ) {
    redis.defineCommand('reserveStarts', { lua: RESERVE_STARTS });
    redis.defineCommand('penalisePair', { numberOfKeys: 3, lua: PENALISE_PAIR });
    redis.defineCommand('refundPairs', { lua: REFUND_PAIRS });
    redis.defineCommand('slowNumber', { numberOfKeys: 1, lua: SLOW_NUMBER });
    redis.defineCommand('countInbound', { numberOfKeys: 2, lua: COUNT_INBOUND });
  }

  async reserve(request: ReserveRequest): Promise<Reservation> {
    const reserved = await this.run(request, null);
    const { pairs, numberId } = request;
    if (!pairs || !reserved.pairWaitsUs.includes(NOT_KNOWN)) return reserved;
    return this.run(request, await this.history.read(pairs.tenantId, numberId, pairs.contactIds, PAIR_MEMORY_US / 1_000_000));
  }

  async countInbound(numberId: string, count: number, furthestUs: number): Promise<void> {
    await this.redis.countInbound(this.key(numberId, 'next'), this.key(numberId, 'state'), count, furthestUs, KEY_TTL_MS);
  }

  async refundPairs(numberId: string, contactIds: readonly string[]): Promise<void> {
    const keys = contactIds.map((id) => this.key(numberId, id));
    await this.redis.refundPairs(keys.length, ...keys, PAIR_INTERVAL_US);
  }

  /** Lets the pair rest after 131056. Returns for how long, in ms. */
  async penalise(numberId: string, contactId: string): Promise<number> {
    const keys = [this.key(numberId, 'state'), this.key(numberId, contactId), this.key(numberId, `${contactId}:refused`)];
    const restUs = await this.redis.penalisePair(...keys, PAIR_TOLERANCE_US, PENALTY_BASE, MOST_PENALTIES, PENALTY_MEMORY_MS);
    return Math.ceil(restUs / 1_000);
  }

  /** The pair sent again: its next rest is a short one. */
  async forgive(numberId: string, contactId: string): Promise<void> {
    await this.redis.del(this.key(numberId, `${contactId}:refused`));
  }

  /** Slows the number down after 130429. */
  async slowDown(numberId: string): Promise<SlowedNumber> {
    const values = [LEAST_SHARE, SLOW_GAP_MS * 1_000, STEP_US, SLOW_STEP_SHARE, KEY_TTL_MS];
    const [share, agoUs] = await this.redis.slowNumber(this.key(numberId, 'state'), ...values);
    return { share: Number(share), agoMs: agoUs / 1_000 };
  }

  private async run(request: ReserveRequest, past: SendingPast | null): Promise<Reservation> {
    const { numberId, count, intervalUs, leadUs, horizonUs, quietUs, quiet, window = 'number' } = request;
    const contactIds = request.pairs?.contactIds ?? [];
    const keys =
      window === 'business'
        ? [this.key(numberId, 'business')]
        : [this.key(numberId, 'next'), this.key(numberId, 'state'), ...contactIds.map((id) => this.key(numberId, id))];
    const debts = contactIds.map((_, at) => (past === null ? '' : debtIn(past, at)));
    const slowed = past?.slowed ? [past.slowed.share, Math.round(past.slowed.agoMs * 1_000)] : ['', ''];
    const [now, first, granted, interval, ...pairWaitsUs] = await this.redis.reserveStarts(
      keys.length,
      ...keys,
      ...[count, intervalUs, Math.round(leadUs), horizonUs, quietUs, quiet, KEY_TTL_MS],
      ...[PAIR_INTERVAL_US, PAIR_TOLERANCE_US, PAIR_MEMORY_US, STEP_US, SLOW_STEP_SHARE],
      ...slowed,
      ...debts,
    );
    return { nowUs: Number(now), firstAtUs: Number(first), granted, intervalUs: interval, pairWaitsUs };
  }

  private key(numberId: string, name: string): string {
    return `${this.prefix}:{${numberId}}:${name}`;
  }
}

/** The debt of a pair as its messages tell it; a rest that Meta asked for counts as a burst used up. */
function debtIn({ sentAgoMs, restMs }: SendingPast, at: number): number {
  const debtUs = debtOf((sentAgoMs[at] ?? []).map((ms) => ms * 1_000));
  const restUs = (restMs[at] ?? 0) * 1_000;
  return Math.round(restUs > 0 ? Math.max(debtUs, PAIR_TOLERANCE_US + restUs) : debtUs);
}
