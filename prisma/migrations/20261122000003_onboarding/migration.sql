-- Onboarding: a number on its way to sending, what Meta tells of numbers and accounts later, and canaries.

-- One attempt to bring a number in. steps: what has been done, with times and answers; a step that is done is not done
-- again. waits_for: what a person must give before it goes on. run_*: the process that is at it; a step is written only
-- under the epoch that began it.
CREATE TABLE onboardings (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  id              uuid NOT NULL DEFAULT uuid_v7(),
  method          text NOT NULL CHECK (method IN ('token', 'code')),
  state           text NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'WAITING', 'FAILED', 'DONE')),
  step            text NOT NULL,
  waits_for       text CHECK (waits_for IN ('code', 'accessToken', 'graphNumberId', 'verificationCode', 'pin')),
  waba_id         text NOT NULL,
  graph_number_id text,
  meta_app_id     text,
  verification    json NOT NULL,
  steps           json NOT NULL DEFAULT '[]',
  problem         json,
  phone_number_id uuid,
  secrets_sealed  text,
  secrets_version integer NOT NULL DEFAULT 1,
  run_epoch       integer NOT NULL DEFAULT 0,
  run_until       timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id),
  CHECK (state <> 'WAITING' OR waits_for IS NOT NULL),
  CHECK (state <> 'DONE' OR secrets_sealed IS NULL)
);

-- Proof that webhooks arrive: a message to somebody who agreed to it, or a template that is made and taken back.
CREATE TABLE canaries (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  id              uuid NOT NULL DEFAULT uuid_v7(),
  phone_number_id uuid NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('message', 'template')),
  message_id      uuid,
  template_name   text,
  started_at      timestamptz NOT NULL DEFAULT now(),
  seen_at         timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id),
  FOREIGN KEY (tenant_id, message_id) REFERENCES messages (tenant_id, id),
  CHECK ((kind = 'message') = (message_id IS NOT NULL)),
  CHECK ((kind = 'template') = (template_name IS NOT NULL))
);
CREATE INDEX canaries_of_number ON canaries (tenant_id, phone_number_id, id);
CREATE UNIQUE INDEX canaries_by_template ON canaries (template_name) WHERE template_name IS NOT NULL;

-- What webhooks tell of a number. The *_at columns hold the time of the newest word, so that an older one changes nothing.
ALTER TABLE phone_numbers
  ADD COLUMN name_status     text,
  ADD COLUMN name_at         timestamptz,
  ADD COLUMN tier_at         timestamptz,
  ADD COLUMN throughput_at   timestamptz,
  ADD COLUMN quality_at      timestamptz,
  ADD COLUMN pin_sealed      text,
  ADD COLUMN pin_version     integer NOT NULL DEFAULT 0,
  ADD COLUMN last_webhook_at timestamptz;

ALTER TABLE accounts
  ADD COLUMN state         text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'RESTRICTED', 'DISABLED', 'DELETED', 'DISCONNECTED')),
  ADD COLUMN state_reason  text,
  ADD COLUMN state_at      timestamptz,
  ADD COLUMN review_status text,
  ADD COLUMN review_at     timestamptz;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['onboardings', 'canaries'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON onboardings, canaries TO parley_app, parley_system;
GRANT UPDATE (name_status, name_at, tier_at, throughput_at, quality_at, pin_sealed, pin_version) ON phone_numbers TO parley_app;
