import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, NumberLeases, releaseAllHeldMessages, SystemDb } from '@parley/data';
import { SyncTemplates, type MetaTemplate } from '@parley/messaging';
import { insertHold, insertMessage, insertMessages, insertNumber, insertTemplate, makeTenant, pairOf, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';
import { TestWorker } from '../support/worker.js';

const COMPONENTS = [{ type: 'BODY', text: 'Your table is ready, {{1}}.', example: { body_text: [['Ana']] } }];
/** Whole seconds, as Meta has them, an hour ago. */
const BASE = Math.floor(Date.now() / 1_000) - 3_600;

interface Row {
  status: string;
  rejected_reason: string | null;
  category: string;
  previous_category: string | null;
  correct_category: string | null;
  quality: string;
  version: number;
}

describe('what Meta tells of templates', () => {
  let worker: TestWorker;
  let pool: pg.Pool;
  let db: SystemDb;
  let tenant: TestTenant;
  let wabaId: string;
  let metaId: string;

  beforeAll(async () => {
    worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
    pool = worker.pool;
    db = worker.app.get(SystemDb, { strict: false });
  });
  afterAll(() => worker.stop());

  beforeEach(async () => {
    tenant = await makeTenant(pool);
    const { rows } = await pool.query<{ waba_id: string; meta_id: string }>(
      'SELECT a.waba_id, t.meta_id FROM accounts a JOIN templates t ON t.tenant_id = a.tenant_id AND t.account_id = a.id WHERE a.id = $1',
      [tenant.accountId],
    );
    [wabaId, metaId] = [rows[0]!.waba_id, rows[0]!.meta_id];
  });

  const envelope = (field: string, value: object, time: number | null, waba = wabaId) => ({
    object: 'whatsapp_business_account',
    entry: [{ id: waba, ...(time !== null && { time: BASE + time }), changes: [{ field, value: { ...naming(), ...value } }] }],
  });
  const naming = () => ({ message_template_id: metaId, message_template_name: tenant.template.name, message_template_language: tenant.template.language });
  const status = (event: string, time: number | null, more: object = {}) => envelope('message_template_status_update', { event, reason: 'NONE', ...more }, time);
  const quality = (score: string, time: number) => envelope('message_template_quality_update', { previous_quality_score: 'GREEN', new_quality_score: score }, time);
  const category = (value: object, time: number) => envelope('template_category_update', value, time);
  const row = async (id = tenant.template.id): Promise<Row> => (await worker.rows<Row>('SELECT * FROM templates WHERE id = $1', [id]))[0]!;
  const events = async (id = tenant.template.id) =>
    (await worker.rows<{ type: string }>('SELECT type FROM events WHERE resource_id = $1 ORDER BY xid, id', [id])).map(({ type }) => type);

  /** Meta's list as a sync reads it that began at this time. */
  async function listed(time: number, node: Partial<MetaTemplate> | null): Promise<void> {
    const now = new Date((BASE + time) * 1_000 + 5_000);
    const { name, language } = tenant.template;
    const nodes = node === null ? [] : [{ id: metaId, name, language, status: 'APPROVED', category: 'UTILITY', components: COMPONENTS, ...node }];
    const sync = new SyncTemplates({ db, changes: { follow: async () => {} } as never, clock: { now: () => now } });
    await sync.sync(tenant.tenantId, tenant.accountId, (async function* () { yield* nodes; })());
  }

  it('moves its state, and tells the tenant once', async () => {
    await worker.receive(status('PAUSED', 1), status('PAUSED', 1), status('APPROVED', 2), status('REJECTED', 3, { reason: 'SCAM' }));
    expect(await row()).toMatchObject({ status: 'REJECTED', rejected_reason: 'SCAM' });
    await worker.receive(status('DISABLED', 4));
    await worker.receive(status('DISABLED', 4));
    expect(await events()).toEqual(['whatsapp.template_rejected', 'whatsapp.template_disabled']);
  });

  it('comes to the same in every order, with the list among it', async () => {
    const steps: (() => Promise<void>)[] = [
      () => worker.receive(status('PAUSED', 10)),
      () => worker.receive(status('APPROVED', 20, { message_template_category: 'UTILITY' })),
      () => worker.receive(quality('RED', 15)),
      () => worker.receive(category({ previous_category: 'UTILITY', new_category: 'MARKETING' }, 25)),
      () => listed(12, { status: 'PAUSED' }),
    ];
    for (const order of [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 4, 3, 0, 2], [3, 4, 0, 2, 1], [2, 0, 4, 1, 3]]) {
      const fresh = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status: 'PENDING', components: COMPONENTS });
      tenant = { ...tenant, template: fresh };
      [{ meta_id: metaId }] = (await worker.rows<{ meta_id: string }>('SELECT meta_id FROM templates WHERE id = $1', [fresh.id])) as [{ meta_id: string }];
      await pool.query('UPDATE accounts SET templates_listed_at = NULL WHERE id = $1', [tenant.accountId]);
      for (const step of order) await steps[step]!();
      expect([order, await row()]).toMatchObject([order, { status: 'APPROVED', quality: 'RED', category: 'MARKETING' }]);
    }
  });

  it('does not come back from the past', async () => {
    await listed(30, { status: 'PAUSED' });
    await worker.receive(status('APPROVED', 29), quality('RED', 29), category({ new_category: 'MARKETING' }, 29));
    expect(await row()).toMatchObject({ status: 'PAUSED', quality: 'UNKNOWN', category: 'UTILITY' });
    await listed(20, { status: 'APPROVED' });
    expect((await row()).status).toBe('PAUSED');
    await worker.receive(status('APPROVED', 31));
    expect((await row()).status).toBe('APPROVED');
    // A list that changes nothing, and writes nothing, counts as well.
    await listed(40, { status: 'APPROVED' });
    await worker.receive(status('PAUSED', 39));
    expect((await row()).status).toBe('APPROVED');
  });

  it('announces a change of category, and makes it with a version', async () => {
    await worker.receive(category({ new_category: 'UTILITY', correct_category: 'MARKETING' }, 1));
    expect(await row()).toMatchObject({ category: 'UTILITY', correct_category: 'MARKETING', version: 1 });
    await worker.receive(category({ previous_category: 'UTILITY', new_category: 'MARKETING' }, 2));
    expect(await row()).toMatchObject({ category: 'MARKETING', correct_category: null, previous_category: 'UTILITY', version: 2 });
    expect(await worker.rows('SELECT version, category, origin FROM template_versions WHERE template_id = $1', [tenant.template.id])).toEqual([
      { version: 2, category: 'MARKETING', origin: 'meta' },
    ]);
  });

  it('has the account read again for new components, and for a template that nobody knows', async () => {
    const due = async () => (await worker.rows<{ due: boolean }>(`SELECT synced_at < now() - interval '1 day' AS due FROM phone_numbers WHERE id = $1`, [tenant.number.id]))[0]?.due;
    await worker.receive(status('PAUSED', 1));
    expect(await due()).toBe(false);
    await worker.receive(envelope('message_template_components_update', { message_template_element: 'Other {{1}} text' }, 2));
    expect(await due()).toBe(true);
    await pool.query('UPDATE phone_numbers SET synced_at = now() WHERE id = $1', [tenant.number.id]);
    await worker.receive(envelope('message_template_status_update', { event: 'APPROVED', message_template_name: 'made_elsewhere', message_template_id: uniqueDigits() }, 3));
    expect(await due()).toBe(true);
  });

  it('makes a version of what the list brings, and none of what it repeats', async () => {
    const other = [{ type: 'BODY', text: 'Your order is ready, {{1}}.', example: { body_text: [['Ana']] } }];
    await listed(10, {});
    const { version } = await row();
    await listed(20, { components: other });
    await listed(30, { components: other.map(({ type, ...body }) => ({ ...body, type })) });
    expect(await row()).toMatchObject({ version: version + 1 });
    expect(await worker.rows('SELECT origin, components FROM template_versions WHERE template_id = $1 AND version > $2', [tenant.template.id, version])).toEqual([
      { origin: 'meta', components: other },
    ]);
  });

  it('is told of a recreated template by its id only: news of the old one changes nothing', async () => {
    const old = metaId;
    await listed(10, { id: '777' });
    metaId = old;
    await worker.receive(status('DELETED', 20));
    expect((await row()).status).toBe('APPROVED');
  });

  it('reaches a draft once it was submitted, even before the answer', async () => {
    const draft = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status: 'DRAFT', meta_id: null });
    const about = { message_template_id: '4711', message_template_name: draft.name, message_template_language: draft.language };
    const approved = (time: number) => envelope('message_template_status_update', { event: 'APPROVED', ...about }, time);
    await worker.receive(approved(1));
    expect((await row(draft.id)).status).toBe('DRAFT');
    await pool.query('UPDATE templates SET submitted_at = now() WHERE id = $1', [draft.id]);
    await worker.receive(approved(2));
    expect(await row(draft.id)).toMatchObject({ status: 'APPROVED', meta_id: '4711' });
  });

  it('is deleted, and stays readable', async () => {
    await worker.receive(status('PENDING_DELETION', 1, { reason: null }));
    expect(await row()).toMatchObject({ status: 'DISABLED', rejected_reason: 'REMOVED' });
    await listed(10, null);
    expect(await events()).toEqual(['whatsapp.template_disabled']);
  });

  it("is refused from another tenant's app, and of no effect on an account that nobody has", async () => {
    const other = await makeTenant(pool);
    await worker.receiveFrom(other.tenantId, status('PAUSED', 1));
    expect((await row()).status).toBe('APPROVED');
    expect(await worker.rows(`SELECT error FROM webhook_items WHERE kind = 'template-status' AND state = 'REFUSED'`)).toEqual([{ error: 'app.not-of-tenant' }]);
    await worker.receiveFrom(tenant.tenantId, status('PAUSED', 1));
    expect((await row()).status).toBe('PAUSED');
    await worker.receive(envelope('message_template_status_update', { event: 'APPROVED' }, 9, '1'));
    expect((await row()).status).toBe('PAUSED');
  });

  it('reads an entry without a time by when it came', async () => {
    await worker.receive(status('PAUSED', 1), status('APPROVED', null));
    expect((await row()).status).toBe('APPROVED');
  });

  describe('and what waits for one', () => {
    // The number rests, so that nothing is claimed behind the back of these tests.
    const rest = () => insertHold(pool, tenant);
    beforeEach(rest);

    const claim = async () => {
      const holder = randomUUID();
      // Leased before it rests no longer: a wake-up on its way finds it taken.
      await pool.query(`UPDATE phone_numbers SET lease_holder = $2, lease_until = now() + interval '1 minute' WHERE id = $1`, [tenant.number.id, holder]);
      await pool.query(`UPDATE holds SET ended_at = now(), ended_by = 'spec' WHERE tenant_id = $1 AND ended_at IS NULL`, [tenant.tenantId]);
      const leases = new NumberLeases(db);
      const lease = await takeNumber(db, tenant.number.id, holder);
      const claimed = await new Claims(db, holder).claim(lease!, 10);
      await rest();
      await leases.release(lease!);
      return claimed.map(({ id, state }) => [id, state]);
    };
    const state = async (id: string) => (await worker.rows<{ state: string; reason: string | null; wait_cause: string | null }>('SELECT state, reason, wait_cause FROM messages WHERE id = $1', [id]))[0];

    it('is held while it is paused, and goes once it is approved again', async () => {
      await worker.receive(status('PAUSED', 1));
      const id = await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
      expect(await claim()).toEqual([[id, 'WAITING']]);
      expect(await state(id)).toEqual({ state: 'WAITING', reason: null, wait_cause: 'template' });
      await pool.query(`UPDATE messages SET updated_at = now() - interval '3 hours' WHERE id = $1`, [id]);
      await worker.receive(status('APPROVED', 2));
      expect(await state(id)).toEqual({ state: 'QUEUED', reason: null, wait_cause: null });
      const after = await worker.rows<{ stood_seconds: number }>('SELECT stood_seconds FROM messages WHERE id = $1', [id]);
      // Its validity did not run meanwhile.
      expect(after[0]!.stood_seconds).toBeGreaterThanOrEqual(3 * 3_600);
      expect(await claim()).toEqual([[id, 'DISPATCHED']]);
    });

    it.each([
      ['DISABLED', {}, 'template.disabled'],
      ['REJECTED', { reason: 'SCAM' }, 'template.rejected'],
      ['DELETED', {}, 'template.deleted'],
    ])('fails when it becomes %s, whether it was held or queued', async (event, more, reason) => {
      await worker.receive(status('PAUSED', 1));
      const held = await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
      await claim();
      const queued = await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
      await worker.receive(status(event, 2, more));
      expect(await state(held)).toEqual({ state: 'FAILED', reason, wait_cause: null });
      await claim();
      expect(await state(queued)).toEqual({ state: 'FAILED', reason, wait_cause: null });
      expect([await events(held), await events(queued)]).toEqual([['whatsapp.message_failed'], ['whatsapp.message_failed']]);
    });

    it('is let go by the sweep where the change did not come to it, all of it, and only that', async () => {
      const [paused, other] = [await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status: 'PAUSED' }), await makeTenant(pool)];
      const waiting = { state: 'WAITING', columns: { wait_cause: 'template' } } as const;
      const second = await insertNumber(pool, tenant.tenantId, tenant.accountId);
      const stays = await insertMessage(pool, pairOf(tenant), { templateId: paused.id, ...waiting });
      const pair = await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id, state: 'WAITING', columns: { wait_cause: 'pair' } });
      await insertMessages(pool, pairOf(tenant), 1_001, { templateId: tenant.template.id, ...waiting });
      await insertMessage(pool, { ...pairOf(tenant), numberId: second.id }, { templateId: tenant.template.id, ...waiting });
      const foreign = await insertMessage(pool, pairOf(other), { templateId: other.template.id, ...waiting });
      let moved = 0;
      for (let round = 0; round < 4; round += 1) moved += (await releaseAllHeldMessages(db)).reduce((sum, { count }) => sum + count, 0);
      expect(moved).toBe(1_003);
      expect([(await state(stays))?.state, (await state(pair))?.state, (await state(foreign))?.state]).toEqual(['WAITING', 'WAITING', 'QUEUED']);
    });
  });
});
