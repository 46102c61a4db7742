-- Statistics: hours of a tenant, counted from the rows themselves as soon as something in them changed.

-- Hours that have to be counted again. marks: how often somebody said so; due_at: not before, so that a busy hour is counted for a
-- tenth of the time at most, or while somebody counts it. marked_at: since when something is not counted. A row goes when its count is up to date.
CREATE TABLE stats_hours (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  hour      timestamptz NOT NULL,
  marks     integer NOT NULL DEFAULT 1,
  due_at    timestamptz NOT NULL DEFAULT now(),
  marked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, hour)
);
CREATE INDEX stats_hours_due ON stats_hours (due_at);

-- Messages by the hour of the tenant's clock in which we took them. category: what they are for; null for what customers write.
-- delivered counts what was read, too. cost_micros: millionths of the rate card's currency; unpriced: charged for, at a price that we do not know.
CREATE TABLE message_stats (
  tenant_id       uuid NOT NULL,
  hour            timestamptz NOT NULL,
  phone_number_id uuid NOT NULL,
  template_id     uuid,
  category        text,
  received        integer NOT NULL,
  accepted        integer NOT NULL,
  sent            integer NOT NULL,
  delivered       integer NOT NULL,
  read            integer NOT NULL,
  failed          integer NOT NULL,
  expired         integer NOT NULL,
  cancelled       integer NOT NULL,
  charged         integer NOT NULL,
  unpriced        integer NOT NULL,
  cost_micros     bigint NOT NULL
);
CREATE UNIQUE INDEX message_stats_key ON message_stats (tenant_id, hour, phone_number_id, template_id, category) NULLS NOT DISTINCT;

-- How long things took, by the hour in which they ended. kind: first-response, response, resolution. histogram: how many fall into each step
-- of the table of bounds (libs/domain/statistics.ts). in_time: within the service level; judged: where there was one.
CREATE TABLE duration_stats (
  tenant_id       uuid NOT NULL,
  hour            timestamptz NOT NULL,
  phone_number_id uuid NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('first-response', 'response', 'resolution')),
  histogram       integer[] NOT NULL,
  count           integer NOT NULL,
  seconds         bigint NOT NULL,
  judged          integer NOT NULL,
  in_time         integer NOT NULL,
  PRIMARY KEY (tenant_id, hour, phone_number_id, kind)
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['stats_hours', 'message_stats', 'duration_stats'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON stats_hours, message_stats, duration_stats TO parley_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON stats_hours, message_stats, duration_stats TO parley_system;
