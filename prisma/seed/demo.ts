import { ensureContacts, recordConsents, syncTemplates, type Statement, type SystemDb, type SystemTx } from '@parley/data';
import { CONSENT_PURPOSES, parsePhone, type NotificationsSettings, type TenantId } from '@parley/domain';
import { accountTokenPlace, listedTemplate } from '@parley/messaging';
import { SealBroken, type Sealer } from '@parley/platform';
import { demoKey } from './demo-key.js';

/** prisma/demo.json */
export interface DemoData {
  tenantName: string;
  accountName: string;
  wabaId: string;
  accessToken: string;
  numberId: string;
  displayPhoneNumber: string;
  verifiedName: string;
  throughputLevel: string;
  recipient: string;
  recipientName: string;
  /** The section of its settings: what the events of its business become. */
  notifications: NotificationsSettings;
  templates: readonly { name: string; language: string; category: string; parameterFormat: string; components: readonly unknown[] }[];
}

const LOCK: Statement = { name: 'seed.lock', text: `SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended('parley demo', 0))` };

const TENANT: Statement = {
  name: 'seed.tenant',
  text: `
    WITH known AS (SELECT id FROM tenants WHERE name = $1 ORDER BY id LIMIT 1),
         made AS (INSERT INTO tenants (name) SELECT $1 WHERE NOT EXISTS (SELECT FROM known) RETURNING id)
    SELECT id FROM known UNION ALL SELECT id FROM made`,
};

const ACCOUNT: Statement = {
  name: 'seed.account',
  text: `SELECT id, token_version AS version, token_sealed AS sealed FROM accounts WHERE tenant_id = $1 AND waba_id = $2`,
};

const NEW_ID: Statement = { name: 'seed.new-id', text: 'SELECT uuid_v7()::text AS id' };

const STORE_ACCOUNT: Statement = {
  name: 'seed.store-account',
  text: `
    INSERT INTO accounts (tenant_id, id, waba_id, name, token_sealed, token_version) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant_id, waba_id) DO UPDATE SET token_sealed = excluded.token_sealed, token_version = excluded.token_version, updated_at = now()`,
};

const STORE_NUMBER: Statement = {
  name: 'seed.store-number',
  text: `
    INSERT INTO phone_numbers (tenant_id, account_id, graph_id, display_phone_number, verified_name, status, quality, throughput_level, tier)
    VALUES ($1, $2, $3, $4, $5, 'CONNECTED', 'GREEN', $6, 'TIER_2K')
    ON CONFLICT (graph_id) DO NOTHING`,
};

// What somebody changed since stays.
const STORE_SETTINGS: Statement = {
  name: 'seed.store-settings',
  text: `INSERT INTO tenant_settings (tenant_id, section, value, updated_by) VALUES ($1, $2, $3, 'seed') ON CONFLICT (tenant_id, section) DO NOTHING`,
};

const OWNER_OF_NUMBER: Statement = {
  name: 'seed.owner-of-number',
  text: `SELECT tenant_id AS "tenantId" FROM phone_numbers WHERE graph_id = $1`,
};

const ANY_TEMPLATE: Statement = {
  name: 'seed.any-template',
  text: `SELECT EXISTS (SELECT FROM templates WHERE tenant_id = $1 AND account_id = $2) AS any`,
};

const STANDING: Statement = {
  name: 'seed.standing',
  text: `SELECT purpose FROM consents WHERE tenant_id = $1 AND contact_id = $2 AND status = 'GRANTED'`,
};

/** Makes what is missing of the demo, in one transaction. `newKey` is null where the kept key still works. */
export function seedDemo(
  db: SystemDb,
  sealer: Sealer,
  demo: DemoData,
  keptKey: string | null,
): Promise<{ tenantId: TenantId; newKey: string | null }> {
  return db.transaction(async (tx) => {
    await tx.query(LOCK);
    const tenantId = (await tx.query<{ id: TenantId }>(TENANT, [demo.tenantName]))[0]!.id;
    const accountId = await storeAccount(tx, sealer, tenantId, demo);
    await storeNumber(tx, tenantId, accountId, demo);
    await storeTemplates(tx, tenantId, accountId, demo);
    await grantConsent(tx, tenantId, demo);
    await tx.query(STORE_SETTINGS, [tenantId, 'notifications', JSON.stringify(demo.notifications)]);
    return { tenantId, newKey: await demoKey(tx, tenantId, keptKey) };
  });
}

/** The token is sealed anew only where the kept one does not open, as after new SEALING_KEYS, or is another one. */
async function storeAccount(tx: SystemTx, sealer: Sealer, tenantId: TenantId, demo: DemoData): Promise<string> {
  const [known] = await tx.query<{ id: string; version: number; sealed: string }>(ACCOUNT, [tenantId, demo.wabaId]);
  if (known && opens(sealer, tenantId, known) === demo.accessToken) return known.id;
  const id = known?.id ?? (await tx.query<{ id: string }>(NEW_ID))[0]!.id;
  const version = (known?.version ?? 0) + 1;
  const sealed = sealer.seal(demo.accessToken, accountTokenPlace(tenantId, id, version));
  await tx.query(STORE_ACCOUNT, [tenantId, id, demo.wabaId, demo.accountName, sealed, version]);
  return id;
}

function opens(sealer: Sealer, tenantId: TenantId, { id, version, sealed }: { id: string; version: number; sealed: string }): string | null {
  try {
    return sealer.open(sealed, accountTokenPlace(tenantId, id, version));
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

async function storeNumber(tx: SystemTx, tenantId: TenantId, accountId: string, demo: DemoData): Promise<void> {
  const { numberId, displayPhoneNumber, verifiedName, throughputLevel } = demo;
  await tx.query(STORE_NUMBER, [tenantId, accountId, numberId, displayPhoneNumber, verifiedName, throughputLevel]);
  const [owner] = await tx.query<{ tenantId: string }>(OWNER_OF_NUMBER, [numberId]);
  if (owner?.tenantId !== tenantId) {
    throw new Error(`The demo number ${numberId} is connected by another tenant of this database: use another database for the demo.`);
  }
}

/** Whatever Meta says is newer than the seed. */
const SEEDED_AT = new Date(0);

/** Only at first: later the account holds what was synced from the simulator. */
async function storeTemplates(tx: SystemTx, tenantId: TenantId, accountId: string, demo: DemoData): Promise<void> {
  const [known] = await tx.query<{ any: boolean }>(ANY_TEMPLATE, [tenantId, accountId]);
  if (known?.any) return;
  const templates = demo.templates.map(({ parameterFormat, ...template }, place) =>
    listedTemplate({ ...template, id: String(place + 1), status: 'APPROVED', parameter_format: parameterFormat }, SEEDED_AT),
  );
  await syncTemplates(tx, tenantId, accountId, templates, SEEDED_AT);
}

async function grantConsent(tx: SystemTx, tenantId: TenantId, { recipient, recipientName }: DemoData): Promise<void> {
  const identities = [{ kind: 'phone' as const, value: parsePhone(recipient) }];
  const [contactId = ''] = await ensureContacts(tx, [{ tenantId, identities, name: recipientName }]);
  const granted = new Set((await tx.query<{ purpose: string }>(STANDING, [tenantId, contactId])).map(({ purpose }) => purpose));
  const decisions = CONSENT_PURPOSES.filter((purpose) => !granted.has(purpose)).map((purpose) => ({
    tenantId,
    contactId,
    purpose,
    status: 'GRANTED',
    source: 'demo',
    evidence: null,
    actor: 'seed',
    messageId: null,
  }));
  if (decisions.length > 0) await recordConsents(tx, decisions);
}
