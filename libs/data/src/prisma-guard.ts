import type { SqlDriverAdapterFactory, SqlQuery, Transaction } from '@prisma/driver-adapter-utils';

/** A statement that came after its transaction had ended. It was not sent. */
export class TransactionEnded extends Error {
  constructor() {
    super('The transaction has ended; the statement was not sent. The unit of work took longer than its limit.');
  }
}

/**
 * Wraps a driver adapter so that no statement can follow the COMMIT or ROLLBACK of its transaction. Without it, a
 * statement that Prisma sends after its own timeout runs on the connection after the ROLLBACK and commits alone
 * (prisma/orm#29762).
 */
export function guardTransactions(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = await factory.connect();
      const start = adapter.startTransaction.bind(adapter);
      adapter.startTransaction = async (isolationLevel) => guard(await start(isolationLevel));
      return adapter;
    },
  };
}

function guard(transaction: Transaction): Transaction {
  let ended = false;
  const queryRaw = transaction.queryRaw.bind(transaction);
  const executeRaw = transaction.executeRaw.bind(transaction);
  const commit = transaction.commit.bind(transaction);
  const rollback = transaction.rollback.bind(transaction);
  // COMMIT and ROLLBACK themselves may pass through executeRaw, hence the flag is raised before and read for the rest.
  const endsIt = (query: SqlQuery) => query.sql === 'COMMIT' || query.sql === 'ROLLBACK';
  transaction.queryRaw = (query) => (ended ? Promise.reject(new TransactionEnded()) : queryRaw(query));
  transaction.executeRaw = (query) => {
    if (endsIt(query)) ended = true;
    else if (ended) return Promise.reject(new TransactionEnded());
    return executeRaw(query);
  };
  transaction.commit = () => {
    ended = true;
    return commit();
  };
  transaction.rollback = () => {
    ended = true;
    return rollback();
  };
  return transaction;
}
