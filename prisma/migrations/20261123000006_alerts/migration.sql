-- Alerts: incidents, whom they are told and how that went; and the figures that health and alerts are read from.

-- An incident: opened once, told once, reminded, resolved once. tenant_id is null for one of the platform. fingerprint: kind,
-- tenant or platform, and object. subject: the object's name. facts: what its texts are made of. told, told_at: what was told last. version: every
-- change is a compare-and-set on it.
CREATE TABLE alerts (
  id           uuid PRIMARY KEY DEFAULT uuid_v7(),
  tenant_id    uuid REFERENCES tenants (id),
  kind         text NOT NULL,
  fingerprint  text NOT NULL,
  object_type  text NOT NULL,
  object_id    text NOT NULL,
  subject      text,
  severity     text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state        text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'RESOLVED')),
  facts        json NOT NULL,
  told         text NOT NULL CHECK (told IN ('opened', 'worse', 'reminder', 'resolved')),
  told_at      timestamptz NOT NULL DEFAULT now(),
  opened_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  resolved_at  timestamptz,
  version      integer NOT NULL DEFAULT 1,
  CHECK ((state = 'RESOLVED') = (resolved_at IS NOT NULL))
);
-- Two workers that see the same open one incident, not two.
CREATE UNIQUE INDEX alerts_open ON alerts (fingerprint) WHERE state = 'OPEN';
CREATE INDEX alerts_resolved ON alerts (resolved_at) WHERE state = 'RESOLVED';
CREATE INDEX alerts_of_tenant ON alerts (tenant_id, id);

-- Where alerts are told. tenant_id is null for those of the configuration, which hear of every tenant. target_sealed: the
-- address of a webhook, which is a secret. quiet_until: nothing is sent before, after a digest or a failure. claimed_until:
-- the worker that sends now.
CREATE TABLE alert_channels (
  id             uuid PRIMARY KEY DEFAULT uuid_v7(),
  tenant_id      uuid REFERENCES tenants (id),
  type           text NOT NULL CHECK (type IN ('email', 'slack', 'log')),
  name           text NOT NULL,
  recipients     text[] NOT NULL DEFAULT '{}',
  target_sealed  text,
  target_version integer NOT NULL DEFAULT 1,
  min_severity   text NOT NULL DEFAULT 'warning' CHECK (min_severity IN ('info', 'warning', 'critical')),
  kinds          text[] NOT NULL DEFAULT '{}',
  enabled        boolean NOT NULL DEFAULT true,
  last_error     text,
  last_error_at  timestamptz,
  last_sent_at   timestamptz,
  failures       integer NOT NULL DEFAULT 0,
  quiet_until    timestamptz,
  claimed_until  timestamptz,
  removed_at     timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  CHECK (tenant_id IS NOT NULL OR target_sealed IS NULL)
);
CREATE UNIQUE INDEX alert_channels_of_platform ON alert_channels (type) WHERE tenant_id IS NULL;
CREATE INDEX alert_channels_of_tenant ON alert_channels (tenant_id, id) WHERE removed_at IS NULL;

-- One telling of one incident to one channel; tenant_id is that of the channel.
CREATE TABLE alert_deliveries (
  id         uuid PRIMARY KEY DEFAULT uuid_v7(),
  tenant_id  uuid REFERENCES tenants (id),
  alert_id   uuid NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  channel_id uuid NOT NULL REFERENCES alert_channels (id),
  tells      text NOT NULL CHECK (tells IN ('opened', 'worse', 'reminder', 'resolved')),
  state      text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'FAILED', 'SKIPPED')),
  in_digest  boolean NOT NULL DEFAULT false,
  attempts   integer NOT NULL DEFAULT 0,
  error      text,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz,
  CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE INDEX alert_deliveries_pending ON alert_deliveries (channel_id, id) WHERE state = 'PENDING';
CREATE INDEX alert_deliveries_of_alert ON alert_deliveries (alert_id);

-- When each check was done last, by whichever worker; no tenant's.
CREATE TABLE alert_checks (
  name       text PRIMARY KEY,
  checked_at timestamptz NOT NULL
);
ALTER TABLE alert_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY alert_checks_of_system ON alert_checks TO parley_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON alert_checks TO parley_system;

-- What lies in the queues of a tenant, counted up to a cap every half minute. due: neither held nor scheduled, for more
-- than a minute.
CREATE TABLE outbound_figures (
  tenant_id    uuid PRIMARY KEY REFERENCES tenants (id),
  due          integer NOT NULL,
  queued       integer NOT NULL,
  sending      integer NOT NULL,
  dead_letters integer NOT NULL,
  is_capped    boolean NOT NULL,
  measured_at  timestamptz NOT NULL
) WITH (fillfactor = 50);

-- What became of sends, by the minute: accepted by Meta, throttled by Meta, failed for good, and of those the ones that Meta
-- had accepted.
CREATE TABLE outbound_tallies (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  channel         text NOT NULL CHECK (channel IN ('WHATSAPP')),
  at              timestamptz NOT NULL,
  accepted        integer NOT NULL,
  throttled       integer NOT NULL,
  failed          integer NOT NULL,
  failed_accepted integer NOT NULL,
  PRIMARY KEY (tenant_id, channel, at)
) WITH (fillfactor = 50);
CREATE INDEX outbound_tallies_by_age ON outbound_tallies USING brin (at);

-- The few that are tried again and again; the predicate keeps all others out. attempts changes only together with state.
CREATE INDEX messages_tried ON messages (tenant_id, id)
  WHERE attempts >= 2 AND state IN ('QUEUED', 'WAITING', 'DISPATCHED', 'SENDING', 'UNKNOWN');

-- The few templates that Meta stopped.
CREATE INDEX templates_stopped ON templates (status_at) WHERE status IN ('PAUSED', 'REJECTED', 'DISABLED');

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['alerts', 'alert_channels', 'alert_deliveries', 'outbound_figures', 'outbound_tallies'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON alerts, alert_channels, outbound_figures, outbound_tallies TO parley_app;
GRANT INSERT ON alert_channels TO parley_app;
GRANT UPDATE (name, recipients, target_sealed, target_version, min_severity, kinds, enabled, last_error, last_error_at, last_sent_at, failures,
  quiet_until, removed_at, updated_at) ON alert_channels TO parley_app;
GRANT SELECT, INSERT, UPDATE ON alerts, alert_channels, alert_deliveries, outbound_figures, outbound_tallies TO parley_system;
GRANT DELETE ON alerts, alert_deliveries, outbound_tallies TO parley_system;
