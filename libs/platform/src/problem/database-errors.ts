/** What Node, pg and Prisma say when PostgreSQL is away, going away, full, or too slow to answer in time. */
const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57014', // query_canceled: statement_timeout
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '25P03', // idle_in_transaction_session_timeout
  'P1001', // Prisma: cannot reach the server
  'P1002',
  'P1008',
  'P1017', // the server has closed the connection
  'P2024', // no connection in the pool in time
]);

/** pg has no code for these: it makes them itself. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Query read timeout',
  'Cannot use a pool after calling end on the pool',
];

const DEEPEST_CAUSE = 5;

/**
 * Whether an error, or one of its causes, says that PostgreSQL cannot serve now. Other services' network errors do not
 * come here: their clients turn them into domain errors.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth += 1) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string' && (UNAVAILABLE.has(code) || /^08\w{3}$/.test(code))) return true;
    const { message } = current;
    if (MESSAGES.some((known) => message.startsWith(known))) return true;
    current = current.cause;
  }
  return false;
}
