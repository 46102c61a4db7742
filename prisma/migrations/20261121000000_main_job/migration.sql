-- The main job: tenants, access, numbers, templates, contacts, consent, conversations, messages, the ledger, events.
--
-- Conventions
-- * Runs as the owner, which is neither superuser nor able to bypass row level security. Two runtime roles exist already
--   (prisma/bootstrap): parley_app works for one tenant inside row level security, parley_system works on sets.
-- * Every tenant's table has the primary key (tenant_id, id), so that foreign keys and joins carry tenant_id.
-- * States are text with CHECK: enum equality is not leakproof, and its indexes would go unused under row level security.
-- * Policies use nullif: after a SET LOCAL the setting comes back as an empty string, which must mean "no tenant".

-- Ids ----------------------------------------------------------------------------------------------------------------

-- UUIDv7 by the database's clock. The 12 bits behind the version carry the fraction of a millisecond; "ord" adds the
-- place of a row within its set, so that the rows of one set rise in the order of their arrival.
CREATE FUNCTION uuid_v7(at timestamptz DEFAULT clock_timestamp(), ord integer DEFAULT 0) RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT (overlay(lpad(to_hex((extract(epoch FROM at) * 1000000)::bigint * 512 / 125 + ord), 15, '0') PLACING '7' FROM 13 FOR 0)
          || right(replace(gen_random_uuid()::text, '-', ''), 16))::uuid
$$;

-- The smallest UUIDv7 of an instant: bounds of partitions and of time ranges.
CREATE FUNCTION uuid_v7_floor(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

-- The instant of a UUIDv7, to the millisecond.
CREATE FUNCTION uuid_v7_time(id uuid) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
$$;

-- Tenants and access -------------------------------------------------------------------------------------------------

CREATE TABLE tenants (
  id               uuid PRIMARY KEY DEFAULT uuid_v7(),
  name             text NOT NULL,
  state            text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'SUSPENDED')),
  whatsapp_enabled boolean NOT NULL DEFAULT true,
  echo_enabled     boolean NOT NULL DEFAULT true,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  id         uuid NOT NULL DEFAULT uuid_v7(),
  subject    text NOT NULL,
  email      text NOT NULL,
  name       text NOT NULL,
  role       text NOT NULL CHECK (role IN ('admin', 'agent')),
  state      text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'DISABLED')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, subject),
  UNIQUE (tenant_id, email)
);

CREATE TABLE api_keys (
  tenant_id    uuid NOT NULL REFERENCES tenants (id),
  id           uuid NOT NULL DEFAULT uuid_v7(),
  name         text NOT NULL,
  key_id       text NOT NULL UNIQUE,
  secret_hash  bytea NOT NULL,
  checksum     text NOT NULL,
  scopes       text[] NOT NULL,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

-- A Meta app. tenant_id is null for an app of the platform, which may speak for every tenant.
CREATE TABLE apps (
  id             uuid PRIMARY KEY DEFAULT uuid_v7(),
  tenant_id      uuid REFERENCES tenants (id),
  meta_app_id    text NOT NULL UNIQUE,
  name           text NOT NULL,
  version        integer NOT NULL DEFAULT 1,
  secrets_sealed text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now()
);

-- Numbers and templates ----------------------------------------------------------------------------------------------

-- A WhatsApp Business Account (WABA) and the sealed token that opens it.
CREATE TABLE accounts (
  tenant_id     uuid NOT NULL REFERENCES tenants (id),
  id            uuid NOT NULL DEFAULT uuid_v7(),
  waba_id       text NOT NULL,
  name          text NOT NULL,
  business_id   text,
  token_sealed  text NOT NULL,
  token_version integer NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, waba_id)
);
CREATE INDEX accounts_by_waba ON accounts (waba_id);

-- graph_id is Meta's phone number id: one tenant only, over the whole platform.
-- lease_*: the worker that sends for this number; lease_epoch is the fencing token.
-- limiter: which side counted last (redis or database); next_send_at: the database's side of the sending window.
CREATE TABLE phone_numbers (
  tenant_id            uuid NOT NULL REFERENCES tenants (id),
  id                   uuid NOT NULL DEFAULT uuid_v7(),
  account_id           uuid NOT NULL,
  graph_id             text NOT NULL UNIQUE,
  display_phone_number text NOT NULL,
  verified_name        text NOT NULL,
  status               text NOT NULL,
  quality              text NOT NULL DEFAULT 'UNKNOWN',
  throughput_level     text NOT NULL DEFAULT 'STANDARD',
  per_second           integer NOT NULL DEFAULT 80 CHECK (per_second > 0),
  tier                 text,
  paused_until         timestamptz,
  pause_reason         text,
  lease_holder         uuid,
  lease_epoch          bigint NOT NULL DEFAULT 0,
  lease_until          timestamptz,
  limiter              text CHECK (limiter IN ('redis', 'database')),
  next_send_at         timestamptz,
  synced_at            timestamptz NOT NULL DEFAULT now(),
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX phone_numbers_by_id ON phone_numbers (id);

CREATE TABLE templates (
  tenant_id        uuid NOT NULL REFERENCES tenants (id),
  id               uuid NOT NULL DEFAULT uuid_v7(),
  account_id       uuid NOT NULL,
  meta_id          text NOT NULL,
  name             text NOT NULL,
  language         text NOT NULL,
  category         text NOT NULL,
  status           text NOT NULL CHECK (status IN ('DRAFT', 'PENDING', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED')),
  parameter_format text NOT NULL DEFAULT 'POSITIONAL' CHECK (parameter_format IN ('POSITIONAL', 'NAMED')),
  components       json NOT NULL,
  quality          text NOT NULL DEFAULT 'UNKNOWN',
  rejected_reason  text,
  synced_at        timestamptz NOT NULL DEFAULT now(),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, account_id, name, language),
  FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);

-- Contacts and consent -----------------------------------------------------------------------------------------------

CREATE TABLE contacts (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  id              uuid NOT NULL DEFAULT uuid_v7(),
  name            text,
  customer_id     text,
  context         json,
  last_inbound_at timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

-- Who a contact is. Never the phone alone: a person may come with a business-scoped id only, or with a wa_id that
-- differs from the number that was dialled.
CREATE TABLE contact_identities (
  tenant_id  uuid NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('phone', 'wa_id', 'bsuid', 'parent_bsuid')),
  value      text NOT NULL,
  contact_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, kind, value),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX contact_identities_of ON contact_identities (tenant_id, contact_id);

CREATE TABLE consent_events (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL DEFAULT uuid_v7(),
  contact_id uuid NOT NULL,
  channel    text NOT NULL DEFAULT 'WHATSAPP' CHECK (channel = 'WHATSAPP'),
  purpose    text NOT NULL CHECK (purpose IN ('service', 'utility', 'authentication', 'marketing')),
  status     text NOT NULL CHECK (status IN ('GRANTED', 'DENIED', 'REVOKED')),
  source     text NOT NULL,
  evidence   text,
  actor      text NOT NULL,
  message_id uuid,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX consent_events_of ON consent_events (tenant_id, contact_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER consent_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE consents (
  tenant_id  uuid NOT NULL,
  contact_id uuid NOT NULL,
  channel    text NOT NULL DEFAULT 'WHATSAPP' CHECK (channel = 'WHATSAPP'),
  purpose    text NOT NULL CHECK (purpose IN ('service', 'utility', 'authentication', 'marketing')),
  status     text NOT NULL CHECK (status IN ('GRANTED', 'DENIED', 'REVOKED')),
  event_id   uuid NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, contact_id, purpose, channel),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES consent_events (tenant_id, id)
);

-- Conversations ------------------------------------------------------------------------------------------------------

CREATE TABLE conversations (
  tenant_id        uuid NOT NULL,
  id               uuid NOT NULL DEFAULT uuid_v7(),
  phone_number_id  uuid NOT NULL,
  contact_id       uuid NOT NULL,
  state            text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'ASSIGNED', 'RESOLVED', 'ARCHIVED')),
  unread_count     integer NOT NULL DEFAULT 0 CHECK (unread_count >= 0),
  message_count    integer NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  last_message     text,
  last_message_at  timestamptz NOT NULL DEFAULT now(),
  first_inbound_at timestamptz,
  last_inbound_at  timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
) WITH (fillfactor = 70);
-- Three pictures at once open one conversation, not three.
CREATE UNIQUE INDEX conversations_current ON conversations (tenant_id, phone_number_id, contact_id) WHERE state <> 'ARCHIVED';
CREATE INDEX conversations_listed ON conversations (tenant_id, last_inbound_at DESC, id DESC) WHERE first_inbound_at IS NOT NULL;

-- Messages -----------------------------------------------------------------------------------------------------------

-- Both directions. content is json, not jsonb: what Meta sends is kept as it came, \u0000 and all. payload is what an
-- outbound message becomes in the request to Meta, fixed at acceptance.
-- lane: 0 authentication, 1 reply, 2 utility, 3 marketing. One time column per status.
CREATE TABLE messages (
  tenant_id          uuid NOT NULL,
  id                 uuid NOT NULL DEFAULT uuid_v7(),
  phone_number_id    uuid NOT NULL,
  contact_id         uuid NOT NULL,
  conversation_id    uuid,
  direction          text NOT NULL CHECK (direction IN ('INBOUND', 'OUTBOUND')),
  sender             text NOT NULL CHECK (sender IN ('customer', 'app', 'staff', 'ai', 'system')),
  kind               text NOT NULL,
  content            json NOT NULL,
  payload            json,
  display_content    text NOT NULL,
  recipient          text,
  lane               smallint NOT NULL DEFAULT 1 CHECK (lane BETWEEN 0 AND 3),
  purpose            text CHECK (purpose IN ('service', 'utility', 'authentication', 'marketing')),
  template_id        uuid,
  reply_to_wamid     text,
  state              text NOT NULL CHECK (state IN ('QUEUED', 'WAITING', 'DISPATCHED', 'SENDING', 'ACCEPTED', 'SENT', 'DELIVERED',
                       'READ', 'PLAYED', 'FAILED', 'UNKNOWN', 'CANCELLED', 'EXPIRED', 'RECEIVED')),
  wait_cause         text,
  wait_until         timestamptz,
  reason             text,
  wamid              text,
  attempt_id         uuid,
  attempts           smallint NOT NULL DEFAULT 0,
  max_attempts       smallint NOT NULL DEFAULT 5,
  lease_epoch        bigint,
  lease_until        timestamptz,
  credential_version integer,
  error_code         integer,
  error_text         text,
  customer_id        text,
  order_id           text,
  quote_id           text,
  user_id            text,
  valid_until        timestamptz,
  automated_at       timestamptz,
  created_at         timestamptz NOT NULL DEFAULT now(),
  sending_at         timestamptz,
  accepted_at        timestamptz,
  sent_at            timestamptz,
  delivered_at       timestamptz,
  read_at            timestamptz,
  played_at          timestamptz,
  failed_at          timestamptz,
  dead_lettered_at   timestamptz,
  updated_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CHECK ((direction = 'INBOUND') = (state = 'RECEIVED')),
  CHECK ((direction = 'OUTBOUND') = (payload IS NOT NULL)),
  CHECK ((state = 'WAITING') = (wait_cause IS NOT NULL)),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id)
) WITH (fillfactor = 80);
-- Meta's id is unique per number and over all time; another tenant's forged id cannot stand in the way.
CREATE UNIQUE INDEX messages_by_wamid ON messages (phone_number_id, wamid) WHERE wamid IS NOT NULL;
-- The head of each number's due work, in the order of leaving.
CREATE INDEX messages_due ON messages (phone_number_id, lane, id) WHERE state = 'QUEUED';
-- At most one POST in flight per (number, contact): the guard, not only a look-up.
CREATE UNIQUE INDEX messages_in_flight ON messages (phone_number_id, contact_id) WHERE state IN ('DISPATCHED', 'SENDING');
CREATE INDEX messages_leased ON messages (lease_until) WHERE state IN ('DISPATCHED', 'SENDING');
CREATE INDEX messages_in_doubt ON messages (phone_number_id, contact_id) WHERE state = 'UNKNOWN';
CREATE INDEX messages_waiting ON messages (phone_number_id, contact_id, wait_cause, lane, id) WHERE state = 'WAITING';
CREATE INDEX messages_promoted ON messages (wait_until) WHERE state = 'WAITING' AND wait_until IS NOT NULL;
CREATE INDEX messages_dead ON messages (tenant_id, dead_lettered_at) WHERE dead_lettered_at IS NOT NULL;
CREATE INDEX messages_to_automate ON messages (id) WHERE direction = 'INBOUND' AND automated_at IS NULL;
CREATE INDEX messages_of_conversation ON messages (tenant_id, conversation_id, id) WHERE conversation_id IS NOT NULL;
CREATE INDEX messages_by_customer ON messages (tenant_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX messages_by_order ON messages (tenant_id, order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX messages_by_quote ON messages (tenant_id, quote_id, id) WHERE quote_id IS NOT NULL;
CREATE INDEX messages_by_user ON messages (tenant_id, user_id, id) WHERE user_id IS NOT NULL;

-- One row per POST to Meta, committed before it. The id travels as biz_opaque_callback_data.
CREATE TABLE message_attempts (
  tenant_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  message_id         uuid NOT NULL,
  number             smallint NOT NULL,
  lease_epoch        bigint NOT NULL,
  credential_version integer NOT NULL,
  started_at         timestamptz NOT NULL DEFAULT now(),
  finished_at        timestamptz,
  outcome            text CHECK (outcome IN ('accepted', 'refused', 'not-sent', 'unknown')),
  http_status        smallint,
  error_code         integer,
  error_subcode      integer,
  error_text         text,
  trace_id           text,
  answer             json,
  next_attempt_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, message_id) REFERENCES messages (tenant_id, id)
);
-- Not led by tenant_id: while the table is empty the planner could take it for the look-up by (tenant_id, id).
CREATE INDEX message_attempts_of ON message_attempts (message_id, number);

-- A POST /v1/messages is remembered by its key for 72 hours. source keeps the keys of our own automations apart.
CREATE TABLE idempotency_keys (
  tenant_id    uuid NOT NULL REFERENCES tenants (id),
  source       text NOT NULL CHECK (source IN ('api', 'automation')),
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  message_id   uuid NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, source, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys USING brin (created_at);

-- Timeline, events, ledger: partitioned by id, which is time -----------------------------------------------------------

CREATE TABLE message_events (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL DEFAULT uuid_v7(),
  message_id uuid NOT NULL,
  type       text NOT NULL,
  detail     json,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, message_id, id)
) PARTITION BY RANGE (id);
CREATE TABLE message_events_default PARTITION OF message_events DEFAULT;

-- What a tenant may read and be told of. xid lets a reader stop below the oldest transaction still under way, because
-- a reader that goes by id alone skips what commits late.
CREATE TABLE events (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL DEFAULT uuid_v7(),
  xid           xid8 NOT NULL DEFAULT pg_current_xact_id(),
  type          text NOT NULL,
  resource_type text NOT NULL,
  resource_id   uuid NOT NULL,
  data          json NOT NULL,
  at            timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, xid, id)
) PARTITION BY RANGE (id);
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- The ledger: what Meta sent, byte for byte. meta_app_id: whose secret verified it; app_tenant_id: the tenant to which
-- that app belongs (null: the platform's app, which speaks for all).
CREATE TABLE webhook_events (
  id            uuid NOT NULL DEFAULT uuid_v7(),
  meta_app_id   text NOT NULL,
  app_tenant_id uuid,
  body          bytea NOT NULL,
  state         text NOT NULL DEFAULT 'NEW' CHECK (state IN ('NEW', 'DONE', 'PARTIAL', 'DEAD')),
  error         text,
  processed_at  timestamptz,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE webhook_events_default PARTITION OF webhook_events DEFAULT;
CREATE INDEX webhook_events_new ON webhook_events (id) WHERE state = 'NEW';

-- One row only for an item that did not apply at the first pass.
CREATE TABLE webhook_items (
  id               uuid PRIMARY KEY DEFAULT uuid_v7(),
  tenant_id        uuid,
  event_id         uuid NOT NULL,
  path             text NOT NULL,
  kind             text NOT NULL,
  graph_number_id  text,
  state            text NOT NULL CHECK (state IN ('RETRY', 'UNROUTED', 'REFUSED', 'DEAD', 'DONE')),
  attempts         smallint NOT NULL DEFAULT 1,
  next_at          timestamptz,
  error            text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (event_id, path)
);
CREATE INDEX webhook_items_due ON webhook_items (next_at) WHERE state = 'RETRY';
CREATE INDEX webhook_items_unrouted ON webhook_items (graph_number_id) WHERE state = 'UNROUTED';

-- Makes the partitions of today and of the days ahead. Children get no grants: read directly, a child knows no policy.
CREATE FUNCTION ensure_partitions(days_ahead integer DEFAULT 14) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  parent text;
  day date;
  child text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['message_events', 'events', 'webhook_events'] LOOP
    FOR day IN SELECT (now() AT TIME ZONE 'UTC')::date + n FROM generate_series(0, days_ahead) AS n LOOP
      child := parent || '_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
      EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', child, parent,
        public.uuid_v7_floor(day::timestamp AT TIME ZONE 'UTC'), public.uuid_v7_floor((day + 1)::timestamp AT TIME ZONE 'UTC'));
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;
SELECT ensure_partitions();

-- Row level security -------------------------------------------------------------------------------------------------

DO $$
DECLARE
  t text;
BEGIN
  -- A tenant's rows, for parley_app, by the tenant of the transaction.
  FOREACH t IN ARRAY ARRAY['users', 'api_keys', 'apps', 'accounts', 'phone_numbers', 'templates', 'contacts', 'contact_identities',
    'consent_events', 'consents', 'conversations', 'messages', 'message_attempts', 'message_events', 'idempotency_keys', 'events'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
  END LOOP;
  CREATE POLICY tenants_of_tenant ON tenants TO parley_app
    USING (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
  CREATE POLICY webhook_items_of_tenant ON webhook_items TO parley_app
    USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

  -- Sets over many tenants, for parley_system, on the tables that it needs.
  FOREACH t IN ARRAY ARRAY['tenants', 'users', 'api_keys', 'apps', 'accounts', 'phone_numbers', 'templates', 'contacts', 'contact_identities',
    'consent_events', 'consents', 'conversations', 'messages', 'message_attempts', 'message_events', 'idempotency_keys', 'events',
    'webhook_events', 'webhook_items'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;

-- Grants: what each role does, and no more ---------------------------------------------------------------------------

GRANT USAGE ON SCHEMA public TO parley_app, parley_system;

GRANT SELECT ON tenants, users, api_keys, apps, accounts, phone_numbers, templates, contacts, contact_identities, consent_events,
  consents, conversations, messages, message_attempts, message_events, events TO parley_app;
GRANT UPDATE (name, echo_enabled, updated_at) ON tenants TO parley_app;
GRANT INSERT, UPDATE ON users, api_keys, apps, accounts, templates, contacts TO parley_app;
GRANT INSERT ON contact_identities, consent_events, phone_numbers, events TO parley_app;
GRANT INSERT, UPDATE ON consents TO parley_app;
GRANT UPDATE (account_id, display_phone_number, verified_name, status, quality, throughput_level, per_second, tier, synced_at, updated_at)
  ON phone_numbers TO parley_app;
GRANT UPDATE (unread_count, updated_at) ON conversations TO parley_app;

GRANT SELECT, INSERT, UPDATE ON tenants, users, api_keys, apps, accounts, phone_numbers, templates, contacts, contact_identities, consents,
  conversations, messages, message_attempts, webhook_events, webhook_items TO parley_system;
GRANT SELECT, INSERT ON consent_events, message_events, events TO parley_system;
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO parley_system;

REVOKE ALL ON FUNCTION ensure_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partitions(integer) TO parley_system;
