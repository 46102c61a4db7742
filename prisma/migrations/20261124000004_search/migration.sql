-- Readers of events, and the search over what was said.

-- Readers go by the transaction that wrote an event, and within it by id. Rows come at the right end of it: some 90 bytes of
-- WAL and 3 µs for each event. The index by time would cost less to write, but cannot say where a late commit belongs.
CREATE INDEX events_in_order ON events (xid, id);

-- How far a consumer has read. The place moves in the transaction that does the work. epoch: the cluster whose transactions
-- xid counts.
CREATE TABLE event_cursors (
  consumer   text PRIMARY KEY,
  epoch      text NOT NULL,
  xid        xid8 NOT NULL,
  id         uuid NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 10);
ALTER TABLE event_cursors ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_cursors FORCE ROW LEVEL SECURITY;
CREATE POLICY event_cursors_of_system ON event_cursors TO parley_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON event_cursors TO parley_system;

-- Where a message stands among the others of its conversation, in microseconds since 1970: Meta's time of it, as long as that is at
-- most a minute after and a week before its arrival, which its id tells; else its arrival. Meta tells whole seconds, and so does this:
-- within one, the order of arrival counts, or an answer would stand before its question.
-- STABLE lets it be read as part of the statement that calls it.
CREATE FUNCTION message_place(created_at timestamptz, id uuid) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT floor(extract(epoch FROM CASE WHEN created_at BETWEEN uuid_v7_time(id) - interval '168 hours' AND uuid_v7_time(id) + interval '1 minute'
                                  THEN created_at ELSE uuid_v7_time(id) END))::bigint * 1000000
$$;

-- The shortest of the lists that agents look at all day; none of their columns changes when a message is sent.
CREATE INDEX conversations_unread ON conversations (tenant_id, last_inbound_at DESC, id DESC) WHERE unread_count > 0;
CREATE INDEX conversations_urgent ON conversations (tenant_id, last_inbound_at DESC, id DESC) WHERE priority IN ('HIGH', 'URGENT');
CREATE INDEX conversations_of_customer ON conversations (tenant_id, customer_id) WHERE customer_id IS NOT NULL;

-- What can be found of a message. words holds the words without case and diacritics, and one more that names the slice: an
-- index over words alone then finds them in a slice, for all tenants, without an extension. at: to the millisecond.
CREATE TABLE message_texts (
  tenant_id       uuid NOT NULL,
  message_id      uuid NOT NULL,
  phone_number_id uuid NOT NULL,
  contact_id      uuid NOT NULL,
  at              timestamptz NOT NULL,
  slice           bigint NOT NULL,
  words           tsvector NOT NULL,
  PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX message_texts_words ON message_texts USING gin (words) WITH (gin_pending_list_limit = 256);

-- The texts of a tenant lie in slices of at most some thousand, by the month of the message and then as they came. A search
-- goes through them from the newest on, so that a word that is everywhere costs no more than one slice.
CREATE TABLE message_text_slices (
  tenant_id uuid NOT NULL,
  slice     bigint NOT NULL,
  texts     integer NOT NULL,
  oldest_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, slice)
) WITH (fillfactor = 50);

-- Every word that a tenant's messages ever held: what the beginning of a word may mean.
CREATE TABLE message_words (
  tenant_id uuid NOT NULL,
  word      text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, word)
);

-- Messages whose text has changed since: the reader of events writes them anew and takes them from here.
CREATE TABLE message_text_changes (
  tenant_id  uuid NOT NULL,
  message_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, message_id)
);

-- The word by which the texts of a slice know each other. Should two slices share one, the columns beside it tell them apart.
CREATE FUNCTION message_text_label(tenant_id uuid, slice bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '/' || substr(md5(tenant_id::text || slice::text), 1, 12)
$$;

-- The first slice of a month. A slice has room for a million more of the same month behind it.
CREATE FUNCTION message_text_month(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (extract(year FROM at AT TIME ZONE 'UTC') * 12 + extract(month FROM at AT TIME ZONE 'UTC') - 1)::bigint << 20
$$;

-- The newest matches in the tenant of the transaction, by slice, time and id, from a place on. wanted is found by the index,
-- "also" (where given) is held against what it found. As long as next to nothing is found, several slices are asked at once, of some
-- thousand texts together. It ends when it has enough, or when its time is over after at least one slice: reached says how far it
-- came; null: nothing is left.
CREATE FUNCTION search_message_texts(wanted tsquery, also tsquery, numbers uuid[], contacts uuid[], since timestamptz, until timestamptz,
  place_slice bigint, place_at timestamptz, place_id uuid, enough integer, patience_ms integer,
  OUT message_ids uuid[], OUT slices bigint[], OUT times timestamptz[], OUT reached bigint, OUT reached_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  tenant constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  patience constant interval := make_interval(secs => patience_ms / 1000.0);
  deadline constant timestamptz := clock_timestamp() + patience;
  few constant integer := 10;
  least_texts constant integer := 4096;
  most_texts constant integer := 16384;
  texts_a_look integer := least_texts;
  part record;
  look bigint[] := '{}';
  look_texts bigint := 0;
  labels text := '';
  began timestamptz;
  found record;
BEGIN
  message_ids := '{}';
  slices := '{}';
  times := '{}';
  FOR part IN
    SELECT s.slice, s.oldest_at, s.texts, lead(s.texts) OVER (ORDER BY s.slice DESC) AS next_texts FROM message_text_slices s
     WHERE s.tenant_id = tenant AND s.slice <= place_slice
       AND s.slice >= message_text_month(since) AND s.slice < message_text_month(until + interval '1 month')
     ORDER BY s.slice DESC
  LOOP
    IF look = '{}' AND reached IS NOT NULL AND (cardinality(message_ids) >= enough OR clock_timestamp() > deadline) THEN RETURN; END IF;
    labels := concat_ws(' | ', nullif(labels, ''), quote_literal(message_text_label(tenant, part.slice)));
    look := look || part.slice;
    look_texts := look_texts + part.texts;
    CONTINUE WHEN look_texts + part.next_texts <= texts_a_look;
    began := clock_timestamp();
    -- IS TRUE: of the two indexes, only that over words is of use here.
    SELECT array_agg(f.message_id) AS ids, array_agg(f.at) AS times, array_agg(f.slice) AS slices, count(*) AS hits INTO found FROM (
      SELECT t.message_id, t.at, t.slice FROM message_texts t
       WHERE (t.tenant_id = tenant) IS TRUE AND t.slice = ANY (look)
         AND t.words @@ (labels::tsquery && wanted) AND (also IS NULL OR t.words @@ also)
         AND t.at >= since AND t.at < until
         AND (numbers IS NULL OR t.phone_number_id = ANY (numbers)) AND (contacts IS NULL OR t.contact_id = ANY (contacts))
         AND (t.slice < place_slice OR (t.at, t.message_id) < (place_at, place_id))
       ORDER BY t.slice DESC, t.at DESC, t.message_id DESC LIMIT enough - cardinality(message_ids)) f;
    message_ids := message_ids || found.ids;
    times := times || found.times;
    slices := slices || found.slices;
    reached := part.slice;
    reached_at := part.oldest_at;
    -- What takes long finds more than it may keep: words that are no phrase, or beginnings for which the index has no word.
    texts_a_look := CASE WHEN found.hits < few AND clock_timestamp() - began < patience / 8 THEN least(2 * texts_a_look, most_texts) ELSE least_texts END;
    look := '{}';
    look_texts := 0;
    labels := '';
  END LOOP;
  IF cardinality(message_ids) < enough THEN
    reached := NULL;
    reached_at := NULL;
  END IF;
END
$$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['message_texts', 'message_text_slices', 'message_words', 'message_text_changes'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO parley_app USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO parley_system USING (true) WITH CHECK (true)', t || '_of_system', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END
$$;
GRANT SELECT ON message_texts, message_text_slices, message_words TO parley_app;
GRANT SELECT, INSERT, UPDATE ON message_texts, message_text_slices TO parley_system;
GRANT SELECT, INSERT ON message_words TO parley_system;
-- UPDATE: rows are locked before they are taken.
GRANT SELECT, INSERT, UPDATE, DELETE ON message_text_changes TO parley_system;
GRANT DELETE ON message_texts TO parley_system;

-- Under row level security the index over words would stay unused (@@ is not leakproof), so the search runs as the role that sees
-- all tenants, and takes the tenant of the transaction before anything else.
REVOKE ALL ON FUNCTION search_message_texts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_message_texts TO parley_app;
GRANT CREATE ON SCHEMA public TO parley_system;
ALTER FUNCTION search_message_texts OWNER TO parley_system;
REVOKE CREATE ON SCHEMA public FROM parley_system;
