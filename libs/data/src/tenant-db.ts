import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { DomainError, type TenantId } from '@parley/domain';
import { PrismaClient, type Prisma } from './generated/client.js';
import { pgFailure } from './pg-error.js';
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
const UNAVAILABLE_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && UNAVAILABLE_CODES.has(code)) return true;
  return pgFailure(error) === 'connection' || pgFailure((error as { cause?: unknown }).cause) === 'connection';
}
