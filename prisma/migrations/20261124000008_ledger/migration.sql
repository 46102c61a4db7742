-- The ledger: looked into, replayed, and kept for so long; and the module's flag of a tenant.

-- What a tenant was given by name; null: the platform's default with its share of tenants. whatsapp_enabled follows from it.
ALTER TABLE tenants ADD COLUMN module_choice text CHECK (module_choice IN ('on', 'off'));
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
UPDATE tenants SET module_choice = 'off' WHERE NOT whatsapp_enabled;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;

-- A replay: the worker goes through the events between from_id and before_id, oldest first, a chunk at a time; cursor_id: how
-- far it came. A dry run only counts. matched: events with an item that the filter means; items: those items; changed: items
-- that had an effect; failed: items that are refused, unrouted, dead or tried again. The platform's, like the ledger itself.
CREATE TABLE ledger_replays (
  id          uuid PRIMARY KEY DEFAULT uuid_v7(),
  state       text NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'DONE')),
  actor       text NOT NULL,
  is_dry_run  boolean NOT NULL,
  filter      json NOT NULL,
  from_id     uuid NOT NULL,
  before_id   uuid NOT NULL,
  cursor_id   uuid,
  looked      integer NOT NULL DEFAULT 0,
  matched     integer NOT NULL DEFAULT 0,
  items       integer NOT NULL DEFAULT 0,
  changed     integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CHECK ((state = 'DONE') = (finished_at IS NOT NULL))
);
CREATE INDEX ledger_replays_running ON ledger_replays (id) WHERE state = 'RUNNING';
CREATE POLICY ledger_replays_of_system ON ledger_replays TO parley_system USING (true) WITH CHECK (true);
ALTER TABLE ledger_replays ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_replays FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON ledger_replays TO parley_system;

-- For operators. All of them are as good as empty; most events go from NEW to DONE.
CREATE INDEX webhook_events_partial ON webhook_events (id) WHERE state = 'PARTIAL';
CREATE INDEX webhook_items_refused ON webhook_items (id) WHERE state = 'REFUSED';
-- What waits for its tenant to be switched on.
CREATE INDEX webhook_items_disabled ON webhook_items (tenant_id) WHERE state = 'UNROUTED' AND error = 'tenant.disabled';
-- Items that came to their end, whose events are dropped.
GRANT DELETE ON webhook_items TO parley_system;

-- The oldest partition of a parent whose day ended so many days ago, with the id at which it ends. Locks the parent until the
-- transaction ends, because nothing may come to lie in the partition between the look at what is to be kept and the drop;
-- whoever writes waits for that. Gives up soon (55P03): the next hour tries again.
CREATE FUNCTION lock_old_partition(parent text, older_than_days integer) RETURNS TABLE (child text, ends_at uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  oldest date;
BEGIN
  IF parent NOT IN ('message_events', 'events', 'webhook_events') OR older_than_days < 1 THEN
    RAISE EXCEPTION 'lock_old_partition: % by % days', parent, older_than_days;
  END IF;
  SELECT min(to_date(right(c.relname, 8), 'YYYYMMDD')) INTO oldest
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = format('public.%I', parent)::regclass AND c.relname ~ ('^' || parent || '_[0-9]{8}$');
  IF oldest IS NULL OR oldest + 1 + older_than_days > (now() AT TIME ZONE 'UTC')::date THEN
    RETURN;
  END IF;
  PERFORM set_config('lock_timeout', '300ms', true);
  EXECUTE format('LOCK TABLE ONLY public.%I IN ACCESS EXCLUSIVE MODE', parent);
  child := parent || '_' || to_char(oldest, 'YYYYMMDD');
  -- Another worker may have dropped it while this one waited.
  IF to_regclass('public.' || child) IS NULL THEN
    RETURN;
  END IF;
  ends_at := uuid_v7_floor((oldest + 1)::timestamp AT TIME ZONE 'UTC');
  RETURN NEXT;
END
$$;

-- Drops the oldest partition, which lock_old_partition has just named. What keep names of the ledger is moved on first: into
-- webhook_events_kept, the partition of all ids below the oldest day, so that every statement finds it where it was.
CREATE FUNCTION drop_old_partition(parent text, child text, ends_at uuid, keep uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  kept text := parent || '_kept';
BEGIN
  IF parent NOT IN ('message_events', 'events', 'webhook_events') OR child !~ ('^' || parent || '_[0-9]{8}$') OR ends_at > uuid_v7_floor(now() - interval '1 day') THEN
    RAISE EXCEPTION 'drop_old_partition: % of %', child, parent;
  END IF;
  EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent, child);
  IF parent = 'webhook_events' THEN
    IF to_regclass('public.' || kept) IS NULL THEN
      EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', kept, parent);
    ELSE
      EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent, kept);
      EXECUTE format('DELETE FROM public.%I WHERE id <> ALL ($1)', kept) USING keep;
    END IF;
    EXECUTE format('INSERT INTO public.%I SELECT * FROM public.%I WHERE id = ANY ($1)', kept, child) USING keep;
    EXECUTE format('INSERT INTO public.%I SELECT * FROM public.%I WHERE id < $2 AND id = ANY ($1)', kept, parent || '_default') USING keep, ends_at;
  END IF;
  EXECUTE format('DELETE FROM public.%I WHERE id < $1', parent || '_default') USING ends_at;
  IF parent = 'webhook_events' THEN
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (MINVALUE) TO (%L)', parent, kept, ends_at);
  END IF;
  EXECUTE format('DROP TABLE public.%I', child);
END
$$;
REVOKE ALL ON FUNCTION lock_old_partition(text, integer), drop_old_partition(text, text, uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_old_partition(text, integer), drop_old_partition(text, text, uuid, uuid[]) TO parley_system;
