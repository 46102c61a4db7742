-- What the planner knows of a table is as old as its last ANALYZE, and plans of prepared statements stay until the next one. A plan that
-- was made while a table had a few rows reads all of a tenant's for each one that it looks for; autovacuum comes after a minute or more,
-- in which a burst writes hundreds of thousands. So whoever serves looks every few seconds for a table that has grown fourfold since then.

-- Analyzes the table that has grown most, and returns its name; null where none has grown fourfold, or somebody else is at it. Small tables are
-- read whole in any case; large ones change slowly enough for autovacuum.
CREATE FUNCTION analyze_grown() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  least_pages constant integer := 8;
  most_pages constant integer := 131072;
  grown text;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('analyze_grown')) THEN
    RETURN NULL;
  END IF;
  SELECT sized.name INTO grown
    FROM (SELECT c.relname AS name, c.relpages AS known, pg_relation_size(c.oid) / current_setting('block_size')::integer AS pages
            FROM pg_class c
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r') sized
   WHERE sized.pages BETWEEN least_pages AND most_pages AND sized.pages >= 4 * sized.known
   ORDER BY sized.pages::float8 / greatest(1, sized.known) DESC
   LIMIT 1;
  IF grown IS NOT NULL THEN
    EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', grown);
  END IF;
  RETURN grown;
END
$$;
REVOKE ALL ON FUNCTION analyze_grown() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_grown() TO parley_system;

-- The look-up of consents' foreign key took this index for the tenant and the id, past the contact, whatever the planner knew: each consent
-- read all of its tenant's. Not led by tenant_id, it is none that the look-up could take.
DROP INDEX consent_events_of;
CREATE INDEX consent_events_of ON consent_events (contact_id, id);
