import { columns } from '../columns.js';
import type { Statement, SystemDb } from '../system-db.js';
import type { ChannelRow } from './alert-deliveries.repository.js';

/** A channel of the configuration. Its address stays there. */
export interface PlatformChannel {
  readonly type: ChannelRow['type'];
  readonly recipients: readonly string[];
  readonly minSeverity: string;
}

/** A channel as lists show it. */
export interface AlertChannelRow {
  id: string;
  tenantId: string | null;
  type: string;
  name: string;
  recipients: string[];
  minSeverity: string;
  kinds: string[];
  enabled: boolean;
  lastError: string | null;
  lastErrorAt: Date | null;
  lastSentAt: Date | null;
  failures: number;
  createdAt: Date;
  updatedAt: Date;
}

// What is configured no longer is switched off; what it was told stays.
const CONFIGURE: Statement = {
  name: 'alert-channels.configure',
  text: `
    WITH configured AS (
      SELECT type, string_to_array(recipients, ',') AS recipients, min_severity
        FROM unnest($1::text[], $2::text[], $3::text[]) AS i (type, recipients, min_severity)
    ), gone AS (
      UPDATE alert_channels c SET enabled = false, updated_at = now()
       WHERE c.tenant_id IS NULL AND c.enabled AND c.type <> ALL ($1::text[])
    )
    INSERT INTO alert_channels AS c (type, name, recipients, min_severity)
    SELECT type, type, recipients, min_severity FROM configured ORDER BY type
    ON CONFLICT (type) WHERE tenant_id IS NULL DO UPDATE
       SET recipients = excluded.recipients, min_severity = excluded.min_severity, enabled = true, updated_at = now()
     WHERE (c.recipients, c.min_severity, c.enabled) IS DISTINCT FROM (excluded.recipients, excluded.min_severity, true)`,
};

const COLUMNS = `id, tenant_id AS "tenantId", type, name, recipients, min_severity AS "minSeverity", kinds, enabled, last_error AS "lastError",
  last_error_at AS "lastErrorAt", last_sent_at AS "lastSentAt", failures, created_at AS "createdAt", updated_at AS "updatedAt"`;

const LIST: Statement = {
  name: 'alert-channels.list',
  text: `SELECT ${COLUMNS} FROM alert_channels WHERE tenant_id IS NULL AND enabled AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
};

const FIND: Statement = {
  name: 'alert-channels.find',
  text: `SELECT ${COLUMNS} FROM alert_channels WHERE tenant_id IS NULL AND enabled AND id = $1`,
};

const TESTED: Statement = {
  name: 'alert-channels.tested',
  text: `
    UPDATE alert_channels
       SET last_error = $2, last_error_at = CASE WHEN $2::text IS NOT NULL THEN now() END,
           last_sent_at = CASE WHEN $2::text IS NULL THEN now() ELSE last_sent_at END, updated_at = now()
     WHERE tenant_id IS NULL AND id = $1`,
};

/** The platform's channels: those of the configuration, told of every tenant. Tenants' channels are reached through TenantDb. */
export class PlatformAlertChannels {
  constructor(private readonly db: SystemDb) {}

  /** Makes the rows follow the configuration. Every worker does it at its start. */
  async configure(channels: readonly PlatformChannel[]): Promise<void> {
    await this.db.query(CONFIGURE, columns(channels, ({ type }) => type, ({ recipients }) => recipients.join(','), ({ minSeverity }) => minSeverity));
  }

  /** By id, newest first, at most `take`, below `before`. */
  list(window: { take: number; before: string | undefined }): Promise<AlertChannelRow[]> {
    return this.db.query<AlertChannelRow>(LIST, [window.before ?? null, window.take]);
  }

  async find(id: string): Promise<AlertChannelRow | null> {
    return (await this.db.query<AlertChannelRow>(FIND, [id]))[0] ?? null;
  }

  /** How a test went. @param error null: the message was taken */
  async noteTest(id: string, error: string | null): Promise<void> {
    await this.db.query(TESTED, [id, error]);
  }
}
