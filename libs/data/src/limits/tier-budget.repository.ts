import type { Statement, SystemDb } from '../system-db.js';

export interface TierRequest {
  portfolioId: string;
  tenantId: string;
  /** How many people may be written to in 24 h outside the window. */
  limit: number;
  /** Each once. */
  contactIds: readonly string[];
}

export interface TierGrant {
  granted: ReadonlySet<string>;
  /** When the next place is free. 0 where all were granted. */
  retryInMs: number;
}

const BEGIN: Statement = {
  name: 'tier.begin',
  text: 'INSERT INTO tier_budgets (portfolio_id) VALUES ($1) ON CONFLICT DO NOTHING',
};

/** Rows that one call forgets at most: more than one call can add. */
const FORGOTTEN_AT_ONCE = 1_000;

// The row of the budget is the lock. Whoever is counted already goes free; a contact of the set is never forgotten, so
// that no row is touched twice. The look-up may be older than the lock: used follows what was really inserted, and what
// is forgotten is looked at once more.
const TAKE: Statement = {
  name: 'tier.take',
  text: `
    WITH budget AS MATERIALIZED (
      SELECT portfolio_id, used FROM tier_budgets WHERE portfolio_id = $1 FOR UPDATE
    ), clock AS MATERIALIZED (
      SELECT *, clock_timestamp() AS now FROM budget
    ), old AS MATERIALIZED (
      SELECT c.ctid AS place
        FROM clock b JOIN tier_contacts c ON c.portfolio_id = b.portfolio_id AND c.counted_at <= b.now - interval '24 hours'
       WHERE NOT (c.tenant_id = $2 AND c.contact_id = ANY ($4::uuid[]))
       LIMIT ${FORGOTTEN_AT_ONCE}
    ), forgotten AS (
      DELETE FROM tier_contacts c USING clock b
       WHERE c.ctid = ANY (ARRAY(SELECT place FROM old)) AND c.counted_at <= b.now - interval '24 hours'
      RETURNING 1
    ), wanted AS MATERIALIZED (
      SELECT w.contact_id, w.at, c.contact_id IS NOT NULL AS is_known, coalesce(c.counted_at > b.now - interval '24 hours', false) AS is_fresh,
             count(*) FILTER (WHERE c.contact_id IS NULL) OVER (ORDER BY w.at) AS place
        FROM clock b
        CROSS JOIN unnest($4::uuid[]) WITH ORDINALITY AS w (contact_id, at)
        LEFT JOIN LATERAL (
          SELECT k.contact_id, k.counted_at FROM tier_contacts k
           WHERE k.portfolio_id = $1 AND k.tenant_id = $2 AND k.contact_id = w.contact_id LIMIT 1
        ) c ON true
    ), room AS MATERIALIZED (
      SELECT b.now, $3::int - b.used + (SELECT count(*)::int FROM forgotten) AS left_over FROM clock b
    ), granted AS MATERIALIZED (
      SELECT w.contact_id, w.is_fresh
        FROM wanted w, room r
       WHERE w.is_fresh OR (w.is_known AND r.left_over >= 0)
          OR (NOT w.is_known AND w.place <= r.left_over)
    ), counted AS (
      INSERT INTO tier_contacts AS c (portfolio_id, tenant_id, contact_id, since, counted_at)
      SELECT $1, $2, g.contact_id, r.now, r.now FROM granted g, room r ORDER BY g.contact_id
      ON CONFLICT (portfolio_id, tenant_id, contact_id) DO UPDATE
         SET counted_at = excluded.counted_at,
             since = CASE WHEN c.counted_at <= excluded.counted_at - interval '24 hours' THEN excluded.since ELSE c.since END
      RETURNING contact_id, xmax = 0 AS is_new
    ), tallied AS (
      UPDATE tier_budgets t
         SET used = t.used - (SELECT count(*)::int FROM forgotten) + (SELECT count(*)::int FROM counted WHERE is_new)
       WHERE t.portfolio_id = $1
      RETURNING t.used
    )
    SELECT (SELECT array_agg(contact_id::text) FROM counted) AS granted,
           (SELECT extract(epoch FROM c.counted_at + interval '24 hours' - r.now)::float8 * 1000
              FROM tier_contacts c WHERE c.portfolio_id = $1 AND c.counted_at > r.now - interval '24 hours'
             ORDER BY c.counted_at LIMIT 1) AS "retryInMs",
           t.used
      FROM room r, tallied t`,
};

// Only what this minute's send had added: who was counted before stays counted.
const GIVE_BACK: Statement = {
  name: 'tier.give-back',
  text: `
    WITH budget AS MATERIALIZED (
      SELECT portfolio_id FROM tier_budgets WHERE portfolio_id = $1 FOR UPDATE
    ), found AS MATERIALIZED (
      SELECT k.place
        FROM budget b
        CROSS JOIN unnest($3::uuid[]) AS i (contact_id)
        CROSS JOIN LATERAL (
          SELECT t.ctid AS place FROM tier_contacts t
           WHERE t.portfolio_id = b.portfolio_id AND t.tenant_id = $2 AND t.contact_id = i.contact_id LIMIT 1
        ) k
    ), forgotten AS (
      DELETE FROM tier_contacts c
       WHERE c.ctid = ANY (ARRAY(SELECT place FROM found))
         AND c.since = c.counted_at AND c.since > clock_timestamp() - interval '1 minute'
      RETURNING 1
    )
    UPDATE tier_budgets SET used = greatest(0, used - (SELECT count(*)::int FROM forgotten)) WHERE portfolio_id = $1`,
};

const DAY_MS = 24 * 3_600_000;

/**
 * Who a portfolio wrote to in the last 24 hours outside the customer service window. It is counted in PostgreSQL alone:
 * numbers with a limit send so little that one statement a set costs nothing, and no wipe of Redis can lose the count.
 */
export class TierBudgets {
  constructor(private readonly db: SystemDb) {}

  /** Counts whoever is counted already, and as many others as the limit has room for. */
  async take({ portfolioId, tenantId, limit, contactIds }: TierRequest): Promise<TierGrant> {
    for (;;) {
      const values = [portfolioId, tenantId, limit, contactIds];
      const [row] = await this.db.query<{ granted: string[] | null; retryInMs: number | null }>(TAKE, values);
      if (!row) {
        await this.db.query(BEGIN, [portfolioId]);
        continue;
      }
      const granted = new Set(row.granted ?? []);
      const isAll = granted.size === contactIds.length;
      return { granted, retryInMs: isAll ? 0 : Math.max(1, Math.ceil(row.retryInMs ?? DAY_MS)) };
    }
  }

  /** Forgets whom a send had just added that did not happen after all. */
  async giveBack(portfolioId: string, tenantId: string, contactIds: readonly string[]): Promise<void> {
    await this.db.query(GIVE_BACK, [portfolioId, tenantId, contactIds]);
  }
}
