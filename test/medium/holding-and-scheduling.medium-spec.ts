import type pg from 'pg';
import { provenTenant } from '@parley/domain';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertConversation, insertInbound, insertMessage, insertNumber, insertTemplate, openPool } from '../support/fixtures.js';

const DAY_MS = 86_400_000;

/** A tenant that can send, through the api. */
interface Sender extends TestTenant {
  accountId: string;
  numberId: string;
  template: { id: string; name: string };
  contact: { id: string; phone: string };
}

describe('over REST', () => {
  let api: TestApi;
  let pool: pg.Pool;
  let own: Sender;
  let other: Sender;

  beforeAll(async () => {
    api = await TestApi.start();
    pool = openPool((await workerDatabase()).system, 4);
  });
  beforeEach(async () => {
    [own, other] = [await sender(), await sender()];
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
  });

  async function sender(): Promise<Sender> {
    const tenant = await api.tenant();
    const tenantId = provenTenant(tenant.id);
    const accountId = await insertAccount(pool, tenantId);
    const { id: numberId } = await insertNumber(pool, tenantId, accountId);
    const template = await insertTemplate(pool, tenantId, accountId);
    const contact = await insertContact(pool, tenantId, { consents: ['utility', 'service'] });
    return { ...tenant, accountId, numberId, template, contact };
  }

  const call = (who: Sender, method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<Answer> =>
    api.call(method, url, { bearer: who.apiKey, ...(body !== undefined && { body }) });
  const send = (more: object = {}, who = own): Promise<Answer> => {
    const template = { name: who.template.name, language: 'en', parameters: { body: ['Ana'] } };
    return call(who, 'POST', '/v1/messages', { numberId: who.numberId, to: who.contact.phone, template, ...more });
  };
  const seen = async (id: unknown, who = own): Promise<Record<string, unknown>> => (await call(who, 'GET', `/v1/messages/${String(id)}`)).body;
  const stateOf = async (id: unknown) => (await pool.query<{ state: string }>('SELECT state FROM messages WHERE id = $1', [id])).rows[0]!.state;

  describe('a scheduled message', () => {
    it('waits until its time, says so, and its validity counts from then', async () => {
      const sendAt = new Date(Date.now() + DAY_MS);
      const { status, body } = await send({ sendAt: sendAt.toISOString(), validForSeconds: 90 });
      expect([status, body]).toMatchObject([202, { status: 'QUEUED', sendAt: sendAt.toISOString(), validUntil: new Date(sendAt.getTime() + 90_000).toISOString() }]);
      expect(await seen(body['id'])).toMatchObject({ status: 'QUEUED', reason: { code: 'SCHEDULED' }, waitUntil: sendAt.toISOString() });
      expect(await stateOf(body['id'])).toBe('WAITING');
    });

    it.each([
      ['/sendAt', { sendAt: new Date(Date.now() - DAY_MS).toISOString() }],
      ['/sendAt', { sendAt: new Date(Date.now() + 31 * DAY_MS).toISOString() }],
      ['/sendAt', { sendAt: 'soon' }],
      ['/validUntil', { validUntil: new Date().toISOString() }],
      ['/validForSeconds', { validForSeconds: 5 }],
    ])('is refused with the pointer %s', async (pointer, schedule) => {
      expect(await send(schedule)).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer }] } });
    });

    it('leaves at the best time of its recipient: when that one reads and answers', async () => {
      const pair = { tenantId: provenTenant(own.id), numberId: own.numberId, contactId: own.contact.id };
      const conversation = await insertConversation(pool, pair, 48);
      const best = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 5 * 3_600_000);
      const yesterday = new Date(best.getTime() - DAY_MS + 600_000);
      for (let count = 0; count < 3; count += 1) await insertInbound(pool, pair, conversation, { created_at: yesterday });
      await insertMessage(pool, pair, { state: 'READ', columns: { conversation_id: conversation, read_at: yesterday } });
      expect((await send({ sendAt: 'best' })).body).toMatchObject({ sendAt: best.toISOString() });
      // Of whom nothing is known, and of another tenant's customer with the same habits, nothing can be said.
      expect((await send({ sendAt: 'best' }, other)).body).toMatchObject({ sendAt: null });
    });
  });

  describe('cancelling', () => {
    it('ends what waits or is queued, once however often it is asked', async () => {
      for (const more of [{}, { sendAt: new Date(Date.now() + DAY_MS).toISOString() }]) {
        const { id } = (await send(more)).body;
        const answers = [await call(own, 'POST', `/v1/messages/${String(id)}/cancel`), await call(own, 'POST', `/v1/messages/${String(id)}/cancel`)];
        expect(answers).toMatchObject([{ status: 200, body: { status: 'CANCELLED' } }, { status: 200, body: { status: 'CANCELLED' } }]);
      }
    });

    it.each(['DISPATCHED', 'SENDING', 'DELIVERED', 'FAILED'])('does not touch what is %s, and says so', async (state) => {
      const { id } = (await send()).body;
      await pool.query('UPDATE messages SET state = $2 WHERE id = $1', [id, state]);
      expect(await call(own, 'POST', `/v1/messages/${String(id)}/cancel`)).toMatchObject({ status: 409, body: { code: 'message.not-cancellable' } });
      expect(await stateOf(id)).toBe(state);
    });

    it('of another one\'s message finds nothing', async () => {
      const { id } = (await send()).body;
      expect(await call(other, 'POST', `/v1/messages/${String(id)}/cancel`)).toMatchObject({ status: 404, body: { code: 'resource.not-found' } });
      expect(await stateOf(id)).toBe('QUEUED');
    });
  });

  describe('a hold', () => {
    it.each(['number', 'account', 'tenant'] as const)('of a %s shows with its messages and its numbers, until it is lifted', async (scope) => {
      const { id } = (await send()).body;
      const scopeId = { number: own.numberId, account: own.accountId, tenant: undefined }[scope];
      const until = new Date(Date.now() + DAY_MS).toISOString();
      const begun = await call(own, 'POST', '/v1/holds', { scope, scopeId, reason: 'Kitchen is closed', until });
      expect(begun).toMatchObject({ status: 201, body: { scope, cause: 'pause', reason: 'Kitchen is closed', actor: expect.stringMatching(/^key:/) as unknown } });
      const message = await seen(id);
      expect(message).toMatchObject({ status: 'QUEUED', reason: { code: 'NUMBER_PAUSED', text: expect.stringContaining('Kitchen is closed') as unknown } });
      expect(Math.abs(Date.parse(message['waitUntil'] as string) - Date.parse(until))).toBeLessThan(5_000);
      expect((await call(own, 'GET', `/v1/numbers/${own.numberId}`)).body['holds']).toMatchObject([{ id: begun.body['id'], scope }]);
      expect((await call(own, 'GET', '/v1/holds')).body['data']).toMatchObject([{ id: begun.body['id'] }]);
      // Nothing of it reaches another.
      expect((await call(other, 'GET', '/v1/holds')).body['data']).toEqual([]);
      expect(await call(other, 'DELETE', `/v1/holds/${String(begun.body['id'])}`)).toMatchObject({ status: 404 });
      expect((await call(own, 'DELETE', `/v1/holds/${String(begun.body['id'])}`)).status).toBe(204);
      expect(await call(own, 'DELETE', `/v1/holds/${String(begun.body['id'])}`)).toMatchObject({ status: 404 });
      expect(await seen(id)).toMatchObject({ reason: null, waitUntil: null });
      const { rows } = await pool.query('SELECT action, actor FROM audit_log WHERE tenant_id = $1 ORDER BY id', [own.id]);
      expect(rows).toMatchObject([{ action: 'hold.begun' }, { action: 'hold.ended', actor: begun.body['actor'] }]);
    });

    it('of what belongs to another is not found, and changes nothing', async () => {
      const theirs = { number: other.numberId, account: other.accountId, template: other.template.id };
      for (const [scope, scopeId] of Object.entries(theirs))
        expect(await call(own, 'POST', '/v1/holds', { scope, scopeId, reason: 'mine' })).toMatchObject({ status: 404, body: { code: 'resource.not-found' } });
      expect((await pool.query('SELECT FROM holds WHERE tenant_id = ANY ($1)', [[own.id, other.id]])).rowCount).toBe(0);
    });

    it.each([
      ['/until', { until: new Date(0).toISOString() }],
      ['/scopeId', { scopeId: undefined }],
      ['/reason', { reason: '' }],
    ])('is refused with the pointer %s', async (pointer, wrong) => {
      const answer = await call(own, 'POST', '/v1/holds', { scope: 'number', scopeId: own.numberId, reason: 'x', ...wrong });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    });
  });

  it('a switched-off module keeps what is queued, and says why', async () => {
    const { id } = (await send()).body;
    await pool.query('UPDATE tenants SET whatsapp_enabled = false WHERE id = $1', [own.id]);
    expect(await seen(id)).toMatchObject({ status: 'QUEUED', reason: { code: 'MODULE_DISABLED' } });
  });

  it("an operator sets an organisation's share of busy workers, and nobody else does", async () => {
    const url = `/v1/tenants/${own.id}/weight`;
    expect(await api.operator('PUT', url, { weight: 5 })).toMatchObject({ status: 200, body: { weight: 5 } });
    expect((await api.operator('PUT', url, { weight: 0 })).status).toBe(422);
    expect((await api.call('PUT', url, { bearer: own.apiKey, body: { weight: 9 } })).status).toBe(403);
    expect((await api.operator('PUT', `/v1/tenants/${own.numberId}/weight`, { weight: 5 })).status).toBe(404);
    expect((await pool.query('SELECT weight FROM tenants WHERE id = ANY ($1) ORDER BY weight', [[own.id, other.id]])).rows).toEqual([{ weight: 1 }, { weight: 5 }]);
    expect((await pool.query('SELECT actor, before, after FROM audit_log WHERE tenant_id = $1', [own.id])).rows).toEqual([{ actor: 'platform', before: { weight: 1 }, after: { weight: 5 } }]);
  });
});
