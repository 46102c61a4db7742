import type { Statement, SystemDb } from '../system-db.js';

/** What an organisation may send unless an operator says otherwise, and in what time. */
export interface QuotaDefaults {
  messages: number;
  windowSeconds: number;
}

/** Messages that were handed out: those from `from` (exclusive) to `to` of the window. Nothing where both are equal. */
export interface QuotaBlock {
  from: number;
  to: number;
  quota: number;
  /** When the window began, in ms since 1970: its name. */
  windowMs: number;
  resetsInMs: number;
}

export interface QuotaState {
  quota: number;
  reserved: number;
  windowMs: number;
  resetsInMs: number;
}

/** A window lasts from its first message on; over, the next message begins a new one. */
const CURRENT = `
  held AS MATERIALIZED (
    SELECT tenant_id, coalesce(quota, $2::int) AS quota, reserved, window_started_at FROM rate_limits WHERE tenant_id = $1 FOR UPDATE
  ), clock AS MATERIALIZED (
    SELECT *, date_trunc('milliseconds', clock_timestamp()) AS now FROM held
  ), current AS MATERIALIZED (
    SELECT tenant_id, quota, now,
           CASE WHEN window_started_at + $3::int * interval '1 second' > now THEN reserved ELSE 0 END AS reserved,
           CASE WHEN window_started_at + $3::int * interval '1 second' > now THEN window_started_at ELSE now END AS started_at
      FROM clock
  )`;

const TIMES = (started: string, now: string): string => `
  (extract(epoch FROM ${started}) * 1000)::float8 AS "windowMs",
  (extract(epoch FROM ${started} - ${now}) * 1000 + $3::int * 1000.0)::float8 AS "resetsInMs"`;

// $4: wanted; $5: the smallest block. A large quota is handed out in blocks of a thousandth of it.
const RESERVE: Statement = {
  name: 'quota.reserve',
  text: `
    WITH ${CURRENT}, sized AS (
      SELECT *, CASE WHEN $5::int > 1 THEN greatest($5::int, quota / 1000) ELSE 1 END AS block FROM current
    ), granted AS MATERIALIZED (
      SELECT *, greatest(reserved, least(quota, reserved + ceil($4::numeric / block)::int * block)) AS "to" FROM sized
    )
    UPDATE rate_limits r SET reserved = g."to", window_started_at = g.started_at, updated_at = g.now
      FROM granted g WHERE r.tenant_id = g.tenant_id
    RETURNING g.reserved AS "from", g."to", g.quota, ${TIMES('g.started_at', 'g.now')}`,
};

const BEGIN: Statement = {
  name: 'quota.begin',
  text: 'INSERT INTO rate_limits (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING',
};

const GIVE_BACK: Statement = {
  name: 'quota.give-back',
  text: `
    UPDATE rate_limits SET reserved = greatest(0, reserved - $2::int), updated_at = now()
     WHERE tenant_id = $1 AND window_started_at = to_timestamp($3::float8 / 1000)`,
};

const READ: Statement = {
  name: 'quota.read',
  text: `
    SELECT coalesce(r.quota, $2::int) AS quota, CASE WHEN w.is_running THEN r.reserved ELSE 0 END AS reserved,
           ${TIMES('w.started_at', 'w.now')}
      FROM tenants t
      LEFT JOIN rate_limits r ON r.tenant_id = t.id
      CROSS JOIN LATERAL (
        SELECT now() AS now, coalesce(r.window_started_at + $3::int * interval '1 second' > now(), false) AS is_running,
               CASE WHEN r.window_started_at + $3::int * interval '1 second' > now() THEN r.window_started_at ELSE now() END AS started_at
      ) w
     WHERE t.id = $1`,
};

/**
 * The quota of each organisation as PostgreSQL keeps it: the arbiter. Whoever hands messages out has reserved them here
 * first, so that what is sent never passes the quota, whatever becomes of Redis.
 */
export class QuotaLedger {
  constructor(
    private readonly db: SystemDb,
    private readonly defaults: QuotaDefaults,
  ) {}

  /** Reserves at least `wanted`, rounded up to whole blocks, and never more than the quota allows. */
  async reserve(tenantId: string, wanted: number, block: number): Promise<QuotaBlock> {
    const { messages, windowSeconds } = this.defaults;
    for (;;) {
      const [row] = await this.db.query<QuotaBlock>(RESERVE, [tenantId, messages, windowSeconds, wanted, block]);
      if (row) return row;
      await this.db.query(BEGIN, [tenantId]);
    }
  }

  /** Takes back what was reserved in this window and not used. */
  async giveBack(tenantId: string, count: number, windowMs: number): Promise<void> {
    await this.db.query(GIVE_BACK, [tenantId, count, windowMs]);
  }

  /** null for a tenant that does not exist. */
  async read(tenantId: string): Promise<QuotaState | null> {
    const { messages, windowSeconds } = this.defaults;
    return (await this.db.query<QuotaState>(READ, [tenantId, messages, windowSeconds]))[0] ?? null;
  }
}
