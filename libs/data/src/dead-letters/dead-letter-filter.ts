/** Which dead letters of a tenant. Every field narrows it; none means all. */
export interface DeadLetterFilter {
  numberId?: string;
  accountId?: string;
  templateId?: string;
  /** Meta's code. */
  code?: number;
  /** Why they failed: any of these. */
  reasons?: readonly string[];
  /** The tenant's own id of the customer. */
  customerId?: string;
  /** Dead since then, and before then; ISO 8601. */
  from?: string;
  to?: string;
}

/** SQL: the condition of a filter on a row of messages, with the values of `filterValues` as $1 to $9. @param m alias */
export const matchesFilter = (m: string): string => `
  ${m}.tenant_id = $1::uuid AND ${m}.dead_lettered_at IS NOT NULL
  AND ($2::uuid IS NULL OR ${m}.phone_number_id = $2::uuid)
  AND ($3::uuid IS NULL OR ${m}.template_id = $3::uuid)
  AND ($4::int IS NULL OR ${m}.error_code = $4::int)
  AND ($5::text[] IS NULL OR ${m}.reason = ANY ($5::text[]))
  AND ($6::text IS NULL OR ${m}.customer_id = $6::text)
  AND ($7::timestamptz IS NULL OR ${m}.dead_lettered_at >= $7::timestamptz)
  AND ($8::timestamptz IS NULL OR ${m}.dead_lettered_at < $8::timestamptz)
  AND ($9::uuid IS NULL OR ${m}.phone_number_id = ANY (ARRAY(SELECT n.id FROM phone_numbers n WHERE n.tenant_id = $1::uuid AND n.account_id = $9::uuid)))`;

/** The parameters of `matchesFilter`. */
export function filterValues(tenantId: string, filter: DeadLetterFilter): unknown[] {
  const { numberId, templateId, code, reasons, customerId, from, to, accountId } = filter;
  return [tenantId, numberId, templateId, code, reasons, customerId, from, to, accountId].map((value) => value ?? null);
}
