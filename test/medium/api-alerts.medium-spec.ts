import type pg from 'pg';
import type { SlackMessage } from '@parley/alerts';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { FakeGraph } from '../support/fake-graph.js';
import { insertRow, openPool, uniqueDigits } from '../support/fixtures.js';
import { MailServer } from '../support/mail-server.js';

let api: TestApi;
let own: TestTenant;
let other: TestTenant;
let slack: FakeGraph;
let mail: MailServer;
let pool: pg.Pool;
let isSlackDown = false;

beforeAll(async () => {
  slack = await FakeGraph.start((_, response) => (isSlackDown ? response.writeHead(404).end('no_service') : response.end('ok')));
  mail = await MailServer.start();
  api = await TestApi.start({ HTTP_ALLOWED_ORIGINS: slack.url, SMTP_URL: mail.url, SMTP_REQUIRE_TLS: 'false' });
  [own, other] = [await api.tenant(), await api.tenant()];
  pool = openPool((await workerDatabase()).system, 2);
});
afterAll(async () => {
  await pool.end();
  await api.stop();
  await Promise.all([slack.stop(), mail.stop()]);
});

const hook = () => `${slack.url}/services/secret-of-the-hook`;
const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown, bearer = own.apiKey) =>
  api.call(method, `/v1${url}`, { bearer, ...(body !== undefined && { body }) });

async function slackChannel(): Promise<string> {
  const { status, body } = await call('POST', '/alert-channels', { type: 'slack', name: 'Kitchen', url: hook() });
  expect(status).toBe(201);
  return String(body['id']);
}

describe('alert channels', () => {
  it('are made, listed, changed and removed; the address of a webhook is never read back', async () => {
    const id = await slackChannel();
    const path = `/alert-channels/${id}`;
    const changed = await call('PATCH', path, { name: 'Bar', minSeverity: 'critical', kinds: ['number_paused'], enabled: false, url: `${hook()}-2` });
    const shown = { id, type: 'slack', name: 'Bar', recipients: [], minSeverity: 'critical', kinds: ['number_paused'], enabled: false, lastError: null, failures: 0 };
    expect(changed).toMatchObject({ status: 200, body: shown });
    const answers = [changed, await call('GET', path), await call('GET', '/alert-channels')];
    expect(answers[1]!.body).toMatchObject(shown);
    expect(answers[2]!.body['data']).toMatchObject([shown]);
    for (const { text } of answers) expect(text).not.toContain('secret-of-the-hook');
    const { rows } = await pool.query<{ target_sealed: string }>('SELECT target_sealed FROM alert_channels WHERE id = $1', [id]);
    expect(rows[0]!.target_sealed).toMatch(/^s1\./);

    expect((await call('DELETE', path)).status).toBe(204);
    for (const answer of [await call('GET', path), await call('DELETE', path), await call('PATCH', path, {})]) expect(answer.status).toBe(404);
    expect((await call('GET', '/alert-channels')).body['data']).toEqual([]);
    expect((await pool.query('SELECT target_sealed FROM alert_channels WHERE id = $1', [id])).rows).toEqual([{ target_sealed: null }]);
  });

  it('send a test at once and say what was answered', async () => {
    const id = await slackChannel();
    const tested = await call('POST', `/alert-channels/${id}/test`);
    expect(tested).toMatchObject({ status: 200, body: { delivered: true } });
    const sent = JSON.parse(slack.seen.at(-1)!.body) as SlackMessage;
    expect(sent.text).toBe('A test of your alerts');
    // A test a moment later would be one of many.
    expect(await call('POST', `/alert-channels/${id}/test`)).toMatchObject({ status: 429, body: { code: 'rate-limit.exceeded' } });
    await pool.query(`UPDATE alert_channels SET last_sent_at = now() - interval '1 hour'`);
    isSlackDown = true;
    const failed = await call('POST', `/alert-channels/${id}/test`);
    isSlackDown = false;
    expect(failed).toMatchObject({ status: 502, body: { code: 'alert-channel.failed', detail: 'Slack refused the message (404, no_service).' } });
    expect((await call('GET', `/alert-channels/${id}`)).body).toMatchObject({ lastError: 'Slack refused the message (404, no_service).' });

    const email = await call('POST', '/alert-channels', { type: 'email', name: 'Chef', recipients: ['chef@example.com'] });
    expect((await call('POST', `/alert-channels/${String(email.body['id'])}/test`)).status).toBe(200);
    expect(mail.mailsTo('chef@example.com')[0]!.text).toContain('This is a test of the channel "Chef"');
  });

  it('of another tenant are not there', async () => {
    const id = await slackChannel();
    const nobody = await call('GET', '/alert-channels/0199a1b2-0000-7000-8000-00000000dead', undefined, other.apiKey);
    const without = (text: string) => text.replaceAll(/"requestId":"[^"]+"/g, '');
    for (const [method, path, body] of [['GET', '', undefined], ['PATCH', '', { name: 'Mine' }], ['DELETE', '', undefined], ['POST', '/test', undefined]] as const) {
      const answer = await call(method, `/alert-channels/${id}${path}`, body, other.apiKey);
      expect([method, answer.status, without(answer.text)]).toEqual([method, 404, without(nobody.text)]);
    }
    expect((await call('GET', '/alert-channels', undefined, other.apiKey)).body['data']).toEqual([]);
    expect((await call('GET', `/alert-channels/${id}`)).body).toMatchObject({ name: 'Kitchen' });
  });

  it('are refused where they lead nowhere, by the field that is wrong', async () => {
    for (const [body, code, pointer] of [
      [{ type: 'slack', name: 'x', url: 'https://10.0.0.1/hook' }, 'url.refused', '/url'],
      [{ type: 'slack', name: 'x' }, 'request.invalid', '/url'],
      [{ type: 'slack', name: 'x', url: hook(), recipients: ['a@example.com'] }, 'request.invalid', '/recipients'],
      [{ type: 'email', name: 'x' }, 'request.invalid', '/recipients'],
      [{ type: 'email', name: 'x', recipients: ['nobody'] }, 'request.invalid', '/recipients'],
      [{ type: 'log', name: 'x' }, 'request.invalid', '/type'],
    ] as const) {
      const answer = await call('POST', '/alert-channels', body);
      expect([answer.status, answer.body['code'], (answer.body['errors'] as { pointer: string }[])[0]!.pointer.slice(0, pointer.length)]).toEqual([422, code, pointer]);
    }
  });

  it('need the scope, and an installation that can send emails', async () => {
    const key = await call('POST', '/api-keys', { name: 'reader', scopes: ['alerts:read'] });
    const bearer = String(key.body['key']);
    expect((await call('GET', '/alert-channels', undefined, bearer)).status).toBe(200);
    expect(await call('POST', '/alert-channels', { type: 'slack', name: 'x', url: hook() }, bearer)).toMatchObject({ status: 403 });
    const mute = await TestApi.start();
    try {
      const answer = await mute.call('POST', '/v1/alert-channels', { bearer: own.apiKey, body: { type: 'email', name: 'x', recipients: ['a@example.com'] } });
      expect(answer).toMatchObject({ status: 422, body: { code: 'alert-channel.email-off' } });
    } finally {
      await mute.stop();
    }
  });
});

describe('alerts', () => {
  const insertAlert = (tenantId: string | null, columns: Record<string, unknown> = {}) =>
    insertRow<{ id: string }>(pool, 'alerts', {
      tenant_id: tenantId, kind: 'quality_dropped', fingerprint: uniqueDigits(), object_type: 'number', object_id: uniqueDigits(), subject: '+40 722 000 000',
      severity: 'critical', facts: '{"quality":"RED"}', told: 'opened', ...columns,
    });

  it('are listed with their words, by state and kind; the platform sees all, a tenant its own', async () => {
    const open = await insertAlert(own.id);
    const over = await insertAlert(own.id, { state: 'RESOLVED', resolved_at: new Date(), kind: 'of_a_newer_release' });
    const [foreign, ofPlatform] = [await insertAlert(other.id), await insertAlert(null)];
    const idsOf = async (query: string, bearer?: string) => {
      const answer = bearer === undefined ? await api.operator('GET', `/v1/alerts${query}`) : await call('GET', `/alerts${query}`, undefined, bearer);
      return (answer.body['data'] as { id: string }[]).map(({ id }) => id);
    };
    expect(await idsOf('', own.apiKey)).toEqual([over.id, open.id]);
    expect(await idsOf('?state=OPEN', own.apiKey)).toEqual([open.id]);
    expect(await idsOf('?kind=quality_dropped', own.apiKey)).toEqual([open.id]);
    expect(await idsOf('', other.apiKey)).toEqual([foreign.id]);
    expect((await idsOf('?limit=4')).slice(0, 4)).toEqual([ofPlatform.id, foreign.id, over.id, open.id]);
    const { body } = await call('GET', '/alerts?state=OPEN');
    expect((body['data'] as unknown[])[0]).toMatchObject({
      state: 'OPEN', severity: 'critical', object: { type: 'number', name: '+40 722 000 000' }, title: 'The quality of +40 722 000 000 is RED', resolvedAt: null,
    });
  });
});

describe('the figures of sending', () => {
  const figures = (tenantId: string, queued: number) =>
    insertRow(pool, 'outbound_figures', { tenant_id: tenantId, due: 1, queued, sending: 2, dead_letters: 3, is_capped: false, measured_at: new Date() });
  const tally = (tenantId: string, at: Date) =>
    insertRow(pool, 'outbound_tallies', { tenant_id: tenantId, channel: 'WHATSAPP', at, accepted: 8, throttled: 0, failed: 4, failed_accepted: 2 });

  it('are those that were kept: of the tenant, or of everybody for the platform', async () => {
    const [one, two, none] = [await api.tenant(), await api.tenant(), await api.tenant()];
    await Promise.all([figures(one.id, 10), figures(two.id, 20), tally(one.id, new Date()), tally(one.id, new Date(Date.now() - 7_200_000))]);
    const { status, body } = await call('GET', '/health/outbound', undefined, one.apiKey);
    expect([status, body]).toEqual([
      200,
      {
        queuedMessages: 10,
        sendingMessages: 2,
        totalPendingMessages: 12,
        overdueMessages: 1,
        deadLetterQueueSize: 3,
        channelMetrics: [{ channel: 'WHATSAPP', sent: 8, failed: 4, failureRate: 0.4, windowMinutes: 60 }],
        isCapped: false,
        measuredAt: expect.any(String) as unknown,
      },
    ]);
    expect((await call('GET', '/health/outbound', undefined, two.apiKey)).body).toMatchObject({ queuedMessages: 20, channelMetrics: [{ sent: 0, failureRate: 0 }] });
    expect((await call('GET', '/health/outbound', undefined, none.apiKey)).body).toMatchObject({ queuedMessages: 0, measuredAt: null });
    const all = (await api.operator('GET', '/v1/health/outbound')).body;
    expect(all['queuedMessages']).toBeGreaterThanOrEqual(30);
    expect(all['channelMetrics']).toMatchObject([{ channel: 'WHATSAPP' }]);
    expect((await api.call('GET', '/v1/health/outbound')).status).toBe(401);
  });
});
