-- What customers and Meta say of messages after they were stored.

-- edited_at, revoked_at: Meta's time of the last change by the writer, and of the taking back. What stood there before is in
-- message_events. pricing: as Meta said it with a status; null until then.
ALTER TABLE messages ADD COLUMN edited_at timestamptz, ADD COLUMN revoked_at timestamptz, ADD COLUMN pricing json;

-- The name by which users find the business, and Meta's word on it: approved, reserved, deleted.
ALTER TABLE phone_numbers ADD COLUMN username text, ADD COLUMN username_status text, ADD COLUMN username_at timestamptz;
