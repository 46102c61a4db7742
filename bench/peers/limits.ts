/** Our side of the bench `limit-checks`: the limiter as a worker has it, in a process of its own, one decision a call. */
import { createPool, QuotaLedger, SendingHistory, SystemDb } from '@parley/data';
import {
  createLimitsRedis,
  DatabasePermits,
  limiterBreaker,
  Quota,
  quotaBreaker,
  RedisPermits,
  RedisQuota,
  SendPermits,
} from '@parley/limits';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ChecksOrder, ChecksReport } from '../lib/orders.js';

const PER_SECOND = 80;
const QUOTA = 1_000_000_000;
const WINDOW_SECONDS = 86_400;
/** Generous: a bench that waits for a busy machine says so by its rate. */
const TIMEOUT_MS = 5_000;

type Decide = (key: string) => Promise<boolean>;

async function open({ redisUrl, databaseUrl }: ChecksOrder): Promise<Record<ChecksOrder['what'], Decide>> {
  const redis = createLimitsRedis(redisUrl, TIMEOUT_MS);
  await once(redis, 'ready');
  const limits = { statementTimeoutMs: 15_000, idleTransactionTimeoutMs: 10_000 };
  const db = new SystemDb(createPool({ url: databaseUrl, applicationName: 'bench', size: 10, onError: () => {}, ...limits }));
  const history = new SendingHistory(db);
  const database = new DatabasePermits(db, history);
  const permits = new SendPermits({
    redis: new RedisPermits(redis, 'bench:permits', history),
    database,
    breaker: limiterBreaker(),
    observeMode: (mode) => console.error(`The limiter counts in ${mode}`),
  });
  const ledger = new QuotaLedger(db, { messages: QUOTA, windowSeconds: WINDOW_SECONDS });
  const quota = new Quota({ redis: new RedisQuota(redis), reader: new RedisQuota(redis), ledger, breaker: quotaBreaker(), windowSeconds: WINDOW_SECONDS });
  const request = { count: 1, intervalUs: 12_750, leadUs: 0, horizonUs: 1_000_000, quietUs: 0, quiet: 'never' } as const;
  return {
    async redis(numberId) {
      const pairs = { tenantId: numberId, contactIds: [numberId] };
      const { startsAtMs, backend } = await permits.take({ numberId, perSecond: PER_SECOND, count: 1, previousBackend: null, pairs });
      return startsAtMs.length === 1 && backend === 'redis';
    },
    database: async (numberId) => (await database.reserve({ ...request, numberId })).granted === 1,
    quota: async (tenantId) => (await quota.take(tenantId, 1)).granted === 1,
  };
}

let opened: ReturnType<typeof open> | undefined;

async function run(order: ChecksOrder): Promise<ChecksReport> {
  const decide = (await (opened ??= open(order)))[order.what];
  const keys = order.keys ?? Array.from({ length: order.decisions }, () => randomUUID());
  let [next, refused] = [0, 0];
  const caller = async (): Promise<void> => {
    for (let at = next++; at < order.decisions; at = next++) if (!(await decide(keys[at % keys.length]!))) refused += 1;
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: order.callers }, caller));
  return { elapsedMs: performance.now() - startedAt, refused };
}

process.on('message', (order: ChecksOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
