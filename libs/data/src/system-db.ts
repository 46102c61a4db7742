import type pg from 'pg';
import { DomainError } from '@parley/domain';
import { pgFailure } from './pg-error.js';

/** A named statement: prepared once per connection. */
export interface Statement {
  name: string;
  text: string;
}

declare const systemTx: unique symbol;

/** An open transaction as parley_system. Only SystemDb makes one. */
export interface SystemTx {
  readonly [systemTx]: true;
  query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs the work behind a savepoint: its error undoes its own writes only. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/** Where a statement may run: in a transaction of its own (SystemDb), or in one that is open (SystemTx). */
export type SystemQueries = Pick<SystemDb, 'query'>;

const SAVEPOINT: Statement = { name: 'savepoint', text: 'SAVEPOINT set' };
const RELEASE: Statement = { name: 'savepoint.release', text: 'RELEASE SAVEPOINT set' };
const UNDO: Statement = { name: 'savepoint.undo', text: 'ROLLBACK TO SAVEPOINT set' };

/**
 * The door to sets over many tenants, as parley_system. tenant_id in its parameters comes from an authenticated context
 * or from a row, never from input, and every join is on (tenant_id, id).
 */
export class SystemDb {
  constructor(private readonly pool: pg.Pool) {}

  /** One statement in a transaction of its own. Throws database.unavailable when Postgres is away. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const result = await this.pool.query<Row>({ ...statement, values: [...values] });
      return result.rows;
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  /** Several statements in one transaction; COMMIT when the work returns, ROLLBACK when it throws. */
  async transaction<T>(work: (tx: SystemTx) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw asUnavailable(error);
    });
    let broken: Error | undefined;
    // A connection that breaks while it is ours also says so as an event, which would end the process unheard.
    const onBroken = (error: Error): void => void (broken = error);
    client.on('error', onBroken);
    try {
      return await commit(client, work).catch(async (error: unknown) => {
        // The first error is the one to tell of; a connection that cannot even roll back is thrown away.
        await client.query('ROLLBACK').catch(onBroken);
        throw asUnavailable(error);
      });
    } finally {
      client.removeListener('error', onBroken);
      client.release(broken);
    }
  }
}

async function commit<T>(client: pg.PoolClient, work: (tx: SystemTx) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  const result = await work(transactionOf(client));
  const { command } = await client.query('COMMIT');
  // Where an error of a statement was swallowed without a savepoint, Postgres answers COMMIT by rolling back.
  if (command !== 'COMMIT') throw new Error('Nothing was committed: a statement had failed');
  return result;
}

function transactionOf(client: pg.PoolClient): SystemTx {
  const query = async <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
    (await client.query<Row>({ ...statement, values: [...values] })).rows;
  const savepoint = async <T>(work: () => Promise<T>): Promise<T> => {
    await query(SAVEPOINT);
    try {
      const result = await work();
      await query(RELEASE);
      return result;
    } catch (error) {
      await query(UNDO);
      // Undone it is still there, and an outer one of the same name would be taken for it.
      await query(RELEASE);
      throw error;
    }
  };
  return { query, savepoint } as unknown as SystemTx;
}

function asUnavailable(error: unknown): unknown {
  if (pgFailure(error) !== 'connection') return error;
  return new DomainError('database.unavailable', undefined, { cause: error, retryAfterSeconds: 1 });
}
