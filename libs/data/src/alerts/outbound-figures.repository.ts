import { isFreeToSend } from '../sending/holds.repository.js';
import type { Statement, SystemQueries } from '../system-db.js';

/** Rows of one number and state that are counted at most: what lies behind them would cost more than it tells. */
export const FIGURES_CAP = 10_000;
/** Dead letters of one tenant that one look counts at most. */
const TALLY_CAP = 100_000;
/** An attempt that began before this may still get its outcome; minutes younger than this are counted again. */
const SETTLING_MINUTES = 1;
/** After an absence of all workers this much is counted afterwards. */
const LOOKED_BACK_MINUTES = 60;
const KEPT_HOURS = 25;

const countOf = (where: string): string => `(SELECT count(*)::int FROM (SELECT FROM messages m WHERE m.phone_number_id = n.id AND ${where} LIMIT ${FIGURES_CAP}) c)`;

// Lane by lane, so that "older than" is a range of the index: the young part of a backlog is never read. A row that was put
// back lately is old by its id only, hence updated_at.
const DUE = `
  (SELECT count(*)::int FROM (VALUES (0), (1), (2), (3)) AS lane (n2)
    CROSS JOIN LATERAL (SELECT m.updated_at FROM messages m
                         WHERE m.phone_number_id = n.id AND m.lane = lane.n2 AND m.state = 'QUEUED'
                           AND m.id < uuid_v7_floor(now() - make_interval(secs => $1))
                         ORDER BY m.id LIMIT ${FIGURES_CAP}) d
   WHERE d.updated_at < now() - make_interval(secs => $1))`;

const MEASURE: Statement = {
  name: 'figures.measure',
  text: `
    WITH number AS MATERIALIZED (
      SELECT n.tenant_id,
             CASE WHEN ${isFreeToSend('n')} THEN ${DUE} ELSE 0 END AS due,
             ${countOf(`m.state = 'QUEUED'`)} AS queued,
             ${countOf(`m.state = 'WAITING'`)} AS waiting,
             ${countOf(`m.state IN ('DISPATCHED', 'SENDING')`)} AS in_flight,
             ${countOf(`m.state = 'UNKNOWN'`)} AS in_doubt
        FROM phone_numbers n
    ), tenant AS MATERIALIZED (
      SELECT tenant_id, sum(due)::int AS due, sum(queued + waiting)::int AS queued, sum(in_flight + in_doubt)::int AS sending,
             bool_or(greatest(queued, waiting, in_flight, in_doubt) >= ${FIGURES_CAP}) AS is_capped
        FROM number GROUP BY tenant_id
    ), dead AS MATERIALIZED (
      SELECT t.id, (SELECT count(*)::int FROM (SELECT FROM messages m WHERE m.tenant_id = t.id AND m.dead_lettered_at IS NOT NULL
                                                LIMIT ${FIGURES_CAP}) c) AS dead_letters
        FROM tenants t
    )
    INSERT INTO outbound_figures AS f (tenant_id, due, queued, sending, dead_letters, is_capped, measured_at)
    SELECT d.id, coalesce(t.due, 0), coalesce(t.queued, 0), coalesce(t.sending, 0), d.dead_letters,
           coalesce(t.is_capped, false) OR d.dead_letters >= ${FIGURES_CAP}, now()
      FROM dead d LEFT JOIN tenant t ON t.tenant_id = d.id
     ORDER BY d.id
    ON CONFLICT (tenant_id) DO UPDATE
       SET due = excluded.due, queued = excluded.queued, sending = excluded.sending, dead_letters = excluded.dead_letters,
           is_capped = excluded.is_capped, measured_at = excluded.measured_at`,
};

// The minutes since the last look, and the one before them: an attempt gets its outcome within it. What is counted twice
// overwrites itself.
const TALLY: Statement = {
  name: 'figures.tally',
  text: `
    WITH bound AS MATERIALIZED (
      SELECT greatest(date_trunc('minute', $1::timestamptz) - interval '${SETTLING_MINUTES} minutes',
                      date_trunc('minute', now()) - interval '${LOOKED_BACK_MINUTES} minutes') AS since
    )
    INSERT INTO outbound_tallies AS o (tenant_id, channel, at, accepted, throttled, failed, failed_accepted)
    SELECT t.id, 'WHATSAPP', c.at, c.accepted, c.throttled, c.failed, c.failed_accepted
      FROM bound b CROSS JOIN tenants t
      CROSS JOIN LATERAL (
        SELECT e.at, sum(e.accepted)::int AS accepted, sum(e.throttled)::int AS throttled, sum(e.failed)::int AS failed,
               sum(e.failed_accepted)::int AS failed_accepted
          FROM (
            SELECT date_trunc('minute', uuid_v7_time(s.id)) AS at, (s.outcome = 'accepted')::int AS accepted,
                   coalesce(s.outcome <> 'accepted' AND s.error_code = ANY ($2::int[]), false)::int AS throttled, 0 AS failed, 0 AS failed_accepted
              FROM message_attempts s WHERE s.tenant_id = t.id AND s.id >= uuid_v7_floor(b.since) AND s.outcome IS NOT NULL
            UNION ALL
            (SELECT date_trunc('minute', m.dead_lettered_at), 0, 0, 1, (m.accepted_at IS NOT NULL)::int
               FROM messages m WHERE m.tenant_id = t.id AND m.dead_lettered_at >= b.since LIMIT ${TALLY_CAP})
          ) e
         GROUP BY e.at
      ) c
     WHERE c.accepted + c.throttled + c.failed > 0
     ORDER BY t.id, c.at
    ON CONFLICT (tenant_id, channel, at) DO UPDATE
       SET accepted = excluded.accepted, throttled = excluded.throttled, failed = excluded.failed, failed_accepted = excluded.failed_accepted
     WHERE (o.accepted, o.throttled, o.failed, o.failed_accepted)
           IS DISTINCT FROM (excluded.accepted, excluded.throttled, excluded.failed, excluded.failed_accepted)`,
};

const FORGET_TALLIES: Statement = {
  name: 'figures.forget-tallies',
  text: `DELETE FROM outbound_tallies WHERE at < now() - interval '${KEPT_HOURS} hours'`,
};

const SUMS: Statement = {
  name: 'figures.sums',
  text: `
    SELECT coalesce(sum(due), 0)::int AS due, coalesce(sum(queued), 0)::int AS queued, coalesce(sum(sending), 0)::int AS sending,
           coalesce(sum(dead_letters), 0)::int AS "deadLetters", coalesce(bool_or(is_capped), false) AS "isCapped",
           max(measured_at) AS "measuredAt"
      FROM outbound_figures`,
};

const TALLY_SUMS: Statement = {
  name: 'figures.tally-sums',
  text: `
    SELECT s.channel, sum(s.accepted)::int AS accepted, sum(s.failed)::int AS failed, sum(s.failed_accepted)::int AS "failedAccepted"
      FROM tenants t
      CROSS JOIN LATERAL (SELECT o.channel, o.accepted, o.failed, o.failed_accepted FROM outbound_tallies o
                           WHERE o.tenant_id = t.id AND o.channel = 'WHATSAPP' AND o.at > now() - make_interval(mins => $1)) s
     GROUP BY s.channel`,
};

/** What lies in the queues, each figure counted up to a cap. */
export interface OutboundFigures {
  /** Due for a while, neither held nor scheduled. */
  due: number;
  queued: number;
  sending: number;
  deadLetters: number;
  /** Whether a count ended at its cap: then there are at least so many. */
  isCapped: boolean;
  /** null: nothing was measured yet. */
  measuredAt: Date | null;
}

/** What became of the sends of a window, by channel. */
export interface OutboundTally {
  channel: string;
  accepted: number;
  failed: number;
  failedAccepted: number;
}

/** Measures every tenant's queues. @param dueSeconds how long a message must have been due to count as such */
export async function measureOutbound(db: SystemQueries, dueSeconds: number): Promise<void> {
  await db.query(MEASURE, [dueSeconds]);
}

/**
 * Brings the tallies of every tenant up to date, from `since` on and an hour back at most.
 * @param throttlingCodes Graph's codes for "too fast"
 */
export async function tallyOutbound(db: SystemQueries, since: Date, throttlingCodes: readonly number[]): Promise<void> {
  await db.query(TALLY, [since, throttlingCodes]);
  await db.query(FORGET_TALLIES);
}

/** The figures of all tenants together. */
export async function platformFigures(db: SystemQueries, windowMinutes: number): Promise<{ figures: OutboundFigures; tallies: OutboundTally[] }> {
  const [figures] = await db.query<OutboundFigures>(SUMS);
  if (!figures) throw new Error('The statement returned no figures');
  return { figures, tallies: await db.query<OutboundTally>(TALLY_SUMS, [windowMinutes]) };
}
