-- Dead letters go out again: one, many, or by themselves once what stopped them is over.

-- Whether that happens by itself is the tenant's wish.
ALTER TABLE tenants ADD COLUMN auto_redrive boolean NOT NULL DEFAULT false;
GRANT UPDATE (auto_redrive) ON tenants TO parley_app;

-- A redrive of many. The worker goes through the dead letters that there were when it was asked for (before_at), a chunk at
-- a time, oldest first; cursor_*: how far it came. cause and occasion only where it came about by itself: what is over, and
-- the one event (an ended hold, an approval, a new token), which makes one redrive however often it is seen.
CREATE TABLE redrives (
  tenant_id       uuid NOT NULL REFERENCES tenants (id),
  id              uuid NOT NULL DEFAULT uuid_v7(),
  state           text NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'DONE')),
  actor           text NOT NULL,
  cause           text,
  occasion        text,
  filter          json NOT NULL,
  allow_duplicate boolean NOT NULL DEFAULT false,
  before_at       timestamptz NOT NULL DEFAULT now(),
  cursor_at       timestamptz,
  cursor_id       uuid,
  looked          integer NOT NULL DEFAULT 0 CHECK (looked >= 0),
  redriven        integer NOT NULL DEFAULT 0 CHECK (redriven BETWEEN 0 AND looked),
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  finished_at     timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((state = 'DONE') = (finished_at IS NOT NULL)),
  CHECK ((cause IS NULL) = (occasion IS NULL))
);
CREATE UNIQUE INDEX redrives_by_occasion ON redrives (tenant_id, occasion) WHERE occasion IS NOT NULL;
CREATE INDEX redrives_running ON redrives (id) WHERE state = 'RUNNING';

-- Dead letters of the ledger, for operators. Both indexes are as good as empty.
CREATE INDEX webhook_events_dead ON webhook_events (id) WHERE state = 'DEAD';
CREATE INDEX webhook_items_dead ON webhook_items (id) WHERE state = 'DEAD';

-- A timeline finds the events of a message by the moments that it knows. Events lie on the disk in the order of their ids, so
-- that a few bytes for every 128 pages are enough.
CREATE INDEX events_by_time ON events USING brin (id) WITH (autosummarize = on);

CREATE POLICY redrives_of_tenant ON redrives TO parley_app
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY redrives_of_system ON redrives TO parley_system USING (true) WITH CHECK (true);
ALTER TABLE redrives ENABLE ROW LEVEL SECURITY;
ALTER TABLE redrives FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON redrives TO parley_app;
GRANT SELECT, INSERT, UPDATE ON redrives TO parley_system;
