import { FIGURES_CAP, Holds, SystemDb } from '@parley/data';
import { UNCERTAIN, type AlertKind } from '@parley/domain';
import { Metrics } from '@parley/platform';
import { ALERT_SETTINGS, alertsAge, insertAgedQueue, insertAttempts, lookNow, type KeptAlert } from '../support/alerts.js';
import { insertMessages, insertRow, pairOf, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { TestWorker } from '../support/worker.js';

/** What goes wrong, and how it is mended. */
interface Trouble {
  readonly kind: AlertKind;
  readonly what: string;
  /** Whether the incident is the platform's. */
  readonly ofPlatform?: boolean;
  readonly begin: (tenant: TestTenant) => Promise<unknown>;
  readonly end: (tenant: TestTenant) => Promise<unknown>;
}

let worker: TestWorker;

beforeAll(async () => {
  worker = await TestWorker.start(ALERT_SETTINGS);
}, 60_000);
afterAll(() => worker.stop());

const sql = (text: string, ...values: unknown[]) => worker.pool.query(text, values);
const holds = () => new Holds(worker.app.get(SystemDb, { strict: false }));

const alertsOf = (kind: string, tenantId: string | null) =>
  worker.rows<KeptAlert>('SELECT * FROM alerts WHERE kind = $1 AND tenant_id IS NOT DISTINCT FROM $2 ORDER BY id', [kind, tenantId]);

async function tellingsOf(kind: string, tenantId: string | null): Promise<string[]> {
  const rows = await worker.rows<{ tells: string }>(
    `SELECT d.tells FROM alert_deliveries d JOIN alerts a ON a.id = d.alert_id WHERE a.kind = $1 AND a.tenant_id IS NOT DISTINCT FROM $2 ORDER BY d.id`,
    [kind, tenantId],
  );
  return rows.map(({ tells }) => tells);
}

const accept = ({ tenantId }: TestTenant) => sql(`UPDATE messages SET state = 'ACCEPTED', wait_cause = NULL WHERE tenant_id = $1`, tenantId);
const dead = (tenant: TestTenant, count: number, minutesAgo = 0) =>
  insertMessages(worker.pool, pairOf(tenant), count, { state: 'FAILED', columns: { dead_lettered_at: new Date(Date.now() - minutesAgo * 60_000) } });

const TROUBLES: readonly Trouble[] = [
  {
    kind: 'dead_letter_growth',
    what: 'dead letters of the last hour',
    begin: (tenant) => dead(tenant, 5),
    end: ({ tenantId }) => sql(`UPDATE messages SET dead_lettered_at = now() - interval '2 hours' WHERE tenant_id = $1`, tenantId),
  },
  { kind: 'queue_depth', what: 'messages due for more than a minute', begin: (tenant) => insertAgedQueue(worker.pool, tenant, 6), end: accept },
  {
    kind: 'stuck_messages',
    what: 'a message tried three times and three hours old',
    begin: (tenant) => insertAgedQueue(worker.pool, tenant, 1, { attempts: 3 }),
    end: accept,
  },
  {
    kind: 'escalation',
    what: 'a message tried five times',
    begin: (tenant) => insertMessages(worker.pool, pairOf(tenant), 1, { state: 'WAITING', columns: { attempts: 5, wait_cause: 'retry' } }),
    end: accept,
  },
  {
    kind: 'uncertain_outcome',
    what: 'a message of which Meta never told',
    begin: (tenant) => insertMessages(worker.pool, pairOf(tenant), 1, { state: 'FAILED', columns: { reason: UNCERTAIN, dead_lettered_at: new Date() } }),
    end: ({ tenantId }) => sql(`UPDATE messages SET state = 'DELIVERED', dead_lettered_at = NULL WHERE tenant_id = $1`, tenantId),
  },
  {
    kind: 'failure_rate',
    what: 'three of nine sends that fail',
    begin: async (tenant) => {
      await insertAttempts(worker.pool, tenant, 6, { outcome: 'accepted' });
      await dead(tenant, 3);
    },
    end: ({ tenantId }) => sql('UPDATE messages SET dead_lettered_at = NULL WHERE tenant_id = $1', tenantId),
  },
  {
    kind: 'limits',
    what: 'throttling in three different minutes',
    begin: async (tenant) => {
      for (const minutesAgo of [1, 5, 9]) await insertAttempts(worker.pool, tenant, 1, { outcome: 'refused', error_code: 130429 }, minutesAgo);
    },
    end: async ({ tenantId }) => {
      await sql('UPDATE message_attempts SET error_code = 131000 WHERE tenant_id = $1', tenantId);
      await sql(`UPDATE outbound_tallies SET at = at - interval '2 hours' WHERE tenant_id = $1`, tenantId);
    },
  },
  {
    kind: 'limits',
    what: 'a quota that is used up',
    begin: ({ tenantId }) => insertRow(worker.pool, 'rate_limits', { tenant_id: tenantId, quota: 50, reserved: 50, window_started_at: new Date() }),
    end: ({ tenantId }) => sql('UPDATE rate_limits SET quota = 100 WHERE tenant_id = $1', tenantId),
  },
  {
    kind: 'limits',
    what: 'a tier close to its end',
    begin: async ({ tenantId, accountId, number, contact }) => {
      await sql(`UPDATE phone_numbers SET tier = 'TIER_1' WHERE id = $1`, number.id);
      const { rows } = await sql('SELECT coalesce(business_id, waba_id) AS portfolio_id FROM accounts WHERE id = $1', accountId);
      const { portfolio_id } = rows[0] as { portfolio_id: string };
      await insertRow(worker.pool, 'tier_budgets', { portfolio_id, used: 1 });
      await insertRow(worker.pool, 'tier_contacts', { portfolio_id, tenant_id: tenantId, contact_id: contact.id });
    },
    end: ({ tenantId }) => sql(`UPDATE tier_contacts SET counted_at = now() - interval '25 hours' WHERE tenant_id = $1`, tenantId),
  },
  {
    kind: 'number_paused',
    what: 'a number that Meta holds',
    begin: ({ tenantId, number }) =>
      holds().begin({ tenantId, scope: 'number', scopeId: number.id, cause: 'pause', reason: 'meta.131048', actor: 'meta', untilMs: null }),
    end: ({ tenantId, number }) => holds().end({ tenantId, scope: 'number', scopeId: number.id, actor: 'meta' }),
  },
  {
    kind: 'credential_invalid',
    what: 'a token that Meta refuses',
    begin: ({ tenantId, accountId }) =>
      holds().begin({ tenantId, scope: 'account', scopeId: accountId, cause: 'credential', reason: 'credential.invalid', actor: 'system', untilMs: null }),
    end: ({ tenantId, accountId }) => holds().end({ tenantId, scope: 'account', scopeId: accountId, actor: 'system' }),
  },
  {
    kind: 'quality_dropped',
    what: 'a number rated red',
    begin: ({ number }) => sql(`UPDATE phone_numbers SET quality = 'RED' WHERE id = $1`, number.id),
    end: ({ number }) => sql(`UPDATE phone_numbers SET quality = 'GREEN' WHERE id = $1`, number.id),
  },
  {
    kind: 'template_stopped',
    what: 'a template that Meta paused',
    begin: ({ template }) => sql(`UPDATE templates SET status = 'PAUSED', status_at = now() + interval '1 minute' WHERE id = $1`, template.id),
    end: ({ template }) => sql(`UPDATE templates SET status = 'APPROVED' WHERE id = $1`, template.id),
  },
  {
    kind: 'webhooks_silent',
    what: 'sends without any webhook',
    begin: (tenant) => insertAttempts(worker.pool, tenant, 5, { outcome: 'accepted' }, 10),
    end: ({ number }) => sql('UPDATE phone_numbers SET last_webhook_at = now() WHERE id = $1', number.id),
  },
  {
    kind: 'webhook_refused',
    what: 'an app that speaks for somebody else',
    ofPlatform: true,
    begin: ({ tenantId, number }) =>
      insertRow(worker.pool, 'webhook_items', { tenant_id: tenantId, event_id: number.id, path: `/${uniqueDigits()}`, kind: 'message', state: 'REFUSED' }),
    end: () => sql(`UPDATE webhook_items SET state = 'DONE' WHERE state = 'REFUSED'`),
  },
  {
    kind: 'ingest_stalled',
    what: 'a webhook that nobody processes',
    ofPlatform: true,
    begin: () => sql(`INSERT INTO webhook_events (id, meta_app_id, body) VALUES (uuid_v7(now() - interval '5 minutes'), '1', '{}')`),
    end: () => sql(`UPDATE webhook_events SET state = 'DONE' WHERE state = 'NEW'`),
  },
  {
    kind: 'number_silent',
    what: 'a number to which nobody writes any more',
    begin: (tenant) => talked(tenant, [1, 2, 3, 4, 5, 6, 7].map((days) => days * 24 + 1)),
    end: (tenant) => talked(tenant, [0]),
  },
];

/** Twenty messages of customers in the hours that began so many hours ago. */
function talked({ tenantId, number }: TestTenant, hoursAgo: readonly number[]): Promise<unknown> {
  return sql(
    `INSERT INTO message_stats (tenant_id, hour, phone_number_id, received, accepted, sent, delivered, read, failed, expired, cancelled, charged, unpriced, cost_micros)
     SELECT $1, date_trunc('hour', now()) - make_interval(hours => h), $2, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM unnest($3::int[]) AS h`,
    tenantId, number.id, hoursAgo,
  );
}

describe.each(TROUBLES)('$what ($kind)', ({ kind, begin, end, ofPlatform = false }) => {
  it('opens one incident, of whose trouble it is, and ends it once', async () => {
    const [tenant, other] = [await worker.tenant(), await worker.tenant()];
    const of = ofPlatform ? null : tenant.tenantId;
    await lookNow(worker);
    expect(await alertsOf(kind, of)).toEqual([]);
    await begin(tenant);
    await lookNow(worker);
    await lookNow(worker);
    expect(await alertsOf(kind, of)).toMatchObject([{ state: 'OPEN', told: 'opened' }]);
    expect(await alertsOf(kind, other.tenantId)).toEqual([]);

    await end(tenant);
    await lookNow(worker);
    expect(await alertsOf(kind, of)).toMatchObject([{ state: 'OPEN' }]);
    await alertsAge(worker, 5);
    await lookNow(worker);
    await lookNow(worker);
    expect(await alertsOf(kind, of)).toMatchObject([{ state: 'RESOLVED', told: 'resolved' }]);
    expect(await tellingsOf(kind, of)).toEqual(['opened', 'resolved']);
  });
});

describe('the depth of the queue', () => {
  it('counts neither what is held, nor what is scheduled, nor what came this minute', async () => {
    const [held, scheduled, fresh] = [await worker.tenant(), await worker.tenant(), await worker.tenant()];
    await insertAgedQueue(worker.pool, held, 6);
    await holds().begin({ tenantId: held.tenantId, scope: 'number', scopeId: held.number.id, cause: 'pause', reason: 'by hand', actor: 'user:ana', untilMs: null });
    await insertAgedQueue(worker.pool, scheduled, 6);
    await sql(`UPDATE messages SET state = 'WAITING', wait_cause = 'schedule' WHERE tenant_id = $1 AND state = 'QUEUED'`, scheduled.tenantId);
    await insertMessages(worker.pool, pairOf(fresh), 6);
    await lookNow(worker);
    for (const { tenantId } of [held, scheduled, fresh]) expect(await alertsOf('queue_depth', tenantId)).toEqual([]);
    const figures = await worker.rows(`SELECT due, queued FROM outbound_figures WHERE tenant_id = ANY ($1) ORDER BY tenant_id`, [
      [held.tenantId, scheduled.tenantId, fresh.tenantId],
    ]);
    expect(figures).toEqual([6, 6, 6].map((queued) => ({ due: 0, queued })));
    // What a person paused is noted and wakes nobody.
    expect(await alertsOf('number_paused', held.tenantId)).toMatchObject([{ severity: 'info', facts: { reason: 'by hand' } }]);
  });

  it('that many small tenants make together is one incident of the platform', async () => {
    const tenants = [await worker.tenant(), await worker.tenant(), await worker.tenant()];
    for (const tenant of tenants) await insertAgedQueue(worker.pool, tenant, 2);
    await lookNow(worker);
    expect(await alertsOf('queue_depth', null)).toMatchObject([{ state: 'OPEN', facts: { count: 6, threshold: 5 } }]);
    for (const { tenantId } of tenants) expect(await alertsOf('queue_depth', tenantId)).toEqual([]);
    for (const tenant of tenants) await accept(tenant);
  });
});

it('counts a backlog up to a cap, so that its length costs nothing', async () => {
  const tenant = await worker.tenant();
  await insertMessages(worker.pool, pairOf(tenant), FIGURES_CAP + 100);
  await lookNow(worker);
  const figures = await worker.rows('SELECT queued, is_capped FROM outbound_figures WHERE tenant_id = $1', [tenant.tenantId]);
  expect(figures).toEqual([{ queued: FIGURES_CAP, is_capped: true }]);
});

it('an incident that gets worse is told as such, once', async () => {
  const tenant = await worker.tenant();
  await insertRow(worker.pool, 'rate_limits', { tenant_id: tenant.tenantId, quota: 50, reserved: 45, window_started_at: new Date() });
  await lookNow(worker);
  expect(await alertsOf('limits', tenant.tenantId)).toMatchObject([{ severity: 'warning' }]);
  await sql('UPDATE rate_limits SET reserved = 50 WHERE tenant_id = $1', tenant.tenantId);
  await lookNow(worker);
  await lookNow(worker);
  expect(await alertsOf('limits', tenant.tenantId)).toMatchObject([{ severity: 'critical', told: 'worse' }]);
  expect(await tellingsOf('limits', tenant.tenantId)).toEqual(['opened', 'worse']);
});

it('what comes back soon after its end is the same incident, told again only after the cooldown', async () => {
  const tenant = await worker.tenant();
  const flip = (quality: string) => sql('UPDATE phone_numbers SET quality = $2 WHERE id = $1', tenant.number.id, quality);
  await flip('RED');
  await lookNow(worker);
  await flip('GREEN');
  await alertsAge(worker, 5);
  await lookNow(worker);
  await flip('RED');
  await lookNow(worker);
  expect(await alertsOf('quality_dropped', tenant.tenantId)).toMatchObject([{ state: 'OPEN', told: 'resolved' }]);
  expect(await tellingsOf('quality_dropped', tenant.tenantId)).toEqual(['opened', 'resolved']);
  await alertsAge(worker, 61);
  await lookNow(worker);
  expect(await tellingsOf('quality_dropped', tenant.tenantId)).toEqual(['opened', 'resolved', 'reminder']);
  expect(await alertsOf('quality_dropped', tenant.tenantId)).toHaveLength(1);
});

it('a check that fails costs the others nothing and stays due', async () => {
  const tenant = await worker.tenant();
  await sql(`UPDATE phone_numbers SET quality = 'YELLOW' WHERE id = $1`, tenant.number.id);
  // A number that no integer holds: the arithmetic of the tiers fails.
  await sql(`UPDATE accounts SET business_id = 'broken-portfolio' WHERE id = $1`, tenant.accountId);
  await sql(`INSERT INTO tier_budgets (portfolio_id, used) VALUES ('broken-portfolio', 2147483647)`);
  await sql(`UPDATE phone_numbers SET tier = 'TIER_50' WHERE id = $1`, tenant.number.id);
  await lookNow(worker);
  expect(await alertsOf('quality_dropped', tenant.tenantId)).toHaveLength(1);
  const due = await worker.rows<{ name: string }>(`SELECT name FROM alert_checks WHERE checked_at < now() - interval '1 hour'`);
  expect(due.map(({ name }) => name)).toEqual(['limits']);
  await sql(`UPDATE tier_budgets SET used = 0 WHERE portfolio_id = 'broken-portfolio'`);
});

it('counts incidents under the names that dashboards read', async () => {
  const { body } = await worker.app.get(Metrics, { strict: false }).render();
  for (const line of [
    'outbound_message_stuck_alert_total{channel="WHATSAPP",status="QUEUED"} 1',
    'outbound_message_dead_letter_alert_total 1',
    'alerts_total{kind="webhook_refused"} 1',
    'alerts_resolved_total{kind="webhook_refused"} 1',
  ]) {
    expect(body).toContain(line);
  }
});
