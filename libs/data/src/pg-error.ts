import pg from 'pg';

/** What a failed statement says about the rows that it carried. */
export type PgFailure = 'connection' | 'transient' | 'row' | 'other';

const CONNECTION_CODES = new Set(['57P01', '57P02', '57P03', '57P05', '53300', '25P03']);
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);
const POOL_TEXTS = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/;

/**
 * Sorts an error of `pg` by what may be done about it: connection (nobody's fault, the database is away), transient
 * (serialisation failure or deadlock: run again), row (a data or constraint error: one of the rows is bad), other.
 */
export function pgFailure(error: unknown): PgFailure {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    if (code.startsWith('08') || CONNECTION_CODES.has(code)) return 'connection';
    if (code === '40001' || code === '40P01') return 'transient';
    // 22 data, 23 constraint; 57014: the statement ran too long, which smaller sets may cure.
    if (code.startsWith('22') || code.startsWith('23') || code === '57014') return 'row';
    return 'other';
  }
  if (error instanceof AggregateError) return error.errors.some((one) => pgFailure(one) === 'connection') ? 'connection' : 'other';
  if (error instanceof Error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (SOCKET_CODES.has(code) || POOL_TEXTS.test(error.message)) return 'connection';
  }
  return 'other';
}
