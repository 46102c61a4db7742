import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { createPool } from '@parley/data';
import { provenTenant, type ConsentPurpose, type ConsentStatus, type Lane, type MessageState, type ServiceState, type TenantId } from '@parley/domain';

/**
 * Rows for specs, made directly by SQL as parley_system. Each function makes one thing and answers what names it;
 * `makeTenant` makes a tenant that can send. Columns go by their names in the database, so that any of them can be set.
 */
export type Database = Pick<pg.Pool, 'query'>;

/** Columns of a row by their names in the database. */
export type Columns = Readonly<Record<string, unknown>>;

export interface TestNumber {
  readonly id: string;
  /** Meta's phone number id. */
  readonly graphId: string;
}

export interface TestTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
}

export interface TestContact {
  readonly id: string;
  /** E.164. */
  readonly phone: string;
}

/** What `makeTenant` makes: one of each, enough for a template message to be accepted and sent. */
export interface TestTenant {
  readonly tenantId: TenantId;
  readonly accountId: string;
  readonly number: TestNumber;
  readonly template: TestTemplate;
  readonly contact: TestContact;
}

/** A number and a contact of one tenant. */
export interface TestPair {
  readonly tenantId: TenantId;
  readonly numberId: string;
  readonly contactId: string;
}

/** A pool for a spec: `openPool(database.system)`. End it in `afterAll`. */
export function openPool(url: string, size = 10): pg.Pool {
  return createPool({ url, applicationName: 'spec', size, statementTimeoutMs: 15_000, idleTransactionTimeoutMs: 10_000, onError: () => {} });
}

let made = randomInt(900_000);

/** Digits that no other fixture has, such as Meta's ids. */
export function uniqueDigits(length = 15): string {
  return String(randomInt(1, 10)) + Array.from({ length: length - 1 }, () => randomInt(10)).join('');
}

/** A mobile number that libphonenumber takes for real, another one at each call. */
export function uniquePhone(): string {
  made = (made + 1) % 1_000_000;
  return `+40722${String(made).padStart(6, '0')}`;
}

/** Inserts one row and answers all of it. */
export async function insertRow<Row extends object>(db: Database, table: string, values: Columns): Promise<Row> {
  const names = Object.keys(values);
  const text = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING *`;
  const { rows } = await db.query<Row & pg.QueryResultRow>(text, Object.values(values));
  return rows[0]!;
}

const insertId = async (db: Database, table: string, values: Columns): Promise<string> =>
  (await insertRow<{ id: string }>(db, table, values)).id;

export async function insertTenant(db: Database, columns: Columns = {}): Promise<TenantId> {
  return provenTenant(await insertId(db, 'tenants', { name: `Tenant ${uniqueDigits(8)}`, ...columns }));
}

/** A WhatsApp Business Account. Give it `token_sealed` where the token is to be opened. */
export function insertAccount(db: Database, tenantId: TenantId, columns: Columns = {}): Promise<string> {
  const values = { tenant_id: tenantId, waba_id: uniqueDigits(), name: 'Casa Verde', token_sealed: 'sealed', ...columns };
  return insertId(db, 'accounts', values);
}

/** A connected number. */
export async function insertNumber(db: Database, tenantId: TenantId, accountId: string, columns: Columns = {}): Promise<TestNumber> {
  const row = await insertRow<{ id: string; graph_id: string }>(db, 'phone_numbers', {
    tenant_id: tenantId,
    account_id: accountId,
    graph_id: uniqueDigits(),
    display_phone_number: '+40 722 000 000',
    verified_name: 'Casa Verde',
    status: 'CONNECTED',
    ...columns,
  });
  return { id: row.id, graphId: row.graph_id };
}

/** An approved utility template whose body takes one parameter, `{{1}}`. */
export async function insertTemplate(db: Database, tenantId: TenantId, accountId: string, columns: Columns = {}): Promise<TestTemplate> {
  const { components, ...others } = columns;
  const body = [{ type: 'BODY', text: 'Your table is ready, {{1}}.', example: { body_text: [['Ana']] } }];
  return insertRow<{ id: string; name: string; language: string }>(db, 'templates', {
    tenant_id: tenantId,
    account_id: accountId,
    meta_id: uniqueDigits(),
    name: `table_ready_${uniqueDigits(8)}`,
    language: 'en',
    category: 'UTILITY',
    status: 'APPROVED',
    components: JSON.stringify(components ?? body),
    ...others,
  }).then(({ id, name, language }) => ({ id, name, language }));
}

/** A contact with the identities of its phone, and consent for these purposes. */
export async function insertContact(
  db: Database,
  tenantId: TenantId,
  { phone = uniquePhone(), consents = [] }: { phone?: string; consents?: readonly ConsentPurpose[] } = {},
): Promise<TestContact> {
  const id = await insertId(db, 'contacts', { tenant_id: tenantId, name: 'Ana' });
  await insertIdentity(db, tenantId, id, 'phone', phone);
  await insertIdentity(db, tenantId, id, 'wa_id', phone.slice(1));
  for (const purpose of consents) await setConsent(db, tenantId, id, purpose);
  return { id, phone };
}

export async function insertIdentity(db: Database, tenantId: TenantId, contactId: string, kind: string, value: string): Promise<void> {
  await insertRow(db, 'contact_identities', { tenant_id: tenantId, kind, value, contact_id: contactId });
}

/** Makes this the contact's standing decision, with its proof. */
export async function setConsent(
  db: Database,
  tenantId: TenantId,
  contactId: string,
  purpose: ConsentPurpose,
  status: ConsentStatus = 'GRANTED',
): Promise<void> {
  const decision = { tenant_id: tenantId, contact_id: contactId, purpose, status };
  const eventId = await insertId(db, 'consent_events', { ...decision, source: 'spec', actor: 'spec' });
  await db.query(
    `INSERT INTO consents (tenant_id, contact_id, purpose, status, event_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, contact_id, purpose, channel)
       DO UPDATE SET status = excluded.status, event_id = excluded.event_id, decided_at = NULL, updated_at = now()`,
    [tenantId, contactId, purpose, status, eventId],
  );
}

/** A conversation in which the customer last wrote so many hours ago. Under 24 the service window is open. */
export function insertConversation(db: Database, pair: TestPair, hoursAgo = 0, columns: Columns = {}): Promise<string> {
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  return insertId(db, 'conversations', {
    tenant_id: pair.tenantId,
    phone_number_id: pair.numberId,
    contact_id: pair.contactId,
    first_inbound_at: at,
    last_inbound_at: at,
    last_message_at: at,
    ...columns,
  });
}

/** Holds a number of the tenant, without an end where none is given. `scope` and `scope_id` among the columns hold something else. */
export function insertHold(db: Database, { tenantId, number }: TestTenant, columns: Columns = {}): Promise<string> {
  return insertId(db, 'holds', { tenant_id: tenantId, scope: 'number', scope_id: number.id, cause: 'pause', reason: 'spec', actor: 'spec', ...columns });
}

/** What most messages of a spec differ in; every other column goes into `columns`. */
export interface MessageOptions {
  state?: MessageState;
  lane?: Lane;
  purpose?: ConsentPurpose;
  templateId?: string | null;
  columns?: Columns;
}

/** An outbound message, QUEUED and valid for an hour where nothing else is said. WAITING takes `wait_cause` among the columns. */
export async function insertMessage(db: Database, pair: TestPair, options: MessageOptions = {}): Promise<string> {
  return (await insertMessages(db, pair, 1, options))[0]!;
}

/** The same so many times, oldest first, in one statement. */
export async function insertMessages(db: Database, pair: TestPair, count: number, options: MessageOptions = {}): Promise<string[]> {
  const { state = 'QUEUED', lane = 2, purpose = 'utility', templateId = null, columns = {} } = options;
  const values: Columns = {
    tenant_id: pair.tenantId,
    phone_number_id: pair.numberId,
    contact_id: pair.contactId,
    direction: 'OUTBOUND',
    sender: 'app',
    kind: templateId === null ? 'text' : 'template',
    content: '{"body":"Hello"}',
    payload: '{"type":"text","text":{"body":"Hello"}}',
    display_content: 'Hello',
    recipient: '+40722000000',
    state,
    lane,
    purpose,
    template_id: templateId,
    valid_until: new Date(Date.now() + 3_600_000),
    ...columns,
  };
  const names = Object.keys(values);
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO messages (id, ${names.join(', ')})
     SELECT uuid_v7(clock_timestamp(), n), ${names.map((_, at) => `v${at}`).join(', ')}
       FROM generate_series(1, $${names.length + 1}::int) AS n
      CROSS JOIN (SELECT ${names.map((name, at) => `$${at + 1}::${typeOf(name)} AS v${at}`).join(', ')}) AS one
     RETURNING id`,
    [...Object.values(values), count],
  );
  return rows.map((row) => row.id).sort();
}

const TYPES: Readonly<Record<string, string>> = {
  content: 'json',
  payload: 'json',
  lane: 'smallint',
  attempts: 'smallint',
  max_attempts: 'smallint',
  lease_epoch: 'bigint',
  credential_version: 'int',
  error_code: 'int',
  media_ids: 'uuid[]',
};

function typeOf(column: string): string {
  const known = TYPES[column];
  if (known !== undefined) return known;
  if (column.endsWith('_at') || column.endsWith('_until')) return 'timestamptz';
  return ['tenant_id', 'phone_number_id', 'contact_id', 'conversation_id', 'template_id', 'attempt_id'].includes(column) ? 'uuid' : 'text';
}

/** A customer's message, as the inbound processor leaves it; no automation has looked at it. */
export function insertInbound(db: Database, pair: TestPair, conversationId: string, columns: Columns = {}): Promise<string> {
  return insertId(db, 'messages', {
    tenant_id: pair.tenantId,
    phone_number_id: pair.numberId,
    contact_id: pair.contactId,
    conversation_id: conversationId,
    direction: 'INBOUND',
    sender: 'customer',
    kind: 'text',
    content: '{"body":"Hi"}',
    display_content: 'Hi',
    state: 'RECEIVED',
    wamid: `wamid.${uniqueDigits(20)}`,
    ...columns,
  });
}

/** A tenant with an account, a connected number, an approved template and a contact that agreed to everything. */
export async function makeTenant(db: Database, columns: Columns = {}): Promise<TestTenant> {
  const tenantId = await insertTenant(db, columns);
  const accountId = await insertAccount(db, tenantId);
  const number = await insertNumber(db, tenantId, accountId);
  const template = await insertTemplate(db, tenantId, accountId);
  const contact = await insertContact(db, tenantId, { consents: ['service', 'utility', 'authentication', 'marketing'] });
  return { tenantId, accountId, number, template, contact };
}

/** The pair of a tenant's number and contact, or of another contact of it. */
export function pairOf({ tenantId, number, contact }: TestTenant, other: TestContact = contact): TestPair {
  return { tenantId, numberId: number.id, contactId: other.id };
}

/** The service level of a conversation in which nobody asked anything. */
export const UNSERVED: ServiceState = {
  awaitingSince: null, dueSoonAt: null, answerDueAt: null, answeredAt: null, staffAt: null, firstResponseAt: null, breachedAt: null,
  escalationLevel: 0, escalatedAt: null, priority: 'NORMAL', priorityBefore: null,
};
