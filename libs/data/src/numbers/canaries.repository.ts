import type { Statement, SystemTx } from '../system-db.js';

/** How the names of templates begin that are made only so that Meta sends a webhook about them. */
export const CANARY_TEMPLATE = 'parley_canary_';

/** A webhook that names a canary's template. */
export interface CanarySighting {
  templateName: string;
  wabaId: string;
  /** The tenant of the app that signed; null for the platform's app, which speaks for all. */
  appTenantId: string | null;
  /** When it came into the ledger. */
  at: Date;
}

// The first webhook counts; the others of the same template say nothing new.
const SEEN: Statement = {
  name: 'canaries.seen',
  text: `
    UPDATE canaries c SET seen_at = $4
      FROM phone_numbers n JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id
     WHERE c.template_name = $1 AND c.seen_at IS NULL AND ($3::uuid IS NULL OR c.tenant_id = $3)
       AND n.tenant_id = c.tenant_id AND n.id = c.phone_number_id AND a.waba_id = $2
    RETURNING c.id`,
};

/** Writes when a canary's webhook arrived. Answers the canary; null for one that is unknown, seen before, or not the signer's. */
export async function noteCanarySeen(tx: SystemTx, { templateName, wabaId, appTenantId, at }: CanarySighting): Promise<string | null> {
  return (await tx.query<{ id: string }>(SEEN, [templateName, wabaId, appTenantId, at]))[0]?.id ?? null;
}
