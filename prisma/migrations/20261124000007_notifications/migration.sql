-- What signs the look-ups in a tenant's own system. sealed: the key, and for a day after a change the one before it, so that the
-- other side can change over. The address stands in tenant_settings, section lookups: a secret is never part of a value.
CREATE TABLE lookup_secrets (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  version    integer NOT NULL DEFAULT 1,
  sealed     text NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id)
);

CREATE POLICY lookup_secrets_of_tenant ON lookup_secrets TO parley_app
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY lookup_secrets_of_system ON lookup_secrets TO parley_system USING (true) WITH CHECK (true);
ALTER TABLE lookup_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE lookup_secrets FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON lookup_secrets TO parley_app, parley_system;
