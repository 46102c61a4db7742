-- Media: what a tenant uploads and what its customers send. The bytes lie in a storage of the operator's choice; here is
-- what they are, where they lie, and under which ids Meta knows them.

CREATE TABLE media (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  id              uuid NOT NULL DEFAULT uuid_v7(),
  direction       text NOT NULL CHECK (direction IN ('INBOUND', 'OUTBOUND')),
  kind            text NOT NULL CHECK (kind IN ('image', 'video', 'audio', 'document', 'sticker')),
  state           text NOT NULL CHECK (state IN ('PENDING', 'STORED', 'FAILED')),
  reason          text,
  -- Inbound: the number that it came to, Meta's id of it, and until when Meta keeps it.
  phone_number_id uuid,
  graph_media_id  text,
  fetch_until     timestamptz,
  attempts        smallint NOT NULL DEFAULT 0,
  next_at         timestamptz,
  mime_type       text,
  bytes           bigint CHECK (bytes >= 0),
  sha256          bytea CHECK (length(sha256) = 32),
  file_name       text,
  storage_key     text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id),
  CHECK ((state = 'STORED') = (storage_key IS NOT NULL)),
  CHECK ((state = 'FAILED') = (reason IS NOT NULL))
);
-- The same content is kept once.
CREATE UNIQUE INDEX media_by_content ON media (tenant_id, sha256, kind) WHERE direction = 'OUTBOUND' AND state = 'STORED';
CREATE UNIQUE INDEX media_by_graph_id ON media (phone_number_id, graph_media_id) WHERE direction = 'INBOUND';
CREATE INDEX media_to_fetch ON media (next_at) WHERE state = 'PENDING' AND direction = 'INBOUND';

-- Meta's id of a media for one number; it lives 30 days.
CREATE TABLE media_uploads (
  tenant_id       uuid NOT NULL,
  media_id        uuid NOT NULL,
  phone_number_id uuid NOT NULL,
  graph_media_id  text NOT NULL,
  expires_at      timestamptz NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, media_id, phone_number_id),
  FOREIGN KEY (tenant_id, media_id) REFERENCES media (tenant_id, id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id)
);

-- The media that a message carries; null for none. Where payload names one of them by our id, the sender puts Meta's.
ALTER TABLE messages ADD COLUMN media_ids uuid[];

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['media', 'media_uploads'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON media, media_uploads TO parley_app, parley_system;
