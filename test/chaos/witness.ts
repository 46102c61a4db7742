import pg from 'pg';
import type { TestDatabase } from '../support/database.js';

/**
 * What the checker sees that rows do not keep: triggers of the run's own, in a schema of its own. They write down every
 * change of a message's state, and every live lease of a number that went to somebody else without having been given back.
 */
const TRIGGERS = `
  CREATE SCHEMA chaos;
  CREATE TABLE chaos.transitions (id bigint GENERATED ALWAYS AS IDENTITY, message_id uuid NOT NULL, before text NOT NULL, after text NOT NULL,
                                  reason text, at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE TABLE chaos.thefts (number_id uuid NOT NULL, holder uuid NOT NULL, thief uuid NOT NULL, lease_until timestamptz NOT NULL,
                             at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE FUNCTION chaos.note_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO chaos.transitions (message_id, before, after, reason) VALUES (NEW.id, OLD.state, NEW.state, OLD.reason);
    RETURN NULL;
  END $$;
  CREATE FUNCTION chaos.note_theft() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO chaos.thefts (number_id, holder, thief, lease_until) VALUES (NEW.id, OLD.lease_holder, NEW.lease_holder, OLD.lease_until);
    RETURN NULL;
  END $$;
  CREATE TRIGGER chaos_transitions AFTER UPDATE OF state ON messages
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION chaos.note_transition();
  CREATE TRIGGER chaos_thefts AFTER UPDATE OF lease_holder ON phone_numbers
    FOR EACH ROW WHEN (OLD.lease_until > now() AND NEW.lease_holder <> OLD.lease_holder) EXECUTE FUNCTION chaos.note_theft();
  GRANT USAGE ON SCHEMA chaos TO PUBLIC;
  GRANT SELECT ON ALL TABLES IN SCHEMA chaos TO PUBLIC;`;

/** Sets the witness up, and what a sabotage takes away. */
export async function prepareWitness(database: TestDatabase, sabotage: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: database.owner });
  await client.connect();
  try {
    await client.query(TRIGGERS);
    for (const statement of sabotage) await client.query(statement);
  } finally {
    await client.end();
  }
}
