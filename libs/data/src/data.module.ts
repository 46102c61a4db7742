import { Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import type pg from 'pg';
import { AccessLookups } from './access/access.repository.js';
import { createPool, PLANNER_FOR_SETS } from './pools.js';
import { assertSafeRole } from './role-check.js';
import { SystemDb } from './system-db.js';
import { TenantDb } from './tenant-db.js';

/** How often the use of the pools is measured. */
const MEASURE_MS = 5_000;

/** The two pools: one for each role. */
export class DatabasePools {
  constructor(
    readonly app: pg.Pool,
    readonly system: pg.Pool,
  ) {}
}

const pools = {
  provide: DatabasePools,
  useFactory: (config: Config, logger: PinoLogger, shutdown: ShutdownSteps) => {
    const pool = (url: string, applicationName: string, planner?: Readonly<Record<string, string>>) =>
      createPool({
        url,
        applicationName,
        planner,
        size: config.DATABASE_POOL_SIZE,
        statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
        idleTransactionTimeoutMs: config.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
        onError: (err) => logEvent(logger, 'database.unavailable', { err }),
      });
    const made = new DatabasePools(pool(config.DATABASE_APP_URL, 'parley-app'), pool(config.DATABASE_SYSTEM_URL, 'parley-system', PLANNER_FOR_SETS));
    shutdown.add('close-database', 'pools', () => Promise.all([made.app.end(), made.system.end()]));
    return made;
  },
  inject: [Config, PinoLogger, ShutdownSteps],
};

/** The two doors to Postgres. The process does not start through an unsafe one. */
@Global()
@Module({
  providers: [
    pools,
    { provide: TenantDb, useFactory: ({ app }: DatabasePools) => new TenantDb(app), inject: [DatabasePools] },
    { provide: SystemDb, useFactory: ({ system }: DatabasePools) => new SystemDb(system), inject: [DatabasePools] },
    { provide: AccessLookups, useFactory: (db: SystemDb) => new AccessLookups(db), inject: [SystemDb] },
  ],
  exports: [DatabasePools, TenantDb, SystemDb, AccessLookups],
})
export class DataModule implements OnApplicationBootstrap {
  constructor(
    private readonly pools: DatabasePools,
    private readonly metrics: Metrics,
    private readonly shutdown: ShutdownSteps,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await assertSafeRole(this.pools.app);
    await assertSafeRole(this.pools.system);
    const timer = setInterval(() => this.measure(), MEASURE_MS).unref();
    this.shutdown.add('close-database', 'pool-figures', () => clearInterval(timer));
  }

  private measure(): void {
    for (const [role, pool] of Object.entries({ app: this.pools.app, system: this.pools.system }) as ['app' | 'system', pg.Pool][]) {
      this.metrics.set('database_connections', pool.totalCount - pool.idleCount, { role, state: 'busy' });
      this.metrics.set('database_connections', pool.idleCount, { role, state: 'idle' });
      this.metrics.set('database_connections', pool.waitingCount, { role, state: 'waiting' });
    }
  }
}
