-- The same guards, for less (docs/adr/0015).
--
-- A CHECK of a table is parsed anew for every statement that writes to it; one of a domain is parsed once for each
-- connection. A foreign key locks its parent row for every child: a number or a template would be locked by all of its
-- messages at once. Those parents are never deleted and their ids never change, which the triggers below make sure of,
-- and every statement that writes a child has joined its parent on (tenant_id, id).

CREATE DOMAIN message_state AS text CHECK (VALUE IN ('QUEUED', 'WAITING', 'DISPATCHED', 'SENDING', 'ACCEPTED', 'SENT', 'DELIVERED',
  'READ', 'PLAYED', 'FAILED', 'UNKNOWN', 'CANCELLED', 'EXPIRED', 'RECEIVED'));
CREATE DOMAIN message_direction AS text CHECK (VALUE IN ('INBOUND', 'OUTBOUND'));
CREATE DOMAIN message_sender AS text CHECK (VALUE IN ('customer', 'app', 'staff', 'ai', 'system'));
CREATE DOMAIN consent_purpose AS text CHECK (VALUE IN ('service', 'utility', 'authentication', 'marketing'));
CREATE DOMAIN message_lane AS smallint CHECK (VALUE BETWEEN 0 AND 3);
CREATE DOMAIN attempt_outcome AS text CHECK (VALUE IN ('accepted', 'refused', 'not-sent', 'unknown'));
CREATE DOMAIN conversation_state AS text CHECK (VALUE IN ('OPEN', 'ASSIGNED', 'RESOLVED', 'ARCHIVED'));
CREATE DOMAIN tally AS integer CHECK (VALUE >= 0);
CREATE DOMAIN identity_kind AS text CHECK (VALUE IN ('phone', 'wa_id', 'bsuid', 'parent_bsuid'));
CREATE DOMAIN key_source AS text CHECK (VALUE IN ('api', 'automation'));

ALTER TABLE messages
  DROP CONSTRAINT messages_state_check, DROP CONSTRAINT messages_direction_check, DROP CONSTRAINT messages_sender_check,
  DROP CONSTRAINT messages_purpose_check, DROP CONSTRAINT messages_lane_check,
  ALTER COLUMN state TYPE message_state, ALTER COLUMN direction TYPE message_direction, ALTER COLUMN sender TYPE message_sender,
  ALTER COLUMN purpose TYPE consent_purpose, ALTER COLUMN lane TYPE message_lane;
ALTER TABLE message_attempts DROP CONSTRAINT message_attempts_outcome_check, ALTER COLUMN outcome TYPE attempt_outcome;
ALTER TABLE conversations
  DROP CONSTRAINT conversations_state_check, DROP CONSTRAINT conversations_unread_count_check, DROP CONSTRAINT conversations_message_count_check,
  ALTER COLUMN state TYPE conversation_state, ALTER COLUMN unread_count TYPE tally, ALTER COLUMN message_count TYPE tally;
ALTER TABLE contact_identities DROP CONSTRAINT contact_identities_kind_check, ALTER COLUMN kind TYPE identity_kind;
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_source_check, ALTER COLUMN source TYPE key_source;

-- The outcome of an attempt is written into the row that its mark made: room on the page keeps the indexes out of it.
ALTER TABLE message_attempts SET (fillfactor = 60);

-- Parents that all messages of a number or a template would lock.
ALTER TABLE messages DROP CONSTRAINT messages_tenant_id_phone_number_id_fkey, DROP CONSTRAINT messages_tenant_id_template_id_fkey;
ALTER TABLE conversations DROP CONSTRAINT conversations_tenant_id_phone_number_id_fkey;
-- Attempt and message are written by one statement.
ALTER TABLE message_attempts DROP CONSTRAINT message_attempts_tenant_id_message_id_fkey;

CREATE FUNCTION refuse_loss_of_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % keep their ids and stay: others refer to them', TG_TABLE_NAME;
END
$$;
-- UPDATE OF: other updates do not even look at them. tenant_id is held by the foreign keys that remain.
CREATE TRIGGER phone_numbers_keep_ids BEFORE UPDATE OF id ON phone_numbers FOR EACH ROW
  WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION refuse_loss_of_parent();
CREATE TRIGGER messages_keep_ids BEFORE UPDATE OF id ON messages FOR EACH ROW
  WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION refuse_loss_of_parent();
CREATE TRIGGER templates_keep_ids BEFORE UPDATE OF id ON templates FOR EACH ROW
  WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION refuse_loss_of_parent();
CREATE TRIGGER phone_numbers_stay BEFORE DELETE ON phone_numbers FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_parent();
-- A draft was never sent.
CREATE TRIGGER templates_stay BEFORE DELETE ON templates FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION refuse_loss_of_parent();
