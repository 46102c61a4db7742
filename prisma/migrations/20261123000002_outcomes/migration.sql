-- What becomes of a POST: the breaker of a number, doubt about a message, and what a tenant wants done about it.

-- The state of the circuit breaker while it is not closed; null: closed. The next worker that leases the number must know.
-- probing_until: probes are under way, and nobody takes the number before they are answered.
ALTER TABLE phone_numbers ADD COLUMN breaker json, ADD COLUMN probing_until timestamptz;

-- Two acceptances of one message showed up: the customer may have it twice.
ALTER TABLE messages ADD COLUMN duplicate_suspected boolean NOT NULL DEFAULT false;

-- What follows when Meta never said what became of a message: park (a dead letter) or resend. "default" stands for every
-- purpose that is not named: {"default": "park", "authentication": "resend"}.
ALTER TABLE tenants ADD COLUMN on_unknown json NOT NULL DEFAULT '{"default":"park"}';
GRANT UPDATE (on_unknown) ON tenants TO parley_app;

-- SHA-256 of the token that Meta refused last, in hex; empty where there was none: another one ends the hold.
ALTER TABLE accounts ADD COLUMN refused_token text;
