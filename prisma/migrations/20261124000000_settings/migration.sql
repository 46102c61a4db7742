-- What tenants decide for themselves, by section. A section that is not there stands at its defaults. The history is in audit_log.
CREATE TABLE tenant_settings (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  section    text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  value      json NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, section)
);

-- The history of one section, newest first.
CREATE INDEX audit_log_of_target ON audit_log (tenant_id, target, id);

CREATE POLICY tenant_settings_of_tenant ON tenant_settings TO parley_app
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY tenant_settings_of_system ON tenant_settings TO parley_system USING (true) WITH CHECK (true);
ALTER TABLE tenant_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_settings FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON tenant_settings TO parley_app, parley_system;
