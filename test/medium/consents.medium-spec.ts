import pg from 'pg';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';

describe('consents and contacts', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;
  let database: pg.Pool;
  let lastPhone = 723_000_000;

  beforeAll(async () => {
    api = await TestApi.start();
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
  });

  const newPhone = () => `+40${++lastPhone}`;
  const record = (body: object, tenant = own): Promise<Answer> => api.call('POST', '/v1/consents', { bearer: tenant.apiKey, body });
  const get = (url: string, tenant = own): Promise<Answer> => api.call('GET', url, { bearer: tenant.apiKey });
  const granted = { status: 'GRANTED', source: 'form' };

  it('make an unknown contact, stand, and leave a proof', async () => {
    const phone = newPhone();
    const { status, body } = await record({ phone, purpose: 'utility', evidence: 'booking B-1', ...granted });
    expect(status).toBe(201);
    const { contactId, recordedAt, eventId } = body;
    const one = { contactId, purpose: 'utility', status: 'GRANTED', recordedAt, eventId };
    expect(body).toEqual({ ...one, records: [one] });
    expect((await get(`/v1/contacts/${contactId}`)).body).toMatchObject({ identities: [{ kind: 'phone', value: phone }] });
    const standing = { contactId, data: [{ contactId, purpose: 'utility', status: 'GRANTED', eventId }] };
    expect((await get(`/v1/consents?contactId=${contactId}`)).body).toMatchObject(standing);
    expect((await get(`/v1/consents?phone=${encodeURIComponent(phone)}`)).body).toMatchObject(standing);
    const proof = { id: eventId, purpose: 'utility', status: 'GRANTED', source: 'form', evidence: 'booking B-1', messageId: null };
    const history = await get(`/v1/contacts/${contactId}/consents`);
    expect(history.body).toMatchObject({ data: [proof], hasMore: false });
    expect((history.body['data'] as { actor: string }[])[0]?.actor).toMatch(/^key:/);
    const events = await database.query(`SELECT type FROM events WHERE resource_id = $1`, [contactId]);
    expect(events.rows).toEqual([{ type: 'whatsapp.consent_changed' }]);
  });

  it('keep every decision, and let the last one stand', async () => {
    const phone = newPhone();
    for (const status of ['GRANTED', 'REVOKED', 'GRANTED', 'DENIED']) await record({ phone, purpose: 'marketing', status, source: 'till' });
    const { body } = await get(`/v1/consents?phone=${encodeURIComponent(phone)}`);
    expect(body['data']).toMatchObject([{ purpose: 'marketing', status: 'DENIED' }]);
    const first = await get(`/v1/contacts/${body['contactId']}/consents?limit=3`);
    expect(first.body).toMatchObject({ data: [{ status: 'DENIED' }, { status: 'GRANTED' }, { status: 'REVOKED' }], hasMore: true });
    const rest = await get(`/v1/contacts/${body['contactId']}/consents?limit=3&cursor=${first.body['nextCursor']}`);
    expect(rest.body).toMatchObject({ data: [{ status: 'GRANTED' }], hasMore: false, nextCursor: null });
  });

  it('take several purposes at once, and a phone as it is dialled at home', async () => {
    const { body } = await record({ phone: '0723 111 222', country: 'ro', purposes: ['utility', 'marketing'], ...granted });
    expect(body['records']).toMatchObject([{ purpose: 'utility' }, { purpose: 'marketing' }]);
    expect((await get('/v1/contacts?phone=%2B40723111222')).body).toMatchObject({ data: [{ id: body['contactId'] }] });
  });

  it('make one contact of one phone, also when ten come at once', async () => {
    const phone = newPhone();
    const answers = await Promise.all(Array.from({ length: 10 }, () => record({ phone, purpose: 'utility', ...granted })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['contactId'])}`)).size).toBe(1);
  });

  it("are each tenant's own, for the same phone", async () => {
    const phone = newPhone();
    const { body } = await record({ phone, purpose: 'utility', ...granted });
    const missing = await get(`/v1/consents?phone=${encodeURIComponent(newPhone())}`, other);
    for (const url of [`/v1/consents?phone=${encodeURIComponent(phone)}`, `/v1/consents?contactId=${body['contactId']}`, `/v1/contacts/${body['contactId']}`, `/v1/contacts/${body['contactId']}/consents`]) {
      const { requestId: _, ...foreign } = (await get(url, other)).body;
      const { requestId: __, ...none } = missing.body;
      expect(foreign).toEqual(none);
    }
    const theirs = await record({ phone, purpose: 'utility', status: 'REVOKED', source: 'call' }, other);
    expect(theirs.body['contactId']).not.toBe(body['contactId']);
    expect((await get(`/v1/consents?contactId=${body['contactId']}`)).body).toMatchObject({ data: [{ status: 'GRANTED' }] });
  });

  it.each([
    [{ phone: '0723111222', purpose: 'utility' }, 400, 'phone.invalid', '/phone'],
    [{ phone: '+40723111222' }, 422, 'request.invalid', '/purpose'],
    [{ phone: '+40723111222', purpose: 'utility', purposes: ['marketing'] }, 422, 'request.invalid', '/purpose'],
    [{ phone: '+40723111222', purpose: 'everything' }, 422, 'request.invalid', '/purpose'],
    [{ phone: '+40723111222', purposes: [] }, 422, 'request.invalid', '/purposes'],
    [{ phone: '+40723111222', purpose: 'utility', status: 'YES' }, 422, 'request.invalid', '/status'],
    [{ phone: '+40723111222', purpose: 'utility', evidence: 'a\u0000b' }, 422, 'text.invalid-character', '/evidence'],
    [{ phone: '+40723111222', purpose: 'utility', source: 'half \ud83d pair' }, 422, 'text.invalid-character', '/source'],
  ])('refuse %j', async (body, status, code, pointer) => {
    const answer = await record({ ...granted, ...body });
    expect(answer).toMatchObject({ status, body: { code, errors: [{ pointer }] } });
  });

  it("let a tenant's own name and id of a contact be changed and cleared, and nobody else's", async () => {
    const { body } = await record({ phone: newPhone(), purpose: 'utility', ...granted });
    const url = `/v1/contacts/${body['contactId']}`;
    const change = (tenant: TestTenant, changes: object) => api.call('PATCH', url, { bearer: tenant.apiKey, body: changes });
    expect((await change(own, { name: 'Ana', customerId: 'C-1' })).body).toMatchObject({ name: 'Ana', customerId: 'C-1' });
    expect((await change(other, { name: 'Eve' })).status).toBe(404);
    expect((await get('/v1/contacts?customerId=C-1')).body).toMatchObject({ data: [{ name: 'Ana' }] });
    expect((await change(own, { customerId: null })).body).toMatchObject({ name: 'Ana', customerId: null });
    expect(await change(own, { name: '\u0000' })).toMatchObject({ status: 422, body: { code: 'text.invalid-character' } });
    expect(await get('/v1/contacts?customerId=%00')).toMatchObject({ status: 422, body: { code: 'text.invalid-character' } });
  });
});
