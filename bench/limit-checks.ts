/**
 * `bin/bench limit-checks`: how many decisions of the limiter one process gets in a second: single starts with the debt of
 * their pair, on distinct keys, from Redis; beside it the same starts from the database, and checks of quotas.
 */
import { Child } from './lib/child.js';
import { median } from './lib/begin.js';
import type { ChecksOrder, ChecksReport } from './lib/orders.js';
import { runTrial } from './lib/trial.js';
import { openRestaurants } from './world/restaurants.js';

const ROUNDS = 5;
const DECISIONS = { redis: 50_000, quota: 50_000, database: 5_000 } as const;
const SMOKE_DECISIONS = 500;
const CALLERS = 64;
/** Each with room for many starts within the second that one may look ahead. */
const NUMBERS = 1_000;

await runTrial({
  name: 'limit-checks',
  bar: 10_000,
  passes: 'at least',
  async run({ environment, database }) {
    const { config, smoke } = environment;
    const [first, ...others] = await openRestaurants(database, config);
    const tenantIds = [first!, ...others].map(({ tenantId }) => tenantId);
    const numbers = await database.run<{ id: string }>(
      `INSERT INTO phone_numbers (tenant_id, account_id, graph_id, display_phone_number, verified_name, status)
       SELECT n.tenant_id, n.account_id, (700000000000000 + at)::text, '+40', 'Restaurant', 'CONNECTED'
         FROM phone_numbers n, generate_series(1, $2::int) AS at WHERE n.tenant_id = $1 AND n.id = $3
       RETURNING id`,
      [first!.tenantId, NUMBERS, first!.numberIds[0]],
    );
    const limits = await Child.fork('limits', 'peers/limits');
    const keys = { redis: undefined, database: numbers.map(({ id }) => id), quota: tenantIds };
    const rateOf = async (what: ChecksOrder['what'], isWarm: boolean): Promise<number> => {
      const decisions = smoke ? SMOKE_DECISIONS : DECISIONS[what];
      const urls = { redisUrl: config.REDIS_URL, databaseUrl: config.DATABASE_SYSTEM_URL };
      const order: ChecksOrder = { ...urls, what, decisions, callers: CALLERS, ...(keys[what] && { keys: keys[what] }) };
      const { elapsedMs, refused } = await limits.child.ask<ChecksReport>(order);
      // The first answers of a process that has just started come after the starts that they grant.
      if (isWarm && refused > 0) throw new Error(`${refused} of ${decisions} decisions of ${what} went elsewhere or were refused`);
      return (decisions / elapsedMs) * 1_000;
    };
    const rates: Record<ChecksOrder['what'], number[]> = { redis: [], database: [], quota: [] };
    const rounds = smoke ? 1 : (environment.rounds ?? ROUNDS);
    for (let round = 0; round <= rounds; round += 1) {
      for (const what of ['redis', 'quota', 'database'] as const) {
        const rate = await rateOf(what, round > 0);
        console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${what} ${Math.round(rate)}/s`);
        if (round > 0) rates[what].push(rate);
      }
    }
    const [redis, quota, ofDatabase] = [median(rates.redis), median(rates.quota), median(rates.database)];
    const more = { quotaPerSecond: quota, databasePerSecond: ofDatabase, redisToDatabase: redis / ofDatabase };
    const each = smoke ? 3 * SMOKE_DECISIONS : Object.values(DECISIONS).reduce((sum, count) => sum + count, 0);
    return { ratio: redis, ours: redis, floor: null, items: each * (rounds + 1), more, holds: quota >= 10_000, measured: [limits.child] };
  },
});
