import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { guardTransactions, SystemDb, TenantDb, TransactionEnded, type SystemTx, type TenantTx } from '@parley/data';
import { DomainError } from '@parley/domain';
import { PrismaClient } from '../../libs/data/src/generated/client.js';
import { workerDatabase, type TestDatabase } from '../support/database.js';
import { insertContact, makeTenant, openPool, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';

let database: TestDatabase;
let system: pg.Pool;
let app: pg.Pool;
let tenant: TestTenant;

beforeAll(async () => {
  database = await workerDatabase();
  [system, app] = [openPool(database.system), openPool(database.app, 4)];
  tenant = await makeTenant(system);
});
afterAll(() => Promise.all([system.end(), app.end()]));

/** Cuts every connection of a pool's application in this database, from the side of the server. */
async function cutConnections(by: pg.Pool, applicationName: string): Promise<number> {
  const { rowCount } = await by.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`,
    [applicationName],
  );
  return rowCount ?? 0;
}

/** A pool that can be told from all others. */
function ownPool(url: string, size = 2): { pool: pg.Pool; name: string } {
  const name = `spec-${uniqueDigits(8)}`;
  const pool = openPool(Object.assign(new URL(url), { search: '' }).href, size);
  pool.options.application_name = name;
  return { pool, name };
}

const UNAVAILABLE = { code: 'database.unavailable', httpStatus: 503, retryAfterSeconds: 1 };

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The adapter, and the moment in which Prisma gives a transaction up. */
function watched(): { factory: SqlDriverAdapterFactory; givenUp: Promise<void> } {
  const inner = new PrismaPg(system);
  let tell: () => void = () => {};
  const givenUp = new Promise<void>((resolve) => (tell = resolve));
  const connect = async (): Promise<SqlDriverAdapter> => {
    const adapter = await inner.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level) => {
      const transaction = await start(level);
      const executeRaw = transaction.executeRaw.bind(transaction);
      transaction.executeRaw = (query) => {
        if (query.sql === 'ROLLBACK') tell();
        return executeRaw(query);
      };
      return transaction;
    };
    return adapter;
  };
  return { factory: { provider: inner.provider, adapterName: inner.adapterName, connect }, givenUp };
}

describe('a unit of work that takes longer than Prisma lets it', () => {
  /**
   * One operation of two statements: the first waits for a lock until Prisma has given up, the second comes when the
   * ROLLBACK is through. Answers whether the row of the second is there afterwards.
   */
  async function survives(wrap: (factory: SqlDriverAdapterFactory) => SqlDriverAdapterFactory): Promise<boolean> {
    const { factory, givenUp } = watched();
    const prisma = new PrismaClient({ adapter: wrap(factory) });
    const contact = await insertContact(system, tenant.tenantId);
    const blocker = await system.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM contacts WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenant.tenantId, contact.id]);
    const value = uniqueDigits();
    let operation: Promise<unknown> = Promise.resolve();
    const work = errorOf(
      prisma.$transaction(
        (tx) => {
          const where = { tenantId_id: { tenantId: tenant.tenantId, id: contact.id } };
          operation = tx.contact.update({ where, data: { name: 'Too late', identities: { create: { kind: 'bsuid', value } } } });
          return operation;
        },
        { timeout: 100 },
      ),
    );
    await givenUp;
    await blocker.query('COMMIT');
    blocker.release();
    expect(await work).toBeInstanceOf(Error);
    await errorOf(operation);
    await prisma.$disconnect();
    const { rowCount } = await system.query('SELECT FROM contact_identities WHERE tenant_id = $1 AND value = $2', [tenant.tenantId, value]);
    return (rowCount ?? 0) > 0;
  }

  it('leaves a row behind without the guard: the hole that the guard is there for (prisma/orm#29762, seen on 7.10.0)', async () => {
    expect(await survives((factory) => factory)).toBe(true);
  });

  it('leaves nothing behind with the guard', async () => {
    expect(await survives(guardTransactions)).toBe(false);
  });

  const sends = (sql: string) => ({ sql, args: [], argTypes: [] });

  it.each(['COMMIT', 'ROLLBACK'])('sends nothing after %s, as Prisma ends a transaction', async (end) => {
    const adapter = await guardTransactions(new PrismaPg(system)).connect();
    const transaction = await adapter.startTransaction();
    const before = [await transaction.queryRaw(sends('SELECT 1')), await transaction.executeRaw(sends('SELECT 1'))];
    await transaction.executeRaw(sends(end));
    const after = [await errorOf(transaction.queryRaw(sends('SELECT 1'))), await errorOf(transaction.executeRaw(sends('SELECT 1')))];
    await (end === 'COMMIT' ? transaction.commit() : transaction.rollback());
    expect(before).toMatchObject([{ rows: [[1]] }, 1]);
    expect(after).toEqual([expect.any(TransactionEnded), expect.any(TransactionEnded)]);
  });

  it.each(['commit', 'rollback'] as const)('sends nothing on a connection that %s has given back', async (end) => {
    const adapter = await guardTransactions(new PrismaPg(system)).connect();
    const transaction = await adapter.startTransaction();
    await transaction[end]();
    const after = [await errorOf(transaction.queryRaw(sends('SELECT 1'))), await errorOf(transaction.executeRaw(sends('SELECT 1')))];
    expect(after).toEqual([expect.any(TransactionEnded), expect.any(TransactionEnded)]);
  });
});

describe('TenantDb', () => {
  it('commits what the work wrote, and answers what it answered', async () => {
    const db = new TenantDb(app);
    const name = `Ana ${uniqueDigits(6)}`;
    const answer = await db.run(tenant.tenantId, async (tx) => {
      await tx.contact.create({ data: { tenantId: tenant.tenantId, name } });
      return 'answer';
    });
    expect(answer).toBe('answer');
    expect((await system.query('SELECT FROM contacts WHERE name = $1', [name])).rowCount).toBe(1);
    await db.close();
  });

  it('undoes everything when the work throws, and throws the same', async () => {
    const db = new TenantDb(app);
    const name = `Ana ${uniqueDigits(6)}`;
    const thrown = new Error('changed its mind');
    const work = db.run(tenant.tenantId, async (tx) => {
      await tx.contact.create({ data: { tenantId: tenant.tenantId, name } });
      throw thrown;
    });
    expect(await errorOf(work)).toBe(thrown);
    expect((await system.query('SELECT FROM contacts WHERE name = $1', [name])).rowCount).toBe(0);
  });

  it.each([
    ['a domain error whose cause lies in another network', new DomainError('graph.unavailable', 'x', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) })],
    ['what is no error', 'a text'],
  ])('passes on %s', async (_, thrown) => {
    const db = new TenantDb(app);
    expect(await errorOf(db.run(tenant.tenantId, () => Promise.reject(thrown as Error)))).toBe(thrown);
  });

  it('is 503 when nobody listens', async () => {
    const { pool } = ownPool('postgresql://parley_app:x@127.0.0.1:1/parley');
    const db = new TenantDb(pool);
    await expect(db.run(tenant.tenantId, (tx) => tx.contact.findMany())).rejects.toMatchObject(UNAVAILABLE);
    await pool.end();
  });

  it('is 503 when no connection is free in time', async () => {
    const { pool } = ownPool(database.app, 1);
    const held = await pool.connect();
    pool.options.connectionTimeoutMillis = 100;
    const db = new TenantDb(pool);
    await expect(db.run(tenant.tenantId, (tx) => tx.contact.findMany())).rejects.toMatchObject(UNAVAILABLE);
    held.release();
    await pool.end();
  });

  it.each([
    ['before a statement of Prisma', (tx: TenantTx) => tx.contact.findMany()],
    ['before a raw statement', (tx: TenantTx) => tx.$queryRaw`SELECT 1`],
  ])('is 503 when the server cuts the connection %s, and works again at once', async (_, statement) => {
    const { pool, name } = ownPool(database.app);
    const db = new TenantDb(pool);
    const work = db.run(tenant.tenantId, async (tx) => {
      expect(await cutConnections(app, name)).toBe(1);
      return statement(tx);
    });
    await expect(work).rejects.toMatchObject(UNAVAILABLE);
    await expect(db.run(tenant.tenantId, (tx) => tx.contact.findMany())).resolves.not.toEqual([]);
    await pool.end();
  });

  it('is 503 when the server cuts the connection in the middle of a statement', async () => {
    const { pool, name } = ownPool(database.app);
    const db = new TenantDb(pool);
    const work = errorOf(db.run(tenant.tenantId, (tx) => tx.$queryRaw`SELECT pg_sleep(10)::text`));
    const isSleeping = `SELECT FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '%pg_sleep%' AND state = 'active'`;
    await waitFor(async () => (await app.query(isSleeping, [name])).rowCount === 1);
    await cutConnections(app, name);
    expect(await work).toMatchObject(UNAVAILABLE);
    await pool.end();
  });

  it('is 503 when the server cuts the connection before COMMIT: nobody is told of a success', async () => {
    const { pool, name } = ownPool(database.app);
    const db = new TenantDb(pool);
    const work = db.run(tenant.tenantId, async (tx) => {
      await tx.contact.create({ data: { tenantId: tenant.tenantId, name } });
      await cutConnections(app, name);
    });
    await expect(work).rejects.toMatchObject(UNAVAILABLE);
    expect((await system.query('SELECT FROM contacts WHERE name = $1', [name])).rowCount).toBe(0);
    await pool.end();
  });
});

describe('SystemDb', () => {
  const one = { name: 'spec.one', text: 'SELECT 1 AS one' };
  const fails = { name: 'spec.fails', text: 'SELECT 1 / 0' };
  const note = { name: 'spec.note', text: 'UPDATE contacts SET name = $2 WHERE tenant_id = $1' };
  const nameNow = async (): Promise<string> => {
    const { rows } = await system.query<{ name: string }>('SELECT name FROM contacts WHERE tenant_id = $1 AND id = $2', [tenant.tenantId, tenant.contact.id]);
    return rows[0]!.name;
  };

  it('runs one statement, or several in one transaction', async () => {
    const db = new SystemDb(system);
    await expect(db.query(one)).resolves.toEqual([{ one: 1 }]);
    await expect(db.query(note, [tenant.tenantId, 'one'])).resolves.toEqual([]);
    await db.transaction((tx) => tx.query(note, [tenant.tenantId, 'two']));
    expect(await nameNow()).toBe('two');
  });

  it('undoes everything when the work throws, and throws the same', async () => {
    const db = new SystemDb(system);
    const before = await nameNow();
    const thrown = new Error('changed its mind');
    const work = db.transaction(async (tx) => {
      await tx.query(note, [tenant.tenantId, 'never']);
      throw thrown;
    });
    expect(await errorOf(work)).toBe(thrown);
    expect(await nameNow()).toBe(before);
    await expect(db.query(fails)).rejects.toMatchObject({ code: '22012' });
  });

  it('undoes behind a savepoint only what failed there', async () => {
    const db = new SystemDb(system);
    await db.transaction(async (tx) => {
      await tx.query(note, [tenant.tenantId, 'kept']);
      const error = await errorOf(
        tx.savepoint(async () => {
          await tx.query(note, [tenant.tenantId, 'undone']);
          await tx.query(fails);
        }),
      );
      expect(error).toMatchObject({ code: '22012' });
      await expect(tx.savepoint(() => tx.query(one))).resolves.toEqual([{ one: 1 }]);
    });
    expect(await nameNow()).toBe('kept');
  });

  it('undoes an outer savepoint whole, though an inner one failed and was forgiven', async () => {
    const db = new SystemDb(system);
    await db.transaction(async (tx) => {
      await tx.query(note, [tenant.tenantId, 'before']);
      const outer = tx.savepoint(async () => {
        await tx.query(note, [tenant.tenantId, 'outer']);
        await errorOf(tx.savepoint(() => tx.query(fails)));
        await tx.query(fails);
      });
      expect(await errorOf(outer)).toMatchObject({ code: '22012' });
    });
    expect(await nameNow()).toBe('before');
  });

  it('does not take the COMMIT of a failed transaction for a success', async () => {
    const db = new SystemDb(system);
    const before = await nameNow();
    const work = db.transaction(async (tx) => {
      await tx.query(note, [tenant.tenantId, 'never']);
      await errorOf(tx.query(fails));
    });
    await expect(work).rejects.toThrow('Nothing was committed');
    expect(await nameNow()).toBe(before);
  });

  it('is 503 when nobody listens', async () => {
    const { pool } = ownPool('postgresql://parley_system:x@127.0.0.1:1/parley');
    const db = new SystemDb(pool);
    await expect(db.query(one)).rejects.toMatchObject(UNAVAILABLE);
    await expect(db.transaction((tx: SystemTx) => tx.query(one))).rejects.toMatchObject(UNAVAILABLE);
    await pool.end();
  });

  it('is 503 when the connection is cut within a transaction, and throws that connection away', async () => {
    const { pool, name } = ownPool(database.system, 1);
    const db = new SystemDb(pool);
    const work = db.transaction(async (tx) => {
      await cutConnections(system, name);
      return tx.query(one);
    });
    await expect(work).rejects.toMatchObject(UNAVAILABLE);
    await expect(db.query(one)).resolves.toEqual([{ one: 1 }]);
    await pool.end();
  });
});
