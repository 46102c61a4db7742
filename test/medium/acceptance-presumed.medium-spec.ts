import { noop } from 'cockatiel';
import type pg from 'pg';
import { SystemDb, type Statement } from '@parley/data';
import type { MessageDraft } from '@parley/domain';
import { AcceptMessages, requestHashOf } from '@parley/messaging';
import { createMetrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { workerDatabase } from '../support/database.js';
import { insertConversation, insertTemplate, makeTenant, openPool, pairOf, setConsent, type TestTenant } from '../support/fixtures.js';

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {} };

/** What is accepted in one statement must be refused all the same when what was presumed of it does not hold. */
describe('AcceptMessages, by presumption', () => {
  let pool: pg.Pool;
  let tenant: TestTenant;
  let acceptance: AcceptMessages;
  let statements: string[];

  beforeAll(async () => {
    pool = openPool((await workerDatabase()).system);
  });
  beforeEach(async () => {
    tenant = await makeTenant(pool);
    statements = [];
    class ToldDb extends SystemDb {
      override query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
        statements.push(statement.name);
        return super.query<Row>(statement, values);
      }
    }
    const metrics = createMetrics();
    const producer = new JobProducer({ queues: new Map(), policy: noop, isReady: () => true, metrics });
    acceptance = new AcceptMessages({ db: new ToldDb(pool), producer, metrics, logger: SILENT, validSeconds: 3_600 });
    await insertConversation(pool, pairOf(tenant), 1);
  });
  afterEach(() => acceptance.close());
  afterAll(() => pool.end());

  const template = (name = tenant.template.name): MessageDraft =>
    ({ numberId: tenant.number.id, to: tenant.contact.phone, sender: 'app', kind: 'template', content: { name, language: 'en', parameters: { body: ['Ana'] } } }) as MessageDraft;
  const text = (): MessageDraft => ({ numberId: tenant.number.id, to: tenant.contact.phone, sender: 'app', kind: 'text', content: { body: 'Hello' } }) as MessageDraft;
  const accept = async (draft: MessageDraft) =>
    (await acceptance.accept({ tenantId: tenant.tenantId, draft, source: 'api', idempotencyKey: null, requestHash: requestHashOf(draft) })).message;
  const change = (table: string, set: string) => pool.query(`UPDATE ${table} SET ${set} WHERE tenant_id = $1`, [tenant.tenantId]);

  it('takes a message in one exchange with the database, once its template is known', async () => {
    await accept(template());
    statements = [];
    await accept(template());
    await accept(text());
    expect(statements).toEqual(['acceptance.insert', 'acceptance.insert']);
  });

  it.each([
    ['a template, once its consent is withdrawn', template, () => setConsent(pool, tenant.tenantId, tenant.contact.id, 'utility', 'REVOKED'), 'consent.revoked'],
    ['a template that was paused', template, () => change('templates', "status = 'PAUSED'"), 'template.not-approved'],
    ['a text, once the window is closed', text, () => change('conversations', "last_inbound_at = now() - interval '25 hours'"), 'window.closed'],
    ['a text, once the customer said stop', text, () => setConsent(pool, tenant.tenantId, tenant.contact.id, 'service', 'REVOKED'), 'consent.revoked'],
    ['what leaves from a number that was disconnected', template, () => change('phone_numbers', "status = 'DISCONNECTED'"), 'number.not-sendable'],
    ['all of a tenant that was switched off', text, () => pool.query('UPDATE tenants SET whatsapp_enabled = false WHERE id = $1', [tenant.tenantId]), 'module.disabled'],
  ])('refuses %s', async (_, draft, happens, code) => {
    await accept(draft());
    await happens();
    await expect(accept(draft())).rejects.toMatchObject({ code });
    expect((await pool.query('SELECT FROM messages WHERE tenant_id = $1', [tenant.tenantId])).rowCount).toBe(1);
  });

  it('uses the new definition of a template that changed', async () => {
    await accept(template());
    await change('templates', `components = '[{"type": "BODY", "text": "Buna {{1}}"}]'`);
    expect((await accept(template())).displayContent).toContain('Buna Ana');
  });

  it('sends a utility template in the lane of replies only while the window is open', async () => {
    const laneOf = async (id: string) => (await pool.query<{ lane: number }>('SELECT lane FROM messages WHERE id = $1', [id])).rows[0]!.lane;
    await accept(template());
    const inside = await accept(template());
    await change('conversations', "last_inbound_at = now() - interval '25 hours'");
    const outside = await accept(template());
    expect([await laneOf(inside.id), await laneOf(outside.id)]).toEqual([1, 2]);
  });

  it('lets no presumed message overtake one of the same number that must be judged first', async () => {
    await accept(template());
    const other = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { name: 'not_seen_yet' });
    const [first, second] = await Promise.all([accept(template(other.name)), accept(template())]);
    expect(first.id < second.id).toBe(true);
  });

  it("presumes nothing of another tenant's template of the same name", async () => {
    await accept(template());
    const stranger = await makeTenant(pool);
    const draft = { ...template(), numberId: stranger.number.id, to: stranger.contact.phone } as MessageDraft;
    const asked = { tenantId: stranger.tenantId, draft, source: 'api' as const, idempotencyKey: null, requestHash: requestHashOf(draft) };
    await expect(acceptance.accept({ ...asked, draft: { ...draft, numberId: tenant.number.id } as MessageDraft })).rejects.toMatchObject({ code: 'number.not-found' });
    const { rows } = await pool.query<{ tenant_id: string }>('SELECT tenant_id FROM messages WHERE tenant_id = ANY ($1)', [[tenant.tenantId, stranger.tenantId]]);
    expect(rows.map((row) => row.tenant_id)).toEqual([tenant.tenantId]);
  });
});
