-- The limits: what PostgreSQL knows of them, so that no limit is passed where Redis is new, wiped or away. And the trail of
-- what operators and administrators changed.

-- The quota of an organisation. The window begins with its first message. reserved: messages of the window that were
-- handed out, in blocks while Redis counts; what is sent never goes above it. quota: null for the platform's default.
CREATE TABLE rate_limits (
  tenant_id         uuid PRIMARY KEY REFERENCES tenants (id),
  quota             integer CHECK (quota >= 0),
  reserved          integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  window_started_at timestamptz NOT NULL DEFAULT '-infinity',
  updated_at        timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Meta's messaging limit is the portfolio's: its numbers share it, whichever tenants they belong to. used is the number
-- of its rows in tier_contacts; this row is the lock of all that changes them.
CREATE TABLE tier_budgets (
  portfolio_id text PRIMARY KEY,
  used         integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Who was written to outside the customer service window, and when last. since: when the row began to count.
CREATE TABLE tier_contacts (
  portfolio_id text NOT NULL,
  tenant_id    uuid NOT NULL,
  contact_id   uuid NOT NULL,
  since        timestamptz NOT NULL DEFAULT clock_timestamp(),
  counted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (portfolio_id, tenant_id, contact_id)
);
CREATE INDEX tier_contacts_by_age ON tier_contacts (portfolio_id, counted_at);

-- slow_share: the share of its throughput that a number had right after Meta's last 130429. next_business_at: the
-- database's side of the window of business-initiated messages.
ALTER TABLE phone_numbers
  ADD COLUMN slow_share real CHECK (slow_share > 0 AND slow_share <= 1),
  ADD COLUMN slowed_at timestamptz,
  ADD COLUMN next_business_at timestamptz;

-- Who changed what, when: append-only. tenant_id is null for what concerns the platform alone.
CREATE TABLE audit_log (
  id        uuid PRIMARY KEY DEFAULT uuid_v7(),
  tenant_id uuid REFERENCES tenants (id),
  actor     text NOT NULL,
  action    text NOT NULL,
  target    text NOT NULL,
  before    json,
  after     json,
  at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_log_of_tenant ON audit_log (tenant_id, id);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['rate_limits', 'tier_contacts', 'audit_log'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['rate_limits', 'tier_contacts', 'audit_log', 'tier_budgets'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;

GRANT SELECT ON rate_limits TO parley_app;
GRANT SELECT, INSERT ON audit_log TO parley_app, parley_system;
GRANT SELECT, INSERT, UPDATE ON rate_limits, tier_budgets TO parley_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON tier_contacts TO parley_system;
