-- Automatic answers: what each step of a tenant's chain did with a customer's message, what it learnt, what it used up.

-- What was said in a voice note; what the customer wants, and how sure the step was (0 to 1).
ALTER TABLE messages
  ADD COLUMN transcript        text,
  ADD COLUMN intent            text,
  ADD COLUMN intent_confidence real;

-- DUE: its turn has come. RUNNING: a worker has it until its lease ends. WAITING: for a file. The others are ends.
CREATE DOMAIN automation_state AS text CHECK (VALUE IN ('DUE', 'RUNNING', 'WAITING', 'ANSWERED', 'PASSED', 'HANDED_OVER', 'FAILED'));

-- Each step happens once for a message: the key says so. A message has at most one run that has not ended; that is where its
-- chain stands. until: when a worker may take the run; null once it has ended. attempts: the fencing token of whoever has it.
-- waits_for: the media. period: the closed period of which an away message spoke. reason, detail: codes, ids and figures, no content.
-- No foreign key to messages: it would lock the message for each run, and messages stay and keep their ids.
CREATE TABLE automation_runs (
  tenant_id       uuid NOT NULL,
  message_id      uuid NOT NULL,
  step            text NOT NULL,
  type            text NOT NULL,
  position        smallint NOT NULL,
  conversation_id uuid NOT NULL,
  state           automation_state NOT NULL,
  reason          text,
  attempts        smallint NOT NULL DEFAULT 0,
  until           timestamptz,
  waits_for       uuid,
  period          timestamptz,
  detail          json,
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  PRIMARY KEY (tenant_id, message_id, step)
) WITH (fillfactor = 70);
CREATE INDEX automation_runs_due ON automation_runs (tenant_id, until) WHERE until IS NOT NULL;
-- The slow steps of one conversation happen one after another, in the order of its messages.
CREATE INDEX automation_runs_open ON automation_runs (tenant_id, conversation_id, message_id) WHERE until IS NOT NULL;
CREATE INDEX automation_runs_waiting ON automation_runs (tenant_id, waits_for) WHERE waits_for IS NOT NULL;
-- A conversation is told once that nobody is there.
CREATE UNIQUE INDEX automation_runs_once ON automation_runs (tenant_id, conversation_id, step, period) WHERE period IS NOT NULL;

-- Tokens of language models by the tenant's day: reserved before a call, corrected by what the endpoint says it used.
CREATE TABLE automation_usage (
  tenant_id uuid NOT NULL,
  day       date NOT NULL,
  tokens    bigint NOT NULL DEFAULT 0 CHECK (tokens >= 0),
  answers   integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, day)
) WITH (fillfactor = 50);

-- What a step shows to the tenant's endpoint: the key that signs for a bot, or the API key of a model. Sealed for the origin that it
-- was set for, so that another address gets nothing.
CREATE TABLE automation_secrets (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  step       text NOT NULL,
  origin     text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  sealed     text NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, step)
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['automation_runs', 'automation_usage', 'automation_secrets'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON automation_runs, automation_usage, automation_secrets TO parley_app;
GRANT INSERT, UPDATE ON automation_secrets TO parley_app;
GRANT SELECT, INSERT, UPDATE ON automation_runs, automation_usage, automation_secrets TO parley_system;
