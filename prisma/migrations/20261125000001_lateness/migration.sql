-- How late messages of the number left lately although the number might have sent them at once: what this installation owes,
-- not what Meta allows. Written when the number is given back, read by whoever accepts messages for it.
ALTER TABLE phone_numbers ADD COLUMN late_ms integer NOT NULL DEFAULT 0 CHECK (late_ms >= 0);
