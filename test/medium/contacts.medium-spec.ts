import type pg from 'pg';
import { provenTenant } from '@parley/domain';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertConversation, insertIdentity, insertMessage, insertNumber, insertTemplate, openPool, uniqueDigits, type TestContact, type TestNumber, type TestTemplate } from '../support/fixtures.js';

describe('contacts over the api', () => {
  let api: TestApi;
  let pool: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let number: TestNumber;
  let template: TestTemplate;

  beforeAll(async () => {
    api = await TestApi.start();
    pool = openPool((await workerDatabase()).system, 2);
    [own, other] = [await api.tenant(), await api.tenant()];
    const accountId = await insertAccount(pool, tenantId(own));
    number = await insertNumber(pool, tenantId(own), accountId);
    template = await insertTemplate(pool, tenantId(own), accountId);
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
  });

  const tenantId = (tenant: TestTenant) => provenTenant(tenant.id);
  const call = (method: 'GET' | 'POST' | 'PATCH', url: string, body?: object, tenant = own): Promise<Answer> => api.call(method, url, { bearer: tenant.apiKey, ...(body && { body }) });
  const make = (consents: readonly ('utility' | 'marketing')[] = []): Promise<TestContact> => insertContact(pool, tenantId(own), { consents });
  const newNumber = () => `4078${uniqueDigits(7)}`;
  const send = (recipient: object) => call('POST', '/v1/messages', { numberId: number.id, ...recipient, template: { name: template.name, language: 'en', parameters: { body: ['Ana'] } } });

  it('are joined, first to see what would happen, and the old id leads to the contact that stays', async () => {
    const [from, into] = [await make(['utility']), await make()];
    const conversation = await insertConversation(pool, { tenantId: tenantId(own), numberId: number.id, contactId: from.id });
    const would = await call('POST', `/v1/contacts/${from.id}/merge`, { intoId: into.id, dryRun: true });
    const expected = { fromId: from.id, intoId: into.id, conversations: 1, joinedConversations: 0, consents: [{ purpose: 'utility', numberId: null, status: 'GRANTED' }] };
    expect(would).toMatchObject({ status: 200, body: { id: null, dryRun: true, ...expected } });
    expect((await call('GET', `/v1/contacts/${from.id}`)).body).toMatchObject({ id: from.id, askedId: null });

    const { body } = await call('POST', `/v1/contacts/${from.id}/merge`, { intoId: into.id });
    expect(body).toMatchObject({ dryRun: false, ...expected, identities: would.body['identities'] });
    const seen = await call('GET', `/v1/contacts/${from.id}`);
    expect(seen.body).toMatchObject({ id: into.id, askedId: from.id });
    expect((seen.body['identities'] as unknown[]).length).toBe(4);
    expect((await call('GET', `/v1/contacts?phone=${encodeURIComponent(from.phone)}`)).body).toMatchObject({ data: [{ id: into.id }] });
    expect((await call('PATCH', `/v1/contacts/${from.id}`, { customerId: 'C-77' })).body).toMatchObject({ id: into.id, customerId: 'C-77' });
    const history = await call('GET', `/v1/contacts/${from.id}/history`);
    expect(history.body).toMatchObject({ data: [{ id: body['id'], type: 'merged', contactId: into.id, detail: { from: from.id } }] });
    // What is sent to the old id goes to the contact that stays, by the consent that it took over.
    expect(await send({ contactId: from.id })).toMatchObject({ status: 202, body: { contactId: into.id } });
    expect(await call('POST', `/v1/contacts/${from.id}/merge`, { intoId: into.id })).toMatchObject({ status: 409, body: { code: 'contact.state-conflict' } });

    const split = await call('POST', `/v1/contacts/${into.id}/split`, { mergeId: body['id'] });
    expect(split).toMatchObject({ status: 200, body: { mergeId: body['id'], fromId: from.id, intoId: into.id } });
    expect((await call('GET', `/v1/contacts/${from.id}`)).body).toMatchObject({ id: from.id, askedId: null, identities: [{ value: from.phone }, { value: from.phone.slice(1) }] });
    const { rows } = await pool.query<{ contact_id: string }>('SELECT contact_id FROM conversations WHERE id = $1', [conversation]);
    expect(rows).toEqual([{ contact_id: from.id }]);
    expect(await send({ contactId: into.id })).toMatchObject({ status: 422, body: { code: 'consent.missing' } });
    expect(await call('POST', `/v1/contacts/${into.id}/split`, { mergeId: body['id'] })).toMatchObject({ status: 409 });
  });

  it("are each tenant's own: nobody joins, splits or reads another's", async () => {
    const [from, into] = [await make(), await make()];
    const theirs = await insertContact(pool, tenantId(other));
    const { body } = await call('POST', `/v1/contacts/${from.id}/merge`, { intoId: into.id });
    const missing = '0197f000-0000-7000-8000-000000000000';
    const answers = await Promise.all([
      call('POST', `/v1/contacts/${from.id}/merge`, { intoId: theirs.id }, other),
      call('POST', `/v1/contacts/${into.id}/split`, { mergeId: body['id'] }, other),
      call('GET', `/v1/contacts/${into.id}/history`, undefined, other),
      call('GET', `/v1/contacts/${from.id}`, undefined, other),
      call('PATCH', `/v1/contacts/${from.id}`, { name: 'Eve' }, other),
      call('GET', `/v1/contacts/${missing}/history`),
      call('POST', `/v1/contacts/${into.id}/split`, { mergeId: missing }),
      call('POST', `/v1/contacts/${theirs.id}/split`, { mergeId: body['id'] }),
    ]);
    expect(answers.map(({ status, body: { code } }) => [status, code])).toEqual(answers.map(() => [404, 'resource.not-found']));
    expect(await call('POST', `/v1/contacts/${into.id}/merge`, { intoId: theirs.id })).toMatchObject({ status: 422, body: { code: 'contact.not-found', errors: [{ pointer: '/intoId' }] } });
    expect(await call('POST', `/v1/contacts/${into.id}/merge`, { intoId: 'x' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/intoId' }] } });
  });

  it('take a context of their own, a bounded one, and a name that goes before all others', async () => {
    const { id } = await make();
    await pool.query(`UPDATE contacts SET name = 'Anuța', profile_name = 'Anuța', username = 'ana' WHERE id = $1`, [id]);
    const change = (changes: object) => call('PATCH', `/v1/contacts/${id}`, changes);
    expect((await change({ name: 'Ana Pop', context: { table: 4 } })).body).toMatchObject({ name: 'Ana Pop', context: { table: 4 }, names: { given: 'Ana Pop', profile: 'Anuța', username: 'ana' } });
    expect((await change({ name: null })).body).toMatchObject({ name: 'Anuța', context: { table: 4 } });
    expect((await change({ context: null })).body).toMatchObject({ context: null });
    expect(await change({ context: { text: 'x'.repeat(16_384) } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/context' }] } });
    expect(await change({ context: [1] })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/context' }] } });
    expect(await change({ context: { text: '\u0000' } })).toMatchObject({ status: 422, body: { code: 'text.invalid-character', errors: [{ pointer: '/context/text' }] } });
  });

  it('are found by any id, and by another form of a Brazilian number; messages to that form find them too', async () => {
    const contact = await make(['utility']);
    const line = `8${uniqueDigits(7)}`;
    const userId = `BR.${uniqueDigits()}`;
    await insertIdentity(pool, tenantId(own), contact.id, 'bsuid', userId);
    await insertIdentity(pool, tenantId(own), contact.id, 'phone', `+55119${line}`);
    const found = { data: [{ id: contact.id }], hasMore: false };
    expect((await call('GET', `/v1/contacts?phone=%2B5511${line}`)).body).toMatchObject(found);
    expect((await call('GET', `/v1/contacts?identity=${userId}`)).body).toMatchObject(found);
    expect((await call('GET', `/v1/contacts?identity=${userId}`, undefined, other)).body).toMatchObject({ data: [] });
    expect(await send({ to: `+5511${line}` })).toMatchObject({ status: 202, body: { contactId: contact.id, to: `+5511${line}` } });
  });

  it('are written to at the number as WhatsApp knows it, else at the one that was given, else by user id, which takes no codes', async () => {
    const contact = await make(['utility']);
    await pool.query('DELETE FROM contact_identities WHERE contact_id = $1', [contact.id]);
    const userId = `MX.${uniqueDigits()}`;
    const wanted = async () => (await send({ contactId: contact.id })).body['to'];
    await insertIdentity(pool, tenantId(own), contact.id, 'bsuid', userId);
    expect(await wanted()).toBe(userId);
    const code = await insertTemplate(pool, tenantId(own), (await pool.query<{ id: string }>('SELECT account_id AS id FROM phone_numbers WHERE id = $1', [number.id])).rows[0]!.id, { category: 'AUTHENTICATION' });
    await pool.query(`UPDATE consents SET purpose = 'authentication' WHERE contact_id = $1`, [contact.id]);
    const body = { numberId: number.id, contactId: contact.id, template: { name: code.name, language: 'en', parameters: { body: ['1'] } } };
    expect(await call('POST', '/v1/messages', body)).toMatchObject({ status: 422, body: { code: 'message.not-deliverable', errors: [{ pointer: '/contactId', code: 'recipient.phone-needed' }] } });
    await pool.query(`UPDATE consents SET purpose = 'utility' WHERE contact_id = $1`, [contact.id]);
    const line = newNumber();
    await insertIdentity(pool, tenantId(own), contact.id, 'phone', `+${line}`);
    expect(await wanted()).toBe(`+${line}`);
    await insertIdentity(pool, tenantId(own), contact.id, 'wa_id', '5215512345678');
    expect(await wanted()).toBe('+5215512345678');
  });

  it('lose no message that waits when they are joined', async () => {
    const [from, into] = [await make(['utility']), await make(['utility'])];
    const message = await insertMessage(pool, { tenantId: tenantId(own), numberId: number.id, contactId: from.id });
    await call('POST', `/v1/contacts/${from.id}/merge`, { intoId: into.id });
    const { rows } = await pool.query('SELECT contact_id AS id, state::text AS state FROM messages WHERE id = $1', [message]);
    expect(rows).toEqual([{ id: into.id, state: 'QUEUED' }]);
  });
});
