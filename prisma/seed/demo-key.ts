import type { Statement, SystemTx } from '@parley/data';
import { ROLE_SCOPES, type TenantId } from '@parley/domain';
import { generateApiKey, parseApiKey, verifyApiKey } from '@parley/platform';

const NAME = 'bin/dev';

const KEY: Statement = {
  name: 'seed.key',
  text: `
    SELECT secret_hash AS "secretHash" FROM api_keys
     WHERE tenant_id = $1 AND key_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
};

// The keys of before are lost: nobody has their text any more.
const REVOKE: Statement = {
  name: 'seed.revoke',
  text: `UPDATE api_keys SET revoked_at = now() WHERE tenant_id = $1 AND name = $2 AND revoked_at IS NULL`,
};

const ADD: Statement = {
  name: 'seed.add-key',
  text: `INSERT INTO api_keys (tenant_id, name, key_id, secret_hash, checksum, scopes) VALUES ($1, $2, $3, $4, $5, $6)`,
};

const CHECKSUM_LENGTH = 6;

/** The text of a new administrator's key for the tenant; null where the kept one still works. */
export async function demoKey(tx: SystemTx, tenantId: TenantId, keptKey: string | null): Promise<string | null> {
  if (keptKey !== null && (await works(tx, tenantId, keptKey))) return null;
  const { text, id, secretHash } = generateApiKey();
  await tx.query(REVOKE, [tenantId, NAME]);
  await tx.query(ADD, [tenantId, NAME, id, secretHash, text.slice(-CHECKSUM_LENGTH), ROLE_SCOPES.admin]);
  return text;
}

async function works(tx: SystemTx, tenantId: TenantId, text: string): Promise<boolean> {
  const key = parseApiKey(text);
  if (!key) return false;
  const [row] = await tx.query<{ secretHash: Buffer }>(KEY, [tenantId, key.id]);
  return row !== undefined && verifyApiKey(key, row.secretHash);
}
