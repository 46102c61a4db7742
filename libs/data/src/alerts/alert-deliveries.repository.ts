import type { AlertKind, AlertSeverity, AlertTelling } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** For how long a worker may send to a channel before another one takes over: longer than everything it may send takes. */
const CLAIM_SECONDS = 180;
const CHANNELS_AT_ONCE = 20;
/** More than a storm brings: what is beyond it is told by the next digest. */
const MOST = 10_000;

const CHANNEL_COLUMNS = `c.id, c.tenant_id AS "tenantId", c.type, c.name, c.recipients, c.target_sealed AS "targetSealed",
  c.target_version AS "targetVersion", c.failures`;

const CLAIM: Statement = {
  name: 'alert-deliveries.claim',
  text: `
    WITH due AS (
      SELECT c.id FROM alert_channels c
       WHERE c.enabled AND c.removed_at IS NULL
         AND (c.claimed_until IS NULL OR c.claimed_until <= now()) AND (c.quiet_until IS NULL OR c.quiet_until <= now())
         AND (SELECT true FROM alert_deliveries d WHERE d.channel_id = c.id AND d.state = 'PENDING' LIMIT 1)
       ORDER BY c.claimed_until NULLS FIRST LIMIT ${CHANNELS_AT_ONCE} FOR UPDATE SKIP LOCKED
    )
    UPDATE alert_channels c SET claimed_until = now() + interval '${CLAIM_SECONDS} seconds' FROM due WHERE c.id = due.id
    RETURNING ${CHANNEL_COLUMNS}`,
};

const PENDING: Statement = {
  name: 'alert-deliveries.pending',
  text: `
    SELECT d.id, d.tells, a.id AS "alertId", a.kind, a.severity, a.subject, a.facts, a.opened_at AS "openedAt", a.resolved_at AS "resolvedAt",
           (SELECT t.name FROM tenants t WHERE t.id = a.tenant_id) AS "tenantName"
      FROM alert_deliveries d JOIN alerts a ON a.id = d.alert_id
     WHERE d.channel_id = $1 AND d.state = 'PENDING'
     ORDER BY d.id LIMIT ${MOST}`,
};

const SETTLE: Statement = {
  name: 'alert-deliveries.settle',
  text: `
    UPDATE alert_deliveries SET state = $2, in_digest = $3, attempts = attempts + $4, error = $5, ended_at = now()
     WHERE id = ANY ($1::uuid[]) AND state = 'PENDING'`,
};

const NOTE_FAILURE: Statement = {
  name: 'alert-deliveries.note-failure',
  text: `
    UPDATE alert_deliveries
       SET attempts = attempts + 1, error = $2,
           state = CASE WHEN created_at < now() - make_interval(hours => $3) THEN 'FAILED' ELSE state END,
           ended_at = CASE WHEN created_at < now() - make_interval(hours => $3) THEN now() END
     WHERE id = ANY ($1::uuid[]) AND state = 'PENDING'`,
};

const SENT: Statement = {
  name: 'alert-channels.sent',
  text: `
    UPDATE alert_channels
       SET failures = 0, last_error = NULL, last_error_at = NULL, last_sent_at = now(),
           quiet_until = now() + make_interval(secs => $2::float8 / 1000), updated_at = now()
     WHERE id = $1`,
};

const FAILED: Statement = {
  name: 'alert-channels.failed',
  text: `
    UPDATE alert_channels
       SET failures = failures + 1, last_error = $2, last_error_at = now(), quiet_until = now() + make_interval(secs => $3::float8 / 1000),
           updated_at = now()
     WHERE id = $1`,
};

const RELEASE: Statement = { name: 'alert-channels.release', text: 'UPDATE alert_channels SET claimed_until = NULL WHERE id = $1' };

/** A channel that somebody is to be told through. */
export interface ChannelRow {
  id: string;
  tenantId: string | null;
  type: 'email' | 'slack' | 'log';
  name: string;
  recipients: string[];
  targetSealed: string | null;
  targetVersion: number;
  /** In a row, until now. */
  failures: number;
}

/** A telling that waits for its channel. */
export interface PendingDelivery {
  id: string;
  tells: AlertTelling;
  alertId: string;
  kind: AlertKind;
  severity: AlertSeverity;
  subject: string | null;
  facts: Readonly<Record<string, unknown>>;
  openedAt: Date;
  resolvedAt: Date | null;
  /** null for an incident of the platform. */
  tenantName: string | null;
}

/** What is to be told, and how that went. A channel is one worker's at a time. */
export class AlertDeliveries {
  constructor(private readonly db: SystemDb) {}

  /** Channels with something to tell, which are this worker's until `release`. */
  claim(): Promise<ChannelRow[]> {
    return this.db.query<ChannelRow>(CLAIM);
  }

  /** What waits for a channel, oldest first. */
  pending(channelId: string): Promise<PendingDelivery[]> {
    return this.db.query<PendingDelivery>(PENDING, [channelId]);
  }

  /** They went out, in one message where it was a digest. @param pauseMs for how long the channel is left in peace */
  async sent(channelId: string, ids: readonly string[], options: { inDigest: boolean; pauseMs: number }): Promise<void> {
    await this.db.query(SETTLE, [ids, 'SENT', options.inDigest, 1, null]);
    await this.db.query(SENT, [channelId, options.pauseMs]);
  }

  /** What later news of the same incident made pointless. */
  async skip(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.db.query(SETTLE, [ids, 'SKIPPED', false, 0, null]);
  }

  /** They will never be taken. */
  async refused(channelId: string, ids: readonly string[], error: string, retryInMs: number): Promise<void> {
    await this.db.query(SETTLE, [ids, 'FAILED', false, 1, error]);
    await this.db.query(FAILED, [channelId, error, retryInMs]);
  }

  /** They were not taken this time; after so many hours nobody tries again. */
  async failed(channelId: string, ids: readonly string[], error: string, options: { retryInMs: number; giveUpAfterHours: number }): Promise<void> {
    await this.db.query(NOTE_FAILURE, [ids, error, options.giveUpAfterHours]);
    await this.db.query(FAILED, [channelId, error, options.retryInMs]);
  }

  async release(channelId: string): Promise<void> {
    await this.db.query(RELEASE, [channelId]);
  }
}
