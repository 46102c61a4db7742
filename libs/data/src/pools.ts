import pg from 'pg';

export interface PoolOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  size: number;
  statementTimeoutMs: number;
  idleTransactionTimeoutMs: number;
  /** Settings of the planner for every statement of this pool. */
  planner?: Readonly<Record<string, string>>;
  onError: (error: Error) => void;
}

/** How long a caller waits for a connection before it is told that the database is away. */
const ACQUIRE_TIMEOUT_MS = 5_000;

/**
 * For sets: every statement starts from at most 500 keys, so that a nested loop over an index is right whatever the
 * statistics say. Without this, a plan that was cached while a table was empty reads all of the table for each set. One
 * plan serves every call: by its estimates the planner would make a new one each time, which costs more than the set.
 */
export const PLANNER_FOR_SETS: Readonly<Record<string, string>> = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // A bitmap gathers all that match before it sorts: a chunk of the oldest would cost as much as all that waits.
  enable_bitmapscan: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/**
 * A pool of connections. The limits are those of the database, so that a statement ends there even when this process
 * has long stopped waiting.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.size,
    connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs,
    keepAlive: true,
    ...(options.planner && { options: Object.entries(options.planner).map(([name, value]) => `-c ${name}=${value}`).join(' ') }),
  });
  // An idle connection that breaks is replaced by the next caller; without a listener it would end the process.
  pool.on('error', options.onError);
  return pool;
}
