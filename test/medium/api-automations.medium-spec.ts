import { automationSecretPlace } from '@parley/data';
import { Sealer } from '@parley/platform';
import { Webhook } from 'standardwebhooks';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertConversation, insertInbound, insertNumber, insertRow, openPool } from '../support/fixtures.js';
import { provenTenant } from '@parley/domain';
import type pg from 'pg';

const PATH = '/v1/settings/automations';

let api: TestApi;
let pool: pg.Pool;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  api = await TestApi.start();
  pool = openPool((await workerDatabase()).system, 2);
  [tenant, other] = [await api.tenant(), await api.tenant()];
});
afterAll(async () => {
  await api.stop();
  await pool.end();
});

const as = ({ apiKey }: TestTenant, body?: unknown) => ({ bearer: apiKey, ...(body !== undefined && { body }) });
const put = (who: TestTenant, ...steps: unknown[]) => api.call('PUT', PATH, as(who, { silenceMinutes: 30, steps }));
const errorsOf = (body: Record<string, unknown>) => (body['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);

const BOT = { id: 'bot', type: 'bot', enabled: true, url: 'https://bot.example.com/parley' };
const AI = { id: 'ai', type: 'ai', enabled: true, systemPrompt: 'You answer for Casa Verde.', maxTokens: 100, contextMessages: 5, dailyTokens: 1_000, endpoint: { url: 'https://ai.example.com/v1' } };
const MENU = { id: 'menu', type: 'keywords', enabled: true, answers: [{ words: ['meniul'], match: 'contains', texts: { ro: 'Meniul nostru', en: 'Our menu' } }] };
const AWAY = { id: 'away', type: 'away', enabled: true, texts: { ro: 'Revenim la 10.' } };
const ECHO = { id: 'echo', type: 'echo', enabled: true };

describe('the chain', () => {
  it('is the echo at first, and whatever one puts in its place, for oneself alone', async () => {
    const initial = await api.call('GET', PATH, as(tenant));
    expect(initial.body).toMatchObject({ section: 'automations', version: 0, value: { silenceMinutes: 30, steps: [ECHO] } });
    const chain = [{ ...AWAY, when: { kinds: ['text'], businessHours: 'outside', languages: ['ro'], unassigned: true } }, MENU, BOT, { ...AI, handOver: { words: ['om'], texts: { ro: 'Imediat.' } } }, ECHO];
    const changed = await put(tenant, ...chain);
    expect([changed.status, changed.body['value']]).toEqual([200, { silenceMinutes: 30, steps: chain }]);
    expect((await api.call('GET', PATH, as(tenant))).body['value']).toEqual({ silenceMinutes: 30, steps: chain });
    expect((await api.call('GET', PATH, as(other))).body['value']).toEqual({ silenceMinutes: 30, steps: [ECHO] });
    expect((await api.call('GET', `${PATH}/history`, as(tenant))).body['data']).toMatchObject([{ before: null, after: { steps: chain } }]);
  });

  it.each<[string, unknown, string[]]>([
    ['no step', null, ['/steps field.invalid']],
    ['a text', 'echo', ['/steps field.invalid']],
    ['an unknown type', { ...ECHO, type: 'dance' }, ['/steps/0/type field.invalid']],
    ['no type', { id: 'x', enabled: true }, ['/steps/0/type field.invalid']],
    ['a member of another type', { ...ECHO, url: 'https://bot.example.com' }, ['/steps/0/url field.unknown']],
    ['a bad id', { ...ECHO, id: 'A B' }, ['/steps/0/id field.invalid']],
    ['an unknown kind', { ...ECHO, when: { kinds: ['fax'] } }, ['/steps/0/when/kinds field.invalid']],
    ['a private bot', { ...BOT, url: 'https://10.0.0.1/' }, ['/steps/0/url url.refused']],
    ['a model over http', { ...AI, endpoint: { url: 'http://ai.example.com/v1' } }, ['/steps/0/endpoint/url url.refused']],
    ['too many tokens', { ...AI, maxTokens: 5_000 }, ['/steps/0/maxTokens field.invalid']],
    ['no texts', { ...AWAY, texts: {} }, ['/steps/0/texts field.invalid']],
    ['no words', { ...MENU, answers: [{ words: [], match: 'whole', texts: { ro: 'x' } }] }, ['/steps/0/answers/0/words field.invalid']],
    ['nobody who knows the intents', { id: 'i', type: 'intent', enabled: true, api: 'rasa' }, ['/steps/0/endpoint field.invalid']],
  ])('with %s is refused, kindly', async (_, step, errors) => {
    const { status, body } = await put(other, step);
    expect(status).toBe(422);
    expect(errorsOf(body)).toEqual(expect.arrayContaining(errors));
  });

  it('can be tried without sending anything', async () => {
    const steps = [AWAY, MENU, ECHO].map((step) => step as object);
    expect((await put(other, ...steps)).status).toBe(200);
    const tried = await api.call('POST', '/v1/automations/test', as(other, { text: 'Aveți MENIUL?', language: 'en' }));
    expect(tried.body).toMatchObject({ steps: [{ step: 'away', does: 'passes', reason: 'open' }, { step: 'menu', does: 'answers', text: 'Our menu' }] });
    await put(other, { ...BOT, when: { minConfidence: 0.5 } }, ECHO);
    const asked = await api.call('POST', '/v1/automations/test', as(other, { text: 'x', intent: 'menu', intentConfidence: 0.9 }));
    expect(asked.body).toMatchObject({ steps: [{ step: 'bot', does: 'asks' }, { step: 'echo', does: 'answers' }] });
    const stop = await api.call('POST', '/v1/automations/test', as(other, { text: 'STOP' }));
    expect(stop.body).toMatchObject({ steps: [{ does: 'passes', reason: 'consent-word' }, { does: 'passes' }] });
    expect((await api.call('POST', '/v1/automations/test', as(other, { text: 'x', at: 'soon' }))).status).toBe(422);
    expect((await pool.query('SELECT FROM messages WHERE tenant_id = $1', [other.id])).rowCount).toBe(0);
  });
});

describe('a secret of a step', () => {
  const setSecret = (who: TestTenant, step: string, body: object = {}) => api.call('PUT', `${PATH}/secrets/${step}`, as(who, body));
  const sealed = async (step: string) =>
    (await pool.query<{ origin: string; version: number; sealed: string }>('SELECT origin, version, sealed FROM automation_secrets WHERE tenant_id = $1 AND step = $2', [tenant.id, step])).rows[0]!;

  it('is made or given, sealed for the address of the step, and shown never again', async () => {
    await put(tenant, BOT, AI, ECHO);
    const made = await setSecret(tenant, 'bot');
    expect(made.body).toMatchObject({ step: 'bot', origin: 'https://bot.example.com', version: 1, secret: expect.stringMatching(/^whsec_/) as unknown });
    const secret = String(made.body['secret']);
    expect(() => new Webhook(secret)).not.toThrow();
    const row = await sealed('bot');
    expect(api.app.get(Sealer, { strict: false }).open(row.sealed, automationSecretPlace(tenant.id, 'bot', row.origin, 1))).toBe(secret);
    const given = await setSecret(tenant, 'ai', { secret: 'sk-given' });
    expect([given.status, given.body['secret']]).toEqual([200, null]);
    const renewed = await setSecret(tenant, 'bot', { secret });
    expect([renewed.body['version'], renewed.body['secret']]).toEqual([2, null]);
    const texts = await Promise.all([PATH, `${PATH}/history`, `${PATH}/secrets`].map(async (path) => (await api.call('GET', path, as(tenant))).text));
    for (const text of [...texts, given.text, renewed.text]) expect(text).not.toMatch(new RegExp(`sk-given|${secret.slice(6, 20).replaceAll('+', '\\+')}`));
    expect((await api.call('GET', `${PATH}/secrets`, as(tenant))).body['data']).toMatchObject([{ step: 'ai', version: 1 }, { step: 'bot', version: 2 }]);
    expect((await api.call('GET', `${PATH}/secrets`, as(other))).body['data']).toEqual([]);
    const audit = await pool.query<{ after: string }>(`SELECT after::text FROM audit_log WHERE tenant_id = $1 AND action = 'automations.secret-changed'`, [tenant.id]);
    expect(audit.rowCount).toBe(3);
    expect(JSON.stringify(audit.rows)).not.toContain('sk-given');
  });

  it('is for steps that have an address, of one’s own chain, and fits them', async () => {
    await put(tenant, BOT, AI, { ...AI, id: 'operators', endpoint: undefined }, ECHO);
    await put(other, { ...BOT, id: 'theirs' });
    const [theirs, nowhere] = [await setSecret(tenant, 'theirs', { secret: 'x' }), await setSecret(tenant, 'unknown', { secret: 'x' })];
    expect([theirs.status, { ...theirs.body, requestId: null }]).toEqual([404, { ...nowhere.body, requestId: null }]);
    for (const step of ['echo', 'operators']) expect((await setSecret(tenant, step, { secret: 'x' })).status).toBe(422);
    expect(errorsOf((await setSecret(tenant, 'bot', { secret: 'short' })).body)).toEqual(['/secret field.invalid']);
    expect(errorsOf((await setSecret(tenant, 'ai')).body)).toEqual(['/secret field.invalid']);
    const key = await api.call('POST', '/v1/api-keys', as(tenant, { name: 'reader', scopes: ['settings:read'] }));
    expect((await api.call('PUT', `${PATH}/secrets/bot`, { bearer: String(key.body['key']), body: {} })).status).toBe(403);
  });
});

it('what the chain did with a message is told to its owner, and hidden from others as if it were not there', async () => {
  const tenantId = provenTenant(tenant.id);
  const number = await insertNumber(pool, tenantId, await insertAccount(pool, tenantId));
  const contact = await insertContact(pool, tenantId);
  const pair = { tenantId, numberId: number.id, contactId: contact.id };
  const conversationId = await insertConversation(pool, pair);
  const messageId = await insertInbound(pool, pair, conversationId, { automated_at: new Date(), transcript: 'O masă', intent: 'table', intent_confidence: 0.5 });
  const run = { tenant_id: tenantId, message_id: messageId, conversation_id: conversationId };
  const [started, finished] = [new Date('2026-11-21T10:00:00.000Z'), new Date('2026-11-21T10:00:00.250Z')];
  await insertRow(pool, 'automation_runs', { ...run, step: 'bot', type: 'bot', position: 0, state: 'FAILED', reason: 'timeout', attempts: 1, started_at: started, finished_at: finished });
  await insertRow(pool, 'automation_runs', { ...run, step: 'echo', type: 'echo', position: 1, state: 'DUE', until: finished });
  const url = `/v1/messages/${messageId}/automations`;
  expect((await api.call('GET', url, as(tenant))).body).toEqual({
    messageId,
    isBegun: true,
    runs: [
      { step: 'bot', type: 'bot', state: 'FAILED', reason: 'timeout', reasonText: 'The endpoint did not answer in time.', attempts: 1, detail: null, startedAt: started.toISOString(), finishedAt: finished.toISOString(), durationMs: 250, until: null },
      expect.objectContaining({ step: 'echo', state: 'DUE', durationMs: null, until: finished.toISOString() }),
    ],
  });
  const hidden = await api.call('GET', url, as(other));
  const nowhere = await api.call('GET', '/v1/messages/0199a1b2-0000-7000-8000-000000000002/automations', as(other));
  expect([hidden.status, nowhere.status]).toEqual([404, 404]);
  expect({ ...hidden.body, instance: null, requestId: null }).toEqual({ ...nowhere.body, instance: null, requestId: null });
  expect((await api.call('GET', `/v1/messages/${messageId}`, as(tenant))).body).toMatchObject({ transcript: 'O masă', intent: { name: 'table', confidence: 0.5 } });
});
