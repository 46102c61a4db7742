import type { Statement, SystemDb } from '../system-db.js';

/** An account that is held because of its token. */
export interface RefusedAccount {
  tenantId: string;
  accountId: string;
  tokenVersion: number;
  /** SHA-256 of the token that Meta refused, in hex; empty where there was none. */
  refusedToken: string;
}

/** Accounts of one look. */
const CHUNK = 500;

const NOTE: Statement = {
  name: 'refused-tokens.note',
  text: `UPDATE accounts SET refused_token = $3 WHERE tenant_id = $1 AND id = $2 AND refused_token IS DISTINCT FROM $3 RETURNING id`,
};

const HELD: Statement = {
  name: 'refused-tokens.held',
  text: `
    SELECT a.tenant_id AS "tenantId", a.id AS "accountId", a.token_version AS "tokenVersion", a.refused_token AS "refusedToken"
      FROM holds h
      JOIN accounts a ON a.tenant_id = h.tenant_id AND a.id = h.scope_id AND a.refused_token IS NOT NULL
     WHERE h.scope = 'account' AND h.cause = 'credential' AND h.ended_at IS NULL
     LIMIT ${CHUNK}`,
};

const RENEW: Statement = {
  name: 'refused-tokens.renew',
  text: `
    UPDATE accounts SET token_sealed = $4, token_version = token_version + 1, refused_token = NULL, updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND token_version = $3 RETURNING id`,
};

/** Remembers which token Meta refused for an account, by its hash, so that another one is known as such. */
export async function noteRefusedToken(db: SystemDb, tenantId: string, accountId: string, hash: string): Promise<void> {
  await db.query(NOTE, [tenantId, accountId, hash]);
}

/** The accounts that wait for another token. */
export function refusedAccounts(db: SystemDb): Promise<RefusedAccount[]> {
  return db.query<RefusedAccount>(HELD);
}

/** Gives the account its new token under the next version. False when somebody else did so first. */
export async function renewToken(db: SystemDb, { tenantId, accountId, tokenVersion }: RefusedAccount, sealed: string): Promise<boolean> {
  return (await db.query(RENEW, [tenantId, accountId, tokenVersion, sealed])).length > 0;
}
