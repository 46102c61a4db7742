import type { HealthProbe } from '@parley/platform';
import type { DatabasePools } from './data.module.js';

/** Postgres for health: without it nothing works. Both roles must be let in. */
export function postgresProbe(pools: DatabasePools): HealthProbe {
  return {
    name: 'postgres',
    required: true,
    check: () => Promise.all([pools.app.query('SELECT 1'), pools.system.query('SELECT 1')]),
  };
}
