-- Conversations with people behind them: assignment, priority, tags, the service level, notes and a timeline.

CREATE DOMAIN conversation_priority AS text CHECK (VALUE IN ('LOW', 'NORMAL', 'HIGH', 'URGENT'));

-- assigned_to: one of the tenant's users; every statement that writes it has looked that up. awaiting_since: Meta's time of the
-- oldest message without an answer; due_soon_at and answer_due_at: when its service level comes close, and ends, in business
-- time. answered_at, staff_at: when an answer, and a person's answer, was accepted by Meta; while an answered question is not
-- settled yet, answered_at is its first answer. first_response_at: of this opening. breached_at: when the last question became
-- overdue without an answer. priority_before: what the priority was before escalation raised it. idle_at: since when nothing
-- has happened, noted by the monitor and outdone by any later message.
ALTER TABLE conversations
  ADD COLUMN assigned_to       uuid,
  ADD COLUMN assigned_at       timestamptz,
  ADD COLUMN priority          conversation_priority NOT NULL DEFAULT 'NORMAL',
  ADD COLUMN priority_before   conversation_priority,
  ADD COLUMN tags              text[] NOT NULL DEFAULT '{}',
  ADD COLUMN customer_id       text,
  ADD COLUMN resolved_at       timestamptz,
  ADD COLUMN archived_at       timestamptz,
  ADD COLUMN awaiting_since    timestamptz,
  ADD COLUMN due_soon_at       timestamptz,
  ADD COLUMN answer_due_at     timestamptz,
  ADD COLUMN answered_at       timestamptz,
  ADD COLUMN staff_at          timestamptz,
  ADD COLUMN first_response_at timestamptz,
  ADD COLUMN breached_at       timestamptz,
  ADD COLUMN escalation_level  smallint NOT NULL DEFAULT 0,
  ADD COLUMN escalated_at      timestamptz,
  ADD COLUMN idle_at           timestamptz;

-- None of these names a column that sending changes (message_count, last_message, last_message_at, answered_at, staff_at).
CREATE INDEX conversations_awaiting ON conversations (tenant_id, answer_due_at, id) WHERE awaiting_since IS NOT NULL;
CREATE INDEX conversations_assigned ON conversations (tenant_id, assigned_to, last_inbound_at DESC, id DESC) WHERE state = 'ASSIGNED';
CREATE INDEX conversations_active ON conversations (tenant_id, last_inbound_at)
  WHERE state IN ('OPEN', 'ASSIGNED') AND idle_at IS NULL AND last_inbound_at IS NOT NULL;
CREATE INDEX conversations_idle ON conversations (tenant_id, idle_at) WHERE state IN ('OPEN', 'ASSIGNED') AND idle_at IS NOT NULL;
CREATE INDEX conversations_resolved ON conversations (tenant_id, resolved_at) WHERE state = 'RESOLVED';

-- The timeline of a conversation. actor: a user, a key, the customer, or the system.
CREATE TABLE conversation_events (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL DEFAULT uuid_v7(),
  conversation_id uuid NOT NULL,
  type            text NOT NULL,
  actor           text NOT NULL,
  detail          json,
  at              timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id)
);
CREATE INDEX conversation_events_of ON conversation_events (tenant_id, conversation_id, id);

-- What agents tell each other about a conversation; customers never see it. author_id: the user who wrote it, if it was one.
CREATE TABLE conversation_notes (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL DEFAULT uuid_v7(),
  conversation_id uuid NOT NULL,
  author          text NOT NULL,
  author_id       uuid,
  text            text NOT NULL CHECK (length(text) BETWEEN 1 AND 10000),
  at              timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id)
);
CREATE INDEX conversation_notes_of ON conversation_notes (tenant_id, conversation_id, id);

-- One row for each question of a customer that was answered: a question is all that he wrote since the last answer. seconds and
-- business_seconds: how long he waited, by the clock and by the hours of business. is_first: the first of its opening. in_time: within
-- the service level; null where there was none. assignee: who had the conversation; by_staff: a person answered.
CREATE TABLE conversation_responses (
  tenant_id        uuid NOT NULL,
  conversation_id  uuid NOT NULL,
  asked_at         timestamptz NOT NULL,
  phone_number_id  uuid NOT NULL,
  contact_id       uuid NOT NULL,
  answered_at      timestamptz NOT NULL,
  seconds          integer NOT NULL CHECK (seconds >= 0),
  business_seconds integer NOT NULL CHECK (business_seconds >= 0),
  is_first         boolean NOT NULL,
  in_time          boolean,
  assignee         uuid,
  by_staff         boolean NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, conversation_id, asked_at),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id)
);
CREATE INDEX conversation_responses_by_time ON conversation_responses (tenant_id, answered_at);
CREATE INDEX conversation_responses_of_contact ON conversation_responses (tenant_id, contact_id, answered_at) WHERE assignee IS NOT NULL;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['conversation_events', 'conversation_notes', 'conversation_responses'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON conversation_events, conversation_notes, conversation_responses TO parley_app;
GRANT INSERT ON conversation_events, conversation_notes TO parley_app;
GRANT SELECT, INSERT ON conversation_events, conversation_notes, conversation_responses TO parley_system;
-- A merge of contacts moves what belongs to them.
GRANT UPDATE (contact_id) ON conversation_responses TO parley_system;
GRANT UPDATE (conversation_id) ON conversation_notes TO parley_system;
-- What people do with a conversation; what was said in it stays what it was.
GRANT UPDATE (state, assigned_to, assigned_at, priority, priority_before, tags, customer_id, resolved_at, archived_at, awaiting_since,
  due_soon_at, answer_due_at, first_response_at, breached_at, escalation_level, escalated_at, idle_at) ON conversations TO parley_app;
