import { randomUUID } from 'node:crypto';
import { applyAccountReview, applyAccountState, applyNumberFact, SystemDb } from '@parley/data';
import { uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { customerText, TestWorker } from '../support/worker.js';

interface NumberFacts {
  tier: string | null;
  quality: string;
  perSecond: number;
  name: string;
  nameStatus: string | null;
  reason: string | null;
  paused: boolean;
  state: string;
}

describe('webhooks about numbers and accounts', () => {
  let worker: TestWorker;

  beforeAll(async () => {
    worker = await TestWorker.start();
  });
  afterAll(() => worker.stop());

  const wabaOf = async (tenant: TestTenant): Promise<string> =>
    (await worker.rows<{ waba: string }>('SELECT waba_id AS waba FROM accounts WHERE tenant_id = $1 AND id = $2', [tenant.tenantId, tenant.accountId]))[0]!.waba;

  /** A tenant whose number Meta displays like this. */
  async function tenantWith(digits: string): Promise<TestTenant & { wabaId: string; digits: string }> {
    const tenant = await worker.tenant();
    await worker.rows(`UPDATE phone_numbers SET display_phone_number = '+' || $2, quality = 'GREEN', tier = 'TIER_250' WHERE tenant_id = $1`, [tenant.tenantId, digits]);
    return { ...tenant, wabaId: await wabaOf(tenant), digits };
  }

  const said = (wabaId: string, field: string, value: object, time?: number): unknown => ({
    object: 'whatsapp_business_account',
    entry: [{ id: wabaId, ...(time !== undefined && { time }), changes: [{ field, value }] }],
  });

  const factsOf = async ({ tenantId }: TestTenant): Promise<NumberFacts> =>
    (
      await worker.rows<NumberFacts>(
        `SELECT n.tier, n.quality, n.per_second AS "perSecond", n.verified_name AS name, n.name_status AS "nameStatus", h.reason,
                h.id IS NOT NULL AS paused, a.state
           FROM phone_numbers n JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id
           LEFT JOIN holds h ON h.tenant_id = n.tenant_id AND h.scope_id IN (n.id, n.account_id) AND h.ended_at IS NULL AND coalesce(h.until > now(), true)
          WHERE n.tenant_id = $1`,
        [tenantId],
      )
    )[0]!;

  const eventsOf = async ({ tenantId }: TestTenant): Promise<string[]> =>
    (await worker.rows<{ type: string }>(`SELECT type FROM events WHERE tenant_id = $1 AND resource_type = 'number' ORDER BY id`, [tenantId])).map(({ type }) => type);

  it('tell the tier, the throughput and the name of the number with these digits, and of no other', async () => {
    const [one, neighbour] = [await tenantWith(uniqueDigits()), await tenantWith(uniqueDigits())];
    const named = { display_phone_number: one.digits };
    await worker.receive(
      said(one.wabaId, 'phone_number_quality_update', { ...named, event: 'THROUGHPUT_UPGRADE', max_daily_conversations_per_business: 'TIER_10K' }, 1_800_000_000),
      said(one.wabaId, 'phone_number_name_update', { ...named, decision: 'APPROVED', requested_verified_name: 'Aria Nova' }, 1_800_000_000),
    );
    expect(await factsOf(one)).toMatchObject({ tier: 'TIER_10K', perSecond: 1_000, name: 'Aria Nova', nameStatus: 'APPROVED' });
    expect(await factsOf(neighbour)).toMatchObject({ tier: 'TIER_250', perSecond: 80, nameStatus: null });
    expect(await eventsOf(one)).toEqual(['whatsapp.number_quality_changed', 'whatsapp.number_quality_changed']);
    expect(await eventsOf(neighbour)).toEqual([]);
  });

  it('end alike in any order, and change nothing the second time', async () => {
    const later = (tenant: { wabaId: string; digits: string }) =>
      said(tenant.wabaId, 'phone_number_quality_update', { display_phone_number: tenant.digits, event: 'UPGRADE', current_limit: 'TIER_10K' }, 1_800_000_100);
    const earlier = (tenant: { wabaId: string; digits: string }) =>
      said(tenant.wabaId, 'phone_number_quality_update', { display_phone_number: tenant.digits, event: 'DOWNGRADE', current_limit: 'TIER_1K' }, 1_800_000_000);
    for (const order of [[earlier, later], [later, earlier], [later, later, earlier, later]]) {
      const tenant = await tenantWith(uniqueDigits());
      for (const one of order) await worker.receive(one(tenant));
      expect(await factsOf(tenant)).toMatchObject({ tier: 'TIER_10K' });
    }
    const tenant = await tenantWith(uniqueDigits());
    await worker.receive(later(tenant), later(tenant));
    expect(await eventsOf(tenant)).toEqual(['whatsapp.number_quality_changed']);
  });

  it('pause the numbers of an account that Meta bans, with the reason, until Meta reinstates it', async () => {
    const tenant = await tenantWith(uniqueDigits());
    const ban = (state: string, time: number) => said(tenant.wabaId, 'account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: state } }, time);
    await worker.receive(ban('DISABLE', 1_800_000_000));
    expect(await factsOf(tenant)).toMatchObject({ paused: true, reason: 'account.disabled', state: 'DISABLED' });
    // An older word, late: the ban stands.
    await worker.receive(ban('REINSTATE', 1_799_999_999));
    expect(await factsOf(tenant)).toMatchObject({ paused: true, state: 'DISABLED' });
    await worker.receive(ban('REINSTATE', 1_800_000_100));
    expect(await factsOf(tenant)).toMatchObject({ paused: false, reason: null, state: 'ACTIVE' });
    expect(await eventsOf(tenant)).toEqual(['whatsapp.number_paused', 'whatsapp.number_resumed']);
  });

  it('pause for a restriction no longer than it lasts, and leave a pause that is not of theirs', async () => {
    const [running, over] = [await tenantWith(uniqueDigits()), await tenantWith(uniqueDigits())];
    const until = Math.floor(Date.now() / 1_000) + 3_600;
    const restriction = (expiration: number) => ({ event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING', expiration }] });
    await worker.receive(said(running.wabaId, 'account_update', restriction(until)), said(over.wabaId, 'account_update', restriction(1_600_000_000)));
    const [row] = await worker.rows<{ until: Date }>('SELECT until FROM holds WHERE tenant_id = $1', [running.tenantId]);
    expect(row!.until.getTime()).toBe(until * 1_000);
    expect(await factsOf(over)).toMatchObject({ paused: false, state: 'RESTRICTED' });
    await worker.rows(
      `INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor) SELECT tenant_id, 'number', id, 'throttle', 'throttled', 'spec' FROM phone_numbers WHERE tenant_id = $1`,
      [over.tenantId],
    );
    await worker.receive(said(over.wabaId, 'account_update', { event: 'ACCOUNT_RECONNECTED' }));
    expect(await factsOf(over)).toMatchObject({ paused: true, reason: 'throttled', state: 'ACTIVE' });
  });

  it('hold only what the business begins where only that is restricted, until Meta says otherwise', async () => {
    const [tenant, neighbour] = [await tenantWith(uniqueDigits()), await tenantWith(uniqueDigits())];
    const held = (of: { tenantId: string }) =>
      worker.rows('SELECT scope, cause, reason, until FROM holds WHERE tenant_id = $1 AND ended_at IS NULL', [of.tenantId]);
    const restriction = { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_900_000_000 }] };
    const [first, again] = [said(tenant.wabaId, 'account_update', restriction, 1_800_000_000), said(tenant.wabaId, 'account_update', restriction, 1_800_000_001)];
    await worker.receive(first, first, again);
    expect(await held(tenant)).toEqual([{ scope: 'template', cause: 'account', reason: 'account.restricted', until: new Date(1_900_000_000_000) }]);
    expect(await factsOf(tenant)).toMatchObject({ paused: false, state: 'RESTRICTED' });
    expect(await held(neighbour)).toEqual([]);
    await worker.receive(said(tenant.wabaId, 'account_update', { event: 'ACCOUNT_RECONNECTED' }, 1_800_000_002));
    expect(await held(tenant)).toEqual([]);
  });

  it('keep the username of the number, the newest word of it', async () => {
    const tenant = await tenantWith(uniqueDigits());
    const name = (username: string, status: string, time: number) => said(tenant.wabaId, 'business_username_update', { display_phone_number: tenant.digits, username, status }, time);
    await worker.receive(name('trattoria', 'approved', 1_800_000_100), name('old', 'reserved', 1_800_000_000));
    expect(await worker.rows('SELECT username, username_status FROM phone_numbers WHERE tenant_id = $1', [tenant.tenantId])).toEqual([{ username: 'trattoria', username_status: 'approved' }]);
    await worker.receive(name('trattoria', 'deleted', 1_800_000_200));
    expect(await worker.rows('SELECT username, username_status FROM phone_numbers WHERE tenant_id = $1', [tenant.tenantId])).toEqual([{ username: null, username_status: 'deleted' }]);
  });

  it('through the app of one tenant never touch another', async () => {
    const [own, victim] = [await tenantWith(uniqueDigits()), await tenantWith(uniqueDigits())];
    const ban = { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } };
    await worker.receiveFrom(own.tenantId, said(victim.wabaId, 'account_update', ban), said(own.wabaId, 'account_update', ban));
    expect(await factsOf(victim)).toMatchObject({ paused: false, state: 'ACTIVE' });
    expect(await factsOf(own)).toMatchObject({ paused: true, state: 'DISABLED' });
    const refused = await worker.rows<{ state: string; error: string }>(`SELECT state, error FROM webhook_items WHERE kind = 'account-update'`);
    expect(refused).toEqual([{ state: 'REFUSED', error: 'app.not-of-tenant' }]);
  });

  it('of accounts that nobody has, and of kinds that stop nothing, cost their neighbours nothing', async () => {
    const tenant = await tenantWith(uniqueDigits());
    await worker.receive(
      said('42', 'account_update', { event: 'ACCOUNT_DELETED' }),
      said(tenant.wabaId, 'account_alerts', { alert_info: { alert_type: 'OBA_APPROVED' } }),
      said(tenant.wabaId, 'security', { display_phone_number: tenant.digits, event: 'PIN_CHANGED' }),
      said(tenant.wabaId, 'phone_number_name_update', { display_phone_number: tenant.digits, decision: 'APPROVED', requested_verified_name: 'A\u0000b' }),
      said(tenant.wabaId, 'business_capability_update', { max_daily_conversations_per_business: 100_000 }),
    );
    expect(await factsOf(tenant)).toMatchObject({ paused: false, tier: 'TIER_100K', nameStatus: 'APPROVED' });
  });

  it('are applied to an account by tenant and id together: one without the other changes nothing', async () => {
    const [own, victim] = [await tenantWith(uniqueDigits()), await tenantWith(uniqueDigits())];
    const crossed = { tenantId: own.tenantId, id: victim.accountId };
    const at = new Date();
    await worker.app.get(SystemDb, { strict: false }).transaction(async (tx) => {
      expect(await applyAccountState(tx, crossed, { kind: 'account-state', state: 'DISABLED', reason: 'account.disabled', until: null }, at)).toBeNull();
      expect(await applyNumberFact(tx, crossed, { kind: 'tier', digits: null, tier: 'TIER_50' }, at)).toEqual([]);
      expect(await applyAccountReview(tx, crossed, 'REJECTED', at)).toBe(false);
    });
    for (const tenant of [own, victim]) expect(await factsOf(tenant)).toMatchObject({ paused: false, tier: 'TIER_250', state: 'ACTIVE' });
  });

  it('show that webhooks of a number arrive, to the doctor', async () => {
    const tenant = await worker.tenant();
    const seen = async () => (await worker.rows<{ seen: boolean }>('SELECT last_webhook_at IS NOT NULL AS seen FROM phone_numbers WHERE tenant_id = $1', [tenant.tenantId]))[0]!.seen;
    const [{ graph }] = (await worker.rows<{ graph: string }>('SELECT graph_id AS graph FROM phone_numbers WHERE tenant_id = $1', [tenant.tenantId])) as [{ graph: string }];
    const stranger = await worker.tenant();
    await worker.receiveFrom(stranger.tenantId, customerText(graph, '+40723000801', 'Hi'));
    expect(await seen()).toBe(false);
    await worker.receive(customerText(graph, '+40723000801', 'Hi'));
    expect(await seen()).toBe(true);
  });

  it.each([
    ['a number', (bad: string) => customerText(bad, '+40723000802', 'Hi')],
    ['an account, of a template', (bad: string) => said(bad, 'message_template_status_update', { event: 'DELETED', message_template_id: 1, message_template_name: 'parley_canary_x', message_template_language: 'en' })],
    ['an account', (bad: string) => said(bad, 'account_update', { event: 'ACCOUNT_DELETED' })],
    ['a number, by what it displays', (bad: string) => said('42', 'phone_number_name_update', { display_phone_number: bad, decision: 'APPROVED' })],
  ])('hold up nobody else by an id of %s that no database takes, whoever signed it', async (_, make) => {
    const tenant = await tenantWith(uniqueDigits());
    for (const bad of ['1\u0000', '1\ud800', '', ' 1', '9'.repeat(40)]) await worker.receiveFrom(tenant.tenantId, make(bad));
    await worker.receive(said(tenant.wabaId, 'business_capability_update', { max_daily_conversations_per_business: 10_000 }));
    expect(await factsOf(tenant)).toMatchObject({ tier: 'TIER_10K' });
    expect(await worker.rows(`SELECT id FROM webhook_events WHERE state = 'NEW'`)).toEqual([]);
  });

  it('prove a canary by the template that it made, when the right account is told of it by the right app', async () => {
    const [one, other] = [await tenantWith(uniqueDigits()), await tenantWith(uniqueDigits())];
    const name = `parley_canary_${randomUUID().replaceAll('-', '')}`;
    const [{ number }] = (await worker.rows<{ number: string }>('SELECT id AS number FROM phone_numbers WHERE tenant_id = $1', [one.tenantId])) as [{ number: string }];
    await worker.rows(`INSERT INTO canaries (tenant_id, phone_number_id, kind, template_name) VALUES ($1, $2, 'template', $3)`, [one.tenantId, number, name]);
    const status = (wabaId: string) => said(wabaId, 'message_template_status_update', { event: 'DELETED', message_template_id: 1, message_template_name: name, message_template_language: 'en-US' });
    const seen = async () => (await worker.rows<{ seen: boolean }>('SELECT seen_at IS NOT NULL AS seen FROM canaries WHERE template_name = $1', [name]))[0]!.seen;
    await worker.receive(status(other.wabaId));
    await worker.receiveFrom(other.tenantId, status(one.wabaId));
    expect(await seen()).toBe(false);
    await worker.receive(status(one.wabaId), status(one.wabaId));
    expect(await seen()).toBe(true);
  });
});
