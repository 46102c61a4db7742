import { isNativeError } from 'node:util/types';
import pg from 'pg';

/** What a failed statement says about the rows that it carried. */
export type PgFailure = 'connection' | 'transient' | 'row' | 'other';

const CONNECTION_CODES = new Set(['57P01', '57P02', '57P03', '57P05', '53100', '53200', '53300', '25P03']);
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);
const POOL_TEXTS = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/;

/**
 * Sorts an error of `pg` by what may be done about it: connection (nobody's fault, the database is away, or its disk is full), transient
 * (serialisation failure or deadlock: run again), row (a data or constraint error: one of the rows is bad), other.
 */
export function pgFailure(error: unknown): PgFailure {
  if (error instanceof pg.DatabaseError) return failureOfState(error.code ?? '');
  if (!isNativeError(error)) return 'other';
  // One error for each address of a name that has several.
  if ('errors' in error && Array.isArray(error.errors)) {
    return error.errors.some((one) => pgFailure(one) === 'connection') ? 'connection' : 'other';
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return SOCKET_CODES.has(code) || POOL_TEXTS.test(error.message) ? 'connection' : 'other';
}

/** The same by SQLSTATE, for what wraps an error of `pg` in one of its own. */
export function failureOfState(state: string): PgFailure {
  if (state.startsWith('08') || CONNECTION_CODES.has(state)) return 'connection';
  if (state === '40001' || state === '40P01') return 'transient';
  // 22 data, 23 constraint; 57014: the statement ran too long, which smaller sets may cure.
  return state.startsWith('22') || state.startsWith('23') || state === '57014' ? 'row' : 'other';
}
