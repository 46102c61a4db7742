import { SignJWT } from 'jose';
import type pg from 'pg';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertConversation, insertNumber, insertRow, openPool, uniqueDigits } from '../support/fixtures.js';
import { provenTenant } from '@parley/domain';

const SECRET = 'a-secret-of-the-issuer-with-over-32-characters';
const ISSUER = 'https://id.example.com';
const MINUTE_MS = 60_000;

describe('what people do with a conversation', () => {
  let api: TestApi;
  let pool: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let id: string;
  let pair: { tenantId: ReturnType<typeof provenTenant>; numberId: string; contactId: string };

  beforeAll(async () => {
    api = await TestApi.start({ JWT_SECRET: SECRET, JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'parley' });
    pool = openPool((await workerDatabase()).system, 2);
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
  });
  beforeEach(async () => {
    [own, other] = [await api.tenant(), await api.tenant()];
    const tenantId = provenTenant(own.id);
    const number = await insertNumber(pool, tenantId, await insertAccount(pool, tenantId));
    pair = { tenantId, numberId: number.id, contactId: (await insertContact(pool, tenantId)).id };
    id = await insertConversation(pool, pair);
  });

  const call = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, bearer = own.apiKey): Promise<Answer> =>
    api.call(method, `/v1/conversations/${id}${path}`, { bearer, ...(body !== undefined && { body }) });
  const user = async (subject = uniqueDigits(), tenant = own): Promise<string> =>
    String((await api.call('POST', '/v1/users', { bearer: tenant.apiKey, body: { subject, email: `${uniqueDigits()}@example.com`, name: `User ${subject}`, role: 'agent' } })).body['id']);
  const disable = (userId: string) => api.call('PATCH', `/v1/users/${userId}`, { bearer: own.apiKey, body: { state: 'DISABLED' } });
  const types = async () => ((await call('GET', '/timeline')).body['data'] as { type: string }[]).map(({ type }) => type);
  const events = async () =>
    (await pool.query<{ type: string }>(`SELECT type FROM events WHERE tenant_id = $1 AND resource_id = $2 ORDER BY xid, id`, [own.id, id])).rows.map(({ type }) => type);
  const set = (columns: string, ...values: unknown[]) => pool.query(`UPDATE conversations SET ${columns} WHERE tenant_id = $1 AND id = $2`, [own.id, id, ...values]);

  it('it is given to active users of the tenant, and of two who take it at once one is told', async () => {
    const [ana, bo, foreign, gone] = [await user(), await user(), await user(undefined, other), await user()];
    await disable(gone);
    const taken = await Promise.all([ana, bo].map((userId) => call('POST', '/assign', { userId, from: null })));
    expect(taken.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(taken.find(({ status }) => status === 409)!.body).toMatchObject({ code: 'conversation.taken' });
    const winner = String(taken.find(({ status }) => status === 200)!.body['assignedTo']);
    expect((await call('GET', '')).body).toMatchObject({ state: 'ASSIGNED', assignedTo: winner, assignedAt: expect.any(String) as string });
    for (const userId of [foreign, gone]) {
      expect(await call('POST', '/assign', { userId })).toMatchObject({ status: 422, body: { code: 'user.not-assignable', errors: [{ pointer: '/userId' }] } });
    }
    // Again to the same: nothing happens. To another, then to nobody.
    for (const userId of [winner, winner === ana ? bo : ana, null]) expect((await call('POST', '/assign', { userId })).status).toBe(200);
    expect((await call('GET', '')).body).toMatchObject({ state: 'OPEN', assignedTo: null, assignedAt: null });
    expect(await types()).toEqual(['unassigned', 'assigned', 'assigned', 'opened']);
    expect(await events()).toEqual(Array.from({ length: 3 }, () => 'whatsapp.conversation_assigned'));
  });

  it('it goes along the table of states, and what is not possible says what is', async () => {
    const ana = await user();
    await call('POST', '/assign', { userId: ana });
    expect(await call('POST', '/archive')).toMatchObject({ status: 409, body: { code: 'conversation.state-conflict', detail: expect.stringContaining('Possible: assign, resolve.') as string } });
    expect((await call('POST', '/resolve')).body).toMatchObject({ state: 'RESOLVED', resolvedAt: expect.any(String) as string });
    expect((await call('POST', '/resolve')).status).toBe(409);
    expect((await call('POST', '/assign', { userId: ana })).body).toMatchObject({ code: 'conversation.state-conflict', detail: expect.stringContaining('reopen, archive') as string });
    expect((await call('POST', '/reopen')).body).toMatchObject({ state: 'ASSIGNED', assignedTo: ana, resolvedAt: null });
    await call('POST', '/resolve');
    await disable(ana);
    expect((await call('POST', '/reopen')).body).toMatchObject({ state: 'OPEN', assignedTo: null });
    await call('POST', '/resolve');
    const archived = await Promise.all([call('POST', '/archive'), call('POST', '/archive')]);
    expect(archived.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await call('POST', '/reopen')).body).toMatchObject({ detail: expect.stringContaining('the next message opens a new one') as string });
    expect(await types()).toEqual(['archived', 'resolved', 'reopened', 'resolved', 'reopened', 'resolved', 'assigned', 'opened']);
    expect((await events()).filter((type) => type.endsWith('archived'))).toHaveLength(1);
  });

  it('its service level shows in it without any job, and ends where it is resolved', async () => {
    const asked = new Date(Date.now() - 100 * MINUTE_MS);
    const at = (minutes: number) => new Date(asked.getTime() + minutes * MINUTE_MS);
    await set('awaiting_since = $3, due_soon_at = $4, answer_due_at = $5', asked, at(90), at(120));
    expect((await call('GET', '')).body).toMatchObject({ slaStatus: 'due-soon', minutesUntilBreach: 19, priority: 'NORMAL', escalationPriority: 'HIGH', awaitingSince: asked.toISOString() });
    await set('answer_due_at = $3', at(95));
    expect((await call('GET', '')).body).toMatchObject({ slaStatus: 'breached', minutesUntilBreach: -6, escalationPriority: 'URGENT' });
    await set('answered_at = $3', at(93));
    expect((await call('GET', '')).body).toMatchObject({ slaStatus: 'met', minutesUntilBreach: null, escalationPriority: 'NORMAL', awaitingSince: null, firstResponseAt: at(93).toISOString() });
    // An answer that nobody has noted yet is left to the monitor; a question that nobody answered is dropped.
    await call('POST', '/resolve');
    expect((await pool.query('SELECT awaiting_since FROM conversations WHERE id = $1', [id])).rows).toEqual([{ awaiting_since: asked }]);
    await set(`state = 'OPEN', answered_at = NULL, escalation_level = 2, priority = 'URGENT', priority_before = 'LOW'`);
    expect((await call('POST', '/resolve')).body).toMatchObject({ slaStatus: 'none', awaitingSince: null, priority: 'LOW' });
    expect((await pool.query('SELECT awaiting_since FROM conversations WHERE id = $1', [id])).rows).toEqual([{ awaiting_since: null }]);
  });

  it('priority, tags and the customer are changed, each only where it is given, and remembered', async () => {
    await set(`priority = 'HIGH', priority_before = 'NORMAL'`);
    expect((await call('PATCH', '', { tags: ['allergy'], customerId: 'C-1' })).body).toMatchObject({ tags: ['allergy'], customerId: 'C-1', priority: 'HIGH' });
    expect((await call('PATCH', '', { priority: 'LOW', customerId: null })).body).toMatchObject({ tags: ['allergy'], customerId: null, priority: 'LOW' });
    await call('PATCH', '', { priority: 'LOW' });
    expect((await pool.query('SELECT priority_before FROM conversations WHERE id = $1', [id])).rows).toEqual([{ priority_before: null }]);
    const { body } = await call('GET', '/timeline?limit=1');
    expect(body).toMatchObject({ hasMore: true, data: [{ type: 'changed', actor: expect.stringMatching(/^key:/) as string, detail: { before: { priority: 'HIGH' }, after: { priority: 'LOW', tags: ['allergy'] } } }] });
    expect(await types()).toEqual(['changed', 'changed', 'opened']);
    for (const [field, value] of [['priority', 'HIGHEST'], ['tags', ['x', 'x']], ['tags', ['']], ['customerId', '']] as const) {
      expect(await call('PATCH', '', { [field]: value })).toMatchObject({ status: 422, body: { errors: [{ pointer: expect.stringMatching(`^/${field}`) as string }] } });
    }
    expect((await call('PATCH', '', { tags: ['a\u0000'] })).body).toMatchObject({ code: 'text.invalid-character' });
  });

  it('notes have the person who wrote them, and stand on the timeline', async () => {
    const ana = await user('auth0|ana');
    const token = await new SignJWT({ tenant_id: own.id, role: 'agent' })
      .setProtectedHeader({ alg: 'HS256' }).setSubject('auth0|ana').setIssuer(ISSUER).setAudience('parley').setIssuedAt().setExpirationTime('5m')
      .sign(new TextEncoder().encode(SECRET));
    expect(await call('POST', '/notes', { text: 'No nuts.' }, token)).toMatchObject({ status: 201, body: { author: 'user:auth0|ana', authorId: ana, text: 'No nuts.' } });
    expect((await call('POST', '/notes', { text: 'Table 5.' })).body).toMatchObject({ author: expect.stringMatching(/^key:/) as string, authorId: null });
    expect((await call('GET', '/notes')).body).toMatchObject({ data: [{ text: 'Table 5.' }, { text: 'No nuts.' }], hasMore: false });
    expect((await call('GET', '/timeline')).body).toMatchObject({ data: [{ type: 'note', detail: { text: 'Table 5.' } }, { type: 'note', actor: 'user:auth0|ana' }, { type: 'opened' }] });
    expect((await call('POST', '/notes', { text: '' })).status).toBe(422);
  });

  it('those who could take it are ranked by what they have to do and whom the customer knows', async () => {
    const [busy, known, gone] = [await user(), await user(), await user()];
    await disable(gone);
    const contact = { ...pair, contactId: (await insertContact(pool, pair.tenantId)).id };
    await insertConversation(pool, contact, 0, { state: 'ASSIGNED', assigned_to: busy });
    const answer = { conversation_id: id, phone_number_id: pair.numberId, contact_id: pair.contactId, answered_at: new Date(), seconds: 1, business_seconds: 1, is_first: true, by_staff: true };
    await insertRow(pool, 'conversation_responses', { tenant_id: own.id, asked_at: new Date(0), assignee: known, ...answer });
    expect((await call('GET', '/assignees')).body).toEqual({
      suggested: known,
      data: [
        expect.objectContaining({ userId: known, reason: 'history', answers: 1, openConversations: 0, detail: 'Answered this customer 1 time; has 0 conversations.' }),
        expect.objectContaining({ userId: busy, reason: 'load', answers: 0, openConversations: 1 }),
      ],
    });
  });

  it("another tenant's is not there for any of it", async () => {
    const unknown = '0199a1b2-0000-7000-8000-00000000dead';
    const routes = [
      ['PATCH', '', { priority: 'HIGH' }], ['POST', '/assign', { userId: null }], ['POST', '/resolve', {}], ['POST', '/reopen', {}], ['POST', '/archive', {}],
      ['POST', '/notes', { text: 'x' }], ['GET', '/notes', undefined], ['GET', '/timeline', undefined], ['GET', '/assignees', undefined],
    ] as const;
    const answers = async (target: string) => {
      const made: unknown[] = [];
      for (const [method, path, body] of routes) {
        const answer = await api.call(method, `/v1/conversations/${target}${path}`, { bearer: other.apiKey, ...(body && { body }) });
        made.push([method, path, answer.status, { ...answer.body, requestId: null }]);
      }
      return made;
    };
    const foreign = await answers(id);
    expect(foreign).toEqual(await answers(unknown));
    expect(foreign.map((answer) => (answer as unknown[])[2])).toEqual(routes.map(() => 404));
    expect(await types()).toEqual(['opened']);
  });

  it('takes the right to write', async () => {
    const { body } = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body: { name: 'reader', scopes: ['conversations:read'] } });
    const reader = String(body['apiKey'] ?? body['key'] ?? body['secret']);
    expect((await call('GET', '/timeline', undefined, reader)).status).toBe(200);
    for (const path of ['/resolve', '/notes', '/assign']) expect((await call('POST', path, {}, reader)).status).toBe(403);
  });
});
