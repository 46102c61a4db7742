-- Who is who: names kept apart by where they came from, numbers that changed hands, contacts that were one person.

-- name stays what everybody shows: given_name (the tenant's own), else book_name (the restaurant's phone book, as of book_at),
-- else profile_name (the person's own), else the username. merged_into: the contact that this one turned out to be, always
-- the last of a chain. identity_changed_at: when WhatsApp last said that the device behind the number changed.
ALTER TABLE contacts
  ADD COLUMN given_name          text,
  ADD COLUMN book_name           text,
  ADD COLUMN book_at             timestamptz,
  ADD COLUMN profile_name        text,
  ADD COLUMN username            text,
  ADD COLUMN identity_changed_at timestamptz,
  ADD COLUMN merged_into         uuid,
  ADD FOREIGN KEY (tenant_id, merged_into) REFERENCES contacts (tenant_id, id);
-- None of these columns changes with a message.
CREATE INDEX contacts_merged ON contacts (tenant_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contacts_by_customer ON contacts (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
-- Sending and answering change neither of them: a merge finds all conversations of a contact.
-- Partial, though it leaves out nothing: the look-up of a foreign key, planned while the table is empty, would take it for the tenant alone.
CREATE INDEX conversations_of_contact ON conversations (tenant_id, contact_id) WHERE contact_id IS NOT NULL;

-- confirmed_at: Meta's time of the change by which the contact got this identity; an older change does not take it away.
ALTER TABLE contact_identities ADD COLUMN confirmed_at timestamptz;
GRANT DELETE ON contact_identities TO parley_system;
-- What a split takes back leaves no decision; the record of it stays.
GRANT DELETE ON consents TO parley_system;

-- Whose an identity was until then. Its next owner is somebody else; what was written before, and comes late, is still theirs.
CREATE TABLE retired_identities (
  tenant_id  uuid NOT NULL,
  kind       identity_kind NOT NULL,
  value      text NOT NULL,
  retired_at timestamptz NOT NULL,
  contact_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, kind, value, retired_at),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX retired_identities_of ON retired_identities (tenant_id, contact_id);

-- What happened to a contact. evidence: what proves it, such as the id of Meta's message; the same proof counts once.
CREATE TABLE contact_events (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL DEFAULT uuid_v7(),
  contact_id uuid NOT NULL,
  type       text NOT NULL,
  actor      text NOT NULL,
  evidence   text,
  detail     json NOT NULL DEFAULT '{}',
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX contact_events_of ON contact_events (tenant_id, contact_id, id);
CREATE UNIQUE INDEX contact_events_once ON contact_events (tenant_id, type, evidence) WHERE evidence IS NOT NULL;

-- DUE: Meta named two contacts as one person. MOVING: they are one, and messages still follow. RETURNING, SPLIT: undone, and
-- messages go back; such a pair is joined by hand only. KEPT: they may be two people. moved: what the merge changed, by which a
-- split changes it back.
CREATE TABLE contact_merges (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL DEFAULT uuid_v7(),
  from_id    uuid NOT NULL,
  into_id    uuid NOT NULL,
  state      text NOT NULL CHECK (state IN ('DUE', 'MOVING', 'DONE', 'RETURNING', 'SPLIT', 'KEPT')),
  actor      text NOT NULL,
  moved      json NOT NULL DEFAULT '{}',
  look_at    timestamptz NOT NULL DEFAULT now(),
  merged_at  timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CHECK (from_id <> into_id),
  FOREIGN KEY (tenant_id, from_id) REFERENCES contacts (tenant_id, id),
  FOREIGN KEY (tenant_id, into_id) REFERENCES contacts (tenant_id, id)
);
CREATE UNIQUE INDEX contact_merges_due ON contact_merges (tenant_id, (least(from_id, into_id)), (greatest(from_id, into_id))) WHERE state = 'DUE';
CREATE INDEX contact_merges_pending ON contact_merges (look_at) WHERE state IN ('DUE', 'MOVING', 'RETURNING');
CREATE INDEX contact_merges_of ON contact_merges (tenant_id, from_id, into_id);

-- Where messages were before a merge, for those that did not simply go along with their conversation.
CREATE TABLE contact_merge_messages (
  tenant_id       uuid NOT NULL,
  merge_id        uuid NOT NULL,
  message_id      uuid NOT NULL,
  conversation_id uuid,
  PRIMARY KEY (tenant_id, merge_id, message_id),
  FOREIGN KEY (tenant_id, merge_id) REFERENCES contact_merges (tenant_id, id)
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['retired_identities', 'contact_events', 'contact_merges', 'contact_merge_messages'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON retired_identities, contact_events, contact_merges TO parley_app;
GRANT SELECT, INSERT ON contact_events TO parley_system;
GRANT SELECT, INSERT, UPDATE ON retired_identities, contact_merges TO parley_system;
GRANT SELECT, INSERT, DELETE ON contact_merge_messages TO parley_system;
