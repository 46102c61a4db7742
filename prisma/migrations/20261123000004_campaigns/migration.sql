-- Campaigns: one template message to many people, fed into the queue of a number a little at a time.

-- Where a local time is meant and nothing nearer says which: the clock of the organisation.
ALTER TABLE tenants ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
GRANT UPDATE (time_zone) ON tenants TO parley_app;

-- next_at: when a worker looks next (null: never); lease_*: the worker that feeds it, lease_epoch is the fencing token.
-- recipients: how many there are; their positions are 0 to recipients - 1, without gaps.
-- followed_to, walk_began_at: how far the walk over what became of the messages is, and since when.
CREATE TABLE campaigns (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  id              uuid NOT NULL DEFAULT uuid_v7(),
  name            text NOT NULL,
  phone_number_id uuid NOT NULL,
  state           text NOT NULL DEFAULT 'DRAFT' CHECK (state IN ('DRAFT', 'SCHEDULED', 'RUNNING', 'PAUSED', 'DONE', 'CANCELLED')),
  reason          text,
  variants        json NOT NULL,
  schedule        json NOT NULL,
  valid_seconds   integer CHECK (valid_seconds > 0),
  recipients      integer NOT NULL DEFAULT 0 CHECK (recipients >= 0),
  next_at         timestamptz,
  lease_holder    uuid,
  lease_epoch     bigint NOT NULL DEFAULT 0,
  lease_until     timestamptz,
  followed_to     integer NOT NULL DEFAULT -1,
  walk_began_at   timestamptz,
  walk_due_at     timestamptz,
  started_at      timestamptz,
  fed_at          timestamptz,
  ended_at        timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX campaigns_by_id ON campaigns (id);
CREATE INDEX campaigns_due ON campaigns (next_at) WHERE next_at IS NOT NULL;

-- WAITING: not fed yet. FEEDING: a worker has it in hand, and after a crash its key tells whether there is a message. FED: its
-- message is accepted by us and has not left. Then what became of the message, as a walk over the campaign last saw it.
-- A recipient is a contact, or a phone number of nobody whom we know yet.
CREATE TABLE campaign_recipients (
  tenant_id   uuid NOT NULL,
  campaign_id uuid NOT NULL,
  position    integer NOT NULL CHECK (position >= 0),
  contact_id  uuid,
  phone       text,
  locale      text NOT NULL DEFAULT '',
  -- Of the schedule; empty: the organisation's.
  time_zone   text NOT NULL DEFAULT '',
  fields      json,
  state       text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'FEEDING', 'FED', 'SKIPPED', 'ACCEPTED', 'SENT', 'DELIVERED', 'READ',
                'FAILED', 'CANCELLED', 'EXPIRED')),
  variant     smallint,
  message_id  uuid,
  reason      text,
  answered    boolean NOT NULL DEFAULT false,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, campaign_id, position),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id),
  CHECK (contact_id IS NOT NULL OR phone IS NOT NULL)
) WITH (fillfactor = 70);
-- A campaign writes to nobody twice.
CREATE UNIQUE INDEX campaign_recipients_once ON campaign_recipients (tenant_id, campaign_id, (coalesce(contact_id::text, phone)));
CREATE INDEX campaign_recipients_by_state ON campaign_recipients (tenant_id, campaign_id, state, position);
CREATE INDEX campaign_recipients_waiting ON campaign_recipients (tenant_id, campaign_id, time_zone, position) WHERE state = 'WAITING';

-- How many recipients of a variant are in a state, kept by the statements that move them, so that nobody has to count.
-- What is not listed waits. ANSWERED counts beside the other states: people who wrote after the message.
CREATE TABLE campaign_tallies (
  tenant_id   uuid NOT NULL,
  campaign_id uuid NOT NULL,
  variant     smallint NOT NULL,
  state       text NOT NULL,
  reason      text NOT NULL DEFAULT '',
  count       integer NOT NULL,
  PRIMARY KEY (tenant_id, campaign_id, variant, state, reason),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id)
) WITH (fillfactor = 50);

-- An audience that comes in more than one transaction: a file, or the contacts of a tag. One at a time for each campaign, so
-- that what a broken one had taken is all that stands at its first position and behind. until: it is given up after that.
CREATE TABLE campaign_uploads (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL DEFAULT uuid_v7(),
  campaign_id    uuid NOT NULL,
  source         text NOT NULL CHECK (source IN ('file', 'tag')),
  name           text,
  state          text NOT NULL DEFAULT 'RECEIVING' CHECK (state IN ('RECEIVING', 'TAKEN', 'UNDONE')),
  first_position integer NOT NULL,
  report         json NOT NULL DEFAULT '{}',
  until          timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  ended_at       timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id)
);
CREATE UNIQUE INDEX campaign_uploads_running ON campaign_uploads (tenant_id, campaign_id) WHERE state = 'RECEIVING';
CREATE INDEX campaign_uploads_given_up ON campaign_uploads (until) WHERE state = 'RECEIVING';
CREATE INDEX campaign_uploads_of ON campaign_uploads (tenant_id, campaign_id, id);

-- Words by which a tenant groups its contacts.
CREATE TABLE contact_tags (
  tenant_id  uuid NOT NULL,
  contact_id uuid NOT NULL,
  tag        text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, contact_id, tag),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX contact_tags_by_tag ON contact_tags (tenant_id, tag, contact_id);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['campaigns', 'campaign_recipients', 'campaign_tallies', 'campaign_uploads', 'contact_tags'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON campaigns, campaign_recipients, campaign_tallies, campaign_uploads, contact_tags TO parley_app;
GRANT INSERT ON campaigns TO parley_app;
GRANT UPDATE (name, phone_number_id, variants, schedule, valid_seconds, updated_at) ON campaigns TO parley_app;
GRANT SELECT, INSERT, UPDATE ON campaigns, campaign_recipients, campaign_tallies, campaign_uploads TO parley_system;
-- Rows of an upload that broke.
GRANT DELETE ON campaign_recipients TO parley_system;
GRANT SELECT, INSERT, DELETE ON contact_tags TO parley_system;
