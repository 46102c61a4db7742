-- Consent of every number or of one, with the time at which the person decided.

-- phone_number_id: the number for which it was said; null: for every number of the tenant. decided_at: when the person decided,
-- where that is not when it was recorded (at). once_key: what tells a decision that comes again (Meta's preferences, imports).
ALTER TABLE consent_events
  ADD COLUMN phone_number_id uuid,
  ADD COLUMN decided_at      timestamptz,
  ADD COLUMN once_key        text,
  ADD FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id) NOT VALID;
CREATE UNIQUE INDEX consent_events_once ON consent_events (tenant_id, contact_id, purpose, once_key) WHERE once_key IS NOT NULL;

-- What stands for every number, and beside it what stands for one: the stricter of the two holds. The channel tells them
-- apart, so that the primary key stays what the release before writes by. decided_at null: as of updated_at.
-- confirmation_id: the one message that may still leave, which tells the person that the STOP was understood.
ALTER TABLE consents
  ADD COLUMN phone_number_id uuid,
  ADD COLUMN decided_at      timestamptz,
  ADD COLUMN confirmation_id uuid,
  ADD FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id) NOT VALID,
  DROP CONSTRAINT consents_channel_check;
ALTER TABLE consents ADD CONSTRAINT consents_channel_check
  CHECK (channel = 'WHATSAPP' || coalesce(':' || phone_number_id::text, '')) NOT VALID;

-- Lists run by the decision, newest first; refusals are few among many grants.
CREATE INDEX consents_listed ON consents (tenant_id, event_id);
CREATE INDEX consents_refused ON consents (tenant_id, event_id) WHERE status <> 'GRANTED';

-- The confirmation of a STOP has keys of its own. The wider set holds for every row there is, so nothing is read to check it.
ALTER DOMAIN key_source DROP CONSTRAINT key_source_check;
ALTER DOMAIN key_source ADD CONSTRAINT key_source_check
  CHECK (VALUE IN ('api', 'automation', 'campaign', 'broker', 'notification', 'consent')) NOT VALID;
