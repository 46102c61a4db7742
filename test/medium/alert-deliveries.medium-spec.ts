import type { ServerResponse } from 'node:http';
import { alertTargetPlace, type SlackMessage } from '@parley/alerts';
import { Metrics, Sealer } from '@parley/platform';
import { ALERT_SETTINGS, alertsAge, deliverNow, lookNow, type KeptAlert } from '../support/alerts.js';
import { FakeGraph } from '../support/fake-graph.js';
import { insertNumber, insertRow, type TestTenant } from '../support/fixtures.js';
import { MailServer } from '../support/mail-server.js';
import { RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker } from '../support/worker.js';

interface ChannelState {
  last_error: string | null;
  failures: number;
  quiet_seconds: number;
}

let worker: TestWorker;
let mail: MailServer;
/** Stands for Slack; the path names the webhook. */
let slack: FakeGraph;
const refusals = new Map<string, (response: ServerResponse) => void>();

const PLATFORM_HOOK = '/platform';
const OPERATOR = 'operator@example.com';

beforeAll(async () => {
  mail = await MailServer.start();
  slack = await FakeGraph.start(({ url }, response) => {
    const refuse = refusals.get(url);
    if (refuse) refuse(response);
    else response.end('ok');
  });
  worker = await TestWorker.start(settings());
}, 60_000);
afterAll(async () => {
  await worker.stop();
  await Promise.all([mail.stop(), slack.stop()]);
});
beforeEach(async () => {
  refusals.clear();
  await sql('UPDATE alert_channels SET quiet_until = NULL');
});

const settings = (): Record<string, string> => ({
  ...ALERT_SETTINGS,
  SMTP_URL: mail.url,
  SMTP_REQUIRE_TLS: 'false',
  ALERT_EMAIL_TO: OPERATOR,
  ALERT_SLACK_WEBHOOK_URL: `${slack.url}${PLATFORM_HOOK}`,
  HTTP_ALLOWED_ORIGINS: slack.url,
});

const sql = (text: string, ...values: unknown[]) => worker.pool.query(text, values);
const told = (path: string): SlackMessage[] => slack.seen.filter(({ url }) => url === path).map(({ body }) => JSON.parse(body) as SlackMessage);
const quality = (numberId: string, value: string) => sql('UPDATE phone_numbers SET quality = $2 WHERE id = $1', numberId, value);

/** A Slack channel of the tenant's own. @returns its id and the path under which Slack hears of it */
async function ownChannel(tenant: TestTenant): Promise<{ id: string; path: string }> {
  const path = `/hook-${tenant.tenantId}`;
  const { id } = await insertRow<{ id: string }>(worker.pool, 'alert_channels', { tenant_id: tenant.tenantId, type: 'slack', name: 'Kitchen' });
  const sealed = worker.app.get(Sealer, { strict: false }).seal(`${slack.url}${path}`, alertTargetPlace(tenant.tenantId, id, 1));
  await sql('UPDATE alert_channels SET target_sealed = $2 WHERE id = $1', id, sealed);
  return { id, path };
}

async function stateOf(channelId: string): Promise<ChannelState> {
  const [row] = await worker.rows<ChannelState>(
    `SELECT last_error, failures, coalesce(extract(epoch FROM quiet_until - now()), 0)::float AS quiet_seconds FROM alert_channels WHERE id = $1`,
    [channelId],
  );
  return row!;
}

async function see(): Promise<void> {
  await lookNow(worker);
  await deliverNow(worker);
}

it('tells the tenant, and the operators by email and Slack, once and when it is over; another tenant hears nothing', async () => {
  const [tenant, other] = [await worker.tenant({ name: 'Casa <Verde> & Co' }), await worker.tenant()];
  const [own, foreign] = [await ownChannel(tenant), await ownChannel(other)];
  await quality(tenant.number.id, 'RED');
  await see();
  await see();
  const [message, ...rest] = told(own.path);
  expect(rest).toEqual([]);
  expect(message).toMatchObject({ text: expect.stringContaining('[critical] The quality of +40 722 000 000 is RED (Casa &lt;Verde&gt; &amp; Co)') as unknown });
  expect(message!.attachments).toMatchObject([{ color: '#D92D20' }]);
  expect(told(foreign.path)).toEqual([]);
  expect(told(PLATFORM_HOOK)).toHaveLength(1);

  const [email] = mail.mailsTo(OPERATOR);
  expect(email!.subject).toBe('[critical] The quality of +40 722 000 000 is RED (Casa <Verde> & Co)');
  expect(email!.text).toContain('What to do: Send less marketing');
  expect(email!.html).toContain('Casa &lt;Verde&gt; &amp; Co');
  expect(email!.html).not.toContain('<Verde>');
  expect(email!.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));

  await quality(tenant.number.id, 'GREEN');
  await alertsAge(worker, 5);
  await see();
  await see();
  expect(told(own.path).map(({ attachments }) => attachments[0]!.color)).toEqual(['#D92D20', '#12B76A']);
  expect(mail.mailsTo(OPERATOR).map(({ subject }) => subject!.slice(0, 10))).toEqual(['[critical]', '[resolved]']);
  const { body } = await worker.app.get(Metrics, { strict: false }).render();
  expect(body).toContain('outbound_alert_email_sent_total{severity="critical"} 2');
  expect(body).toContain('outbound_alert_slack_sent_total{severity="critical"} 4');
});

it('many at once are one digest, and the channel then has its peace for a while', async () => {
  const tenant = await worker.tenant();
  const { id, path } = await ownChannel(tenant);
  const emails = mail.mailsTo(OPERATOR).length;
  for (let count = 0; count < 30; count += 1) await insertNumber(worker.pool, tenant.tenantId, tenant.accountId, { quality: count % 3 ? 'YELLOW' : 'RED' });
  await see();
  const [digest, ...rest] = told(path);
  expect(rest).toEqual([]);
  expect(digest!.text).toBe('30 alerts at once, 10 of them critical');
  expect(JSON.stringify(digest)).toContain('… and 10 more');
  expect(mail.mailsTo(OPERATOR)).toHaveLength(emails + 1);
  expect((await stateOf(id)).quiet_seconds).toBeGreaterThan(200);

  await quality(tenant.number.id, 'RED');
  await see();
  expect(told(path)).toHaveLength(1);
  await sql('UPDATE alert_channels SET quiet_until = NULL');
  await see();
  expect(told(path)).toHaveLength(2);
});

it('a channel that fails is left alone for longer each time, says why, alarms nobody about itself, and is told in the end', async () => {
  const tenant = await worker.tenant();
  const [{ id, path }, before] = [await ownChannel(tenant), await worker.rows('SELECT FROM alerts')];
  refusals.set(path, (response) => response.writeHead(503).end('down'));
  await quality(tenant.number.id, 'RED');
  await see();
  await see();
  expect(told(path)).toHaveLength(1);
  expect(await stateOf(id)).toMatchObject({ failures: 1, last_error: 'Slack refused the message (503, down).' });
  await sql('UPDATE alert_channels SET quiet_until = NULL WHERE id = $1', id);
  await see();
  const { failures, quiet_seconds } = await stateOf(id);
  expect([failures, quiet_seconds > 55]).toEqual([2, true]);

  refusals.clear();
  await sql('UPDATE alert_channels SET quiet_until = NULL WHERE id = $1', id);
  await see();
  await see();
  expect(told(path)).toHaveLength(3);
  expect(await stateOf(id)).toMatchObject({ failures: 0, last_error: null });
  expect(await worker.rows('SELECT FROM alerts')).toHaveLength(before.length + 1);
});

it('waits as long as Slack asks for', async () => {
  const tenant = await worker.tenant();
  const { id, path } = await ownChannel(tenant);
  refusals.set(path, (response) => response.writeHead(429, { 'retry-after': '600' }).end());
  await quality(tenant.number.id, 'RED');
  await see();
  expect((await stateOf(id)).quiet_seconds).toBeGreaterThan(590);
});

it('a webhook that was revoked, and an address of a private network, are not asked again for the same news', async () => {
  const tenant = await worker.tenant();
  const { id, path } = await ownChannel(tenant);
  refusals.set(path, (response) => response.writeHead(404).end('no_service'));
  await quality(tenant.number.id, 'RED');
  await see();
  const state = async () => (await worker.rows<{ state: string }>('SELECT state FROM alert_deliveries WHERE channel_id = $1 ORDER BY id', [id])).map((row) => row.state);
  expect(await state()).toEqual(['FAILED']);
  expect(await stateOf(id)).toMatchObject({ last_error: 'Slack refused the message (404, no_service).' });

  const sealed = worker.app.get(Sealer, { strict: false }).seal('https://10.0.0.1/hook', alertTargetPlace(tenant.tenantId, id, 1));
  await sql('UPDATE alert_channels SET target_sealed = $2, quiet_until = NULL WHERE id = $1', id, sealed);
  await sql(`UPDATE templates SET status = 'REJECTED', status_at = now() + interval '1 minute' WHERE id = $1`, tenant.template.id);
  await see();
  expect(await state()).toEqual(['FAILED', 'FAILED']);
});

it('a mail server that is away or refuses keeps nobody else from hearing', async () => {
  const tenant = await worker.tenant();
  const { path } = await ownChannel(tenant);
  mail.refusesWith = 451;
  await quality(tenant.number.id, 'RED');
  await see();
  expect(told(path)).toHaveLength(1);
  const [email] = await worker.rows<ChannelState>(`SELECT last_error, failures FROM alert_channels WHERE tenant_id IS NULL AND type = 'email'`);
  expect(email).toEqual({ last_error: 'The mail server answered 451.', failures: 1 });
  mail.refusesWith = null;
});

it('what was over before its channel answered again is told in one message', async () => {
  const tenant = await worker.tenant();
  const { id, path } = await ownChannel(tenant);
  refusals.set(path, (response) => response.writeHead(500).end());
  await quality(tenant.number.id, 'RED');
  await see();
  await quality(tenant.number.id, 'GREEN');
  await alertsAge(worker, 5);
  await lookNow(worker);
  refusals.clear();
  await sql('UPDATE alert_channels SET quiet_until = NULL WHERE id = $1', id);
  await deliverNow(worker);
  expect(told(path).slice(1).map(({ text }) => text.slice(0, 10))).toEqual(['[resolved]']);
});

it('two workers that look and tell at the same time open and tell an incident once', async () => {
  const second = await TestWorker.start({ ...settings(), DATABASE_APP_URL: worker.config.DATABASE_APP_URL, DATABASE_SYSTEM_URL: worker.config.DATABASE_SYSTEM_URL });
  try {
    const tenant = await worker.tenant();
    const { path } = await ownChannel(tenant);
    await quality(tenant.number.id, 'RED');
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([lookNow(worker), lookNow(second)]);
      await Promise.all([deliverNow(worker), deliverNow(second)]);
    }
    expect(await worker.rows<KeptAlert>('SELECT * FROM alerts WHERE tenant_id = $1', [tenant.tenantId])).toHaveLength(1);
    expect(told(path)).toHaveLength(1);
  } finally {
    await second.stop();
  }
}, 30_000);

it('sees that Redis is away, and tells, without Redis; and that it is back', async () => {
  const redis = await RedisServer.reserve();
  await redis.start();
  const alone = await TestWorker.start({ ...settings(), REDIS_URL: redis.url, ALERT_REDIS_AWAY_SECONDS: '1', ALERT_CALM_SECONDS: '0' });
  const before = told(PLATFORM_HOOK).length;
  const alerts = () => alone.rows('SELECT kind, tenant_id, state FROM alerts');
  const lookUntil = (state: string) =>
    waitFor(async () => {
      await lookNow(alone);
      return (await alone.rows('SELECT FROM alerts WHERE state = $1', [state])).length > 0;
    });
  try {
    await lookNow(alone);
    expect(await alerts()).toEqual([]);
    await redis.stop();
    await lookUntil('OPEN');
    await deliverNow(alone);
    expect(await alerts()).toEqual([{ kind: 'redis_unavailable', tenant_id: null, state: 'OPEN' }]);
    await redis.start();
    await lookUntil('RESOLVED');
    await deliverNow(alone);
    expect(told(PLATFORM_HOOK).slice(before).map(({ text }) => text)).toEqual(['[critical] Redis does not answer', '[resolved] Redis does not answer']);
  } finally {
    await alone.stop();
    await redis.stop();
  }
}, 30_000);
