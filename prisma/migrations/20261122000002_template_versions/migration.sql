-- Templates that are made here, every version of each, and messages that wait for a template.

-- A draft has no id of Meta's yet. The *_at columns are the times of what Meta said last: news that is older changes nothing.
-- edited_at: the edits that Meta took while the template was approved; it takes one a day and ten in thirty days.
ALTER TABLE templates
  ALTER COLUMN meta_id DROP NOT NULL,
  ADD COLUMN version           integer NOT NULL DEFAULT 1,
  ADD COLUMN previous_category text,
  ADD COLUMN correct_category  text,
  ADD COLUMN ttl_seconds       integer,
  ADD COLUMN submitted_at      timestamptz,
  ADD COLUMN edited_at         timestamptz[] NOT NULL DEFAULT '{}',
  ADD COLUMN status_at         timestamptz,
  ADD COLUMN category_at       timestamptz,
  ADD COLUMN quality_at        timestamptz,
  ADD COLUMN components_at     timestamptz,
  ADD CONSTRAINT templates_meta_id_check CHECK (meta_id IS NOT NULL OR status IN ('DRAFT', 'DISABLED'));

-- When Meta's list was last read to its end. Kept here and not on the templates, since a list that changes nothing of
-- them must not write them.
ALTER TABLE accounts ADD COLUMN templates_listed_at timestamptz;

-- What a template said, and who changed it. Never changed afterwards.
CREATE TABLE template_versions (
  tenant_id   uuid NOT NULL,
  template_id uuid NOT NULL,
  version     integer NOT NULL,
  category    text NOT NULL,
  components  json NOT NULL,
  origin      text NOT NULL CHECK (origin IN ('tenant', 'meta')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, template_id, version),
  FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id)
);

-- Templates from before have their first version, too. The owner reads them only while FORCE is lifted.
ALTER TABLE templates NO FORCE ROW LEVEL SECURITY;
INSERT INTO template_versions (tenant_id, template_id, version, category, components, origin, created_at)
SELECT tenant_id, id, 1, category, components, 'meta', created_at FROM templates;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;

-- Messages that a paused template holds, for when it is released.
CREATE INDEX messages_by_held_template ON messages (tenant_id, template_id, id) WHERE wait_cause = 'template';

CREATE POLICY template_versions_of_tenant ON template_versions TO parley_app
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY template_versions_of_system ON template_versions TO parley_system USING (true) WITH CHECK (true);
ALTER TABLE template_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE template_versions FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON template_versions TO parley_app, parley_system;
