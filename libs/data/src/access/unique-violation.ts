/** PostgreSQL's unique_violation, and what Prisma makes of it. */
const UNIQUE_VIOLATION: readonly unknown[] = ['23505', 'P2002'];

/** Whether a statement failed because the row exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && UNIQUE_VIOLATION.includes((error as { code?: unknown }).code);
}
