import type { Statement, SystemDb } from '../system-db.js';

/** What PostgreSQL knows of a number's sending where Redis does not. */
export interface SendingPast {
  /** Of each contact that was asked for, by position: how long ago its last messages left, in ms. */
  sentAgoMs: readonly (readonly number[])[];
  /** By position: how much longer Meta's 131056 lets the pair rest, in ms; 0 for none. */
  restMs: readonly number[];
  /** What the last 130429 did to the number's rate, and how long ago. null: it never slowed down. */
  slowed: { share: number; agoMs: number } | null;
}

/** The newest messages of a conversation that are looked at: no pair sends more in the time that counts. */
const NEWEST = 200;

const PAST: Statement = {
  name: 'limits.past',
  text: `
    SELECT coalesce(sent.ago, '{}') AS ago, coalesce(sent.rest, 0)::float8 AS rest,
           n.slow_share::float8 AS share, (extract(epoch FROM now() - n.slowed_at) * 1000)::float8 AS "slowedAgo"
      FROM phone_numbers n
      LEFT JOIN unnest($3::uuid[]) WITH ORDINALITY AS w (contact_id, at) ON true
      LEFT JOIN LATERAL (
        SELECT array_agg((extract(epoch FROM now() - m.sending_at) * 1000)::float8) FILTER (WHERE m.sending_at > now() - $4::int * interval '1 second') AS ago,
               max(extract(epoch FROM m.wait_until - now()) * 1000) FILTER (WHERE m.error_code = 131056 AND m.wait_until > now()) AS rest
          FROM (
            SELECT c.direction, c.sending_at, c.error_code, c.wait_until
              FROM messages c
             WHERE c.tenant_id = $1 AND c.conversation_id = (
                     SELECT v.id FROM conversations v
                      WHERE v.tenant_id = $1 AND v.phone_number_id = $2 AND v.contact_id = w.contact_id AND v.state <> 'ARCHIVED' LIMIT 1)
             ORDER BY c.id DESC
             LIMIT ${NEWEST}
          ) m
         WHERE m.direction || '' = 'OUTBOUND' AND m.sending_at IS NOT NULL
      ) sent ON true
     WHERE n.tenant_id = $1 AND n.id = $2
     ORDER BY w.at`,
};

const SLOW_DOWN: Statement = {
  name: 'limits.slow-down',
  text: `
    UPDATE phone_numbers SET slow_share = $3, slowed_at = now() - $4::float8 * interval '1 millisecond'
     WHERE tenant_id = $1 AND id = $2`,
};

interface PastRow {
  ago: number[];
  rest: number;
  share: number | null;
  slowedAgo: number | null;
}

/** Reads what a number sent lately from the messages themselves: nothing is written for it when they leave. */
export class SendingHistory {
  constructor(private readonly db: SystemDb) {}

  /** @param seconds how far back a send still counts */
  async read(tenantId: string, numberId: string, contactIds: readonly string[], seconds: number): Promise<SendingPast> {
    const rows = await this.db.query<PastRow>(PAST, [tenantId, numberId, contactIds, seconds]);
    const [first] = rows;
    const isSlowed = first?.share != null && first.slowedAgo !== null;
    return {
      sentAgoMs: rows.map(({ ago }) => ago),
      restMs: rows.map(({ rest }) => rest),
      slowed: isSlowed ? { share: first.share!, agoMs: first.slowedAgo! } : null,
    };
  }

  /** Remembers to what share of its limit a number went. */
  async noteSlowDown(tenantId: string, numberId: string, share: number, agoMs: number): Promise<void> {
    await this.db.query(SLOW_DOWN, [tenantId, numberId, share, agoMs]);
  }
}
