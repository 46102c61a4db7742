import { isNativeError } from 'node:util/types';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { DomainError, type TenantId } from '@parley/domain';
import { PrismaClient, type Prisma } from './generated/client.js';
import { failureOfState, pgFailure } from './pg-error.js';
import { guardTransactions } from './prisma-guard.js';

declare const tenantTx: unique symbol;

/** A Prisma transaction inside row level security. Only TenantDb makes one, so a query without a tenant does not compile. */
export type TenantTx = Prisma.TransactionClient & { readonly [tenantTx]: true };

// Longer than the role's own statement and idle timeouts: the database ends a slow transaction before Prisma does.
const TRANSACTION_TIMEOUT_MS = 20_000;
const ACQUIRE_TIMEOUT_MS = 5_000;

/** The door to one tenant's rows: every unit of work is one transaction as parley_app with app.tenant_id set. */
export class TenantDb {
  private readonly prisma: PrismaClient;

  constructor(pool: pg.Pool) {
    this.prisma = new PrismaClient({ adapter: guardTransactions(new PrismaPg(pool)) });
  }

  /** Runs the work in one transaction that sees only this tenant. Throws database.unavailable when Postgres is away. */
  async run<T>(tenantId: TenantId, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    try {
      return await this.prisma.$transaction(
        async (tx) => {
          await tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
          return work(tx as TenantTx);
        },
        { maxWait: ACQUIRE_TIMEOUT_MS, timeout: TRANSACTION_TIMEOUT_MS },
      );
    } catch (error) {
      if (isUnavailable(error)) throw new DomainError('database.unavailable', undefined, { cause: error, retryAfterSeconds: 1 });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
  }
}

// P1001/P1002 server away, P1008 timed out, P1017 closed the connection, P2024/P2028 no connection or transaction in time.
const UNAVAILABLE_CODES = new Set<unknown>(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/** What Prisma throws. Its driver adapter keeps the SQLSTATE apart, in an error of its own. */
interface PrismaFailure {
  code?: unknown;
  cause?: { originalCode?: unknown };
  meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
}

function isUnavailable(error: unknown): boolean {
  // A domain error is the work's own answer, whatever caused it.
  if (!isNativeError(error) || error instanceof DomainError) return false;
  const { code, cause, meta } = error as PrismaFailure;
  const state = (meta?.driverAdapterError?.cause ?? cause)?.originalCode;
  return (
    UNAVAILABLE_CODES.has(code) ||
    failureOfState(String(state)) === 'connection' ||
    pgFailure(error) === 'connection' ||
    pgFailure(cause) === 'connection'
  );
}
