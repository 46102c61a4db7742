-- Holds, fair shares and schedules (docs/adr/0016).

-- Whatever stops more than one message. scope_id: the number, account or template; for `tenant` and `app` the tenant, since
-- nobody tells to which app of Meta's a token belongs. until: null lasts until somebody lifts it; a hold whose time is over
-- holds nothing, and is closed by the sweeper (ended_at = until).
CREATE TABLE holds (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id        uuid NOT NULL DEFAULT uuid_v7(),
  scope     text NOT NULL CHECK (scope IN ('number', 'account', 'template', 'tenant', 'app')),
  scope_id  uuid NOT NULL,
  cause     text NOT NULL CHECK (cause IN ('pause', 'credential', 'account', 'template', 'breaker', 'throttle')),
  reason    text NOT NULL,
  actor     text NOT NULL,
  until     timestamptz,
  began_at  timestamptz NOT NULL DEFAULT now(),
  ended_at  timestamptz,
  ended_by  text,
  PRIMARY KEY (tenant_id, id),
  CHECK (scope NOT IN ('tenant', 'app') OR scope_id = tenant_id),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
-- What is open, and at most once.
CREATE UNIQUE INDEX holds_open ON holds (tenant_id, scope_id, scope, cause) WHERE ended_at IS NULL;
CREATE INDEX holds_lapsing ON holds (until) WHERE ended_at IS NULL AND until IS NOT NULL;
-- What was held, and when.
CREATE INDEX holds_of ON holds (scope_id, began_at);

-- How long these were held since then, by whatever held them; two holds at once count once.
CREATE FUNCTION held_for(of_tenant uuid, scope_ids uuid[], since timestamptz) RETURNS interval
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(upper(span) - lower(span)), interval '0')
    FROM (SELECT unnest(range_agg(tstzrange(greatest(h.began_at, since), least(h.ended_at, h.until, now())))) AS span
            FROM holds h
           WHERE h.scope_id = ANY (scope_ids) AND h.tenant_id = of_tenant
             AND greatest(h.began_at, since) < least(h.ended_at, h.until, now())) spans
$$;

CREATE POLICY holds_of_tenant ON holds TO parley_app
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY holds_of_system ON holds TO parley_system USING (true) WITH CHECK (true);
-- The pauses of before are holds from now on. The columns stay for the release that is still running beside this one.
ALTER TABLE phone_numbers NO FORCE ROW LEVEL SECURITY;
INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor, until, began_at)
SELECT tenant_id, 'number', id,
       CASE WHEN starts_with(pause_reason, 'credential') THEN 'credential' WHEN starts_with(pause_reason, 'account.') THEN 'account'
            WHEN pause_reason = 'throttled' THEN 'throttle' ELSE 'pause' END,
       coalesce(pause_reason, 'paused'), 'migration',
       CASE WHEN paused_until < now() + interval '50 years' THEN paused_until END, now()
  FROM phone_numbers WHERE paused_until > now();
ALTER TABLE phone_numbers FORCE ROW LEVEL SECURITY;
ALTER TABLE holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE holds FORCE ROW LEVEL SECURITY;
GRANT SELECT ON holds TO parley_app;
GRANT SELECT, INSERT, UPDATE ON holds TO parley_system;

-- A tenant's share of a worker that many want at once, relative to the others.
ALTER TABLE tenants ADD COLUMN weight integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100);

-- send_at: when the caller wanted it to leave; it never changes. stood_seconds: for how long it waited for something that
-- stops its validity (a template, a quota, a tier): what a number was held for is read from holds.
ALTER TABLE messages ADD COLUMN send_at timestamptz, ADD COLUMN stood_seconds integer;

-- Rows in flight are few: the sweeper reads them by the index that guards the pair.
DROP INDEX messages_leased;

-- By number and cause, so that nobody walks over a million scheduled rows to find a few that wait for their pair; and by
-- cause and time, so that a million rows due at one quota's reset stand in the way of no retry.
DROP INDEX messages_waiting;
CREATE INDEX messages_waiting ON messages (phone_number_id, wait_cause, contact_id, lane, id) WHERE state = 'WAITING';
DROP INDEX messages_promoted;
CREATE INDEX messages_promoted ON messages (wait_cause, wait_until) WHERE state = 'WAITING' AND wait_until IS NOT NULL;
