import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type pg from 'pg';
import { provenTenant } from '@parley/domain';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import {
  insertAccount,
  insertContact,
  insertConversation,
  insertInbound,
  insertNumber,
  insertTemplate,
  openPool,
  type Columns,
  type TestPair,
} from '../support/fixtures.js';

const SECRET = 'a-secret-of-the-issuer-with-over-32-characters';
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

describe('reading and answering conversations', () => {
  let api: TestApi;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let pair: TestPair;
  let accountId: string;

  beforeAll(async () => {
    api = await TestApi.start({ JWT_SECRET: SECRET, JWT_ISSUER: 'https://id.example.com', JWT_AUDIENCE: 'parley', AUTH_CACHE_SECONDS: '0' });
    database = openPool((await workerDatabase()).system, 2);
    other = await api.tenant();
  });
  beforeEach(async () => {
    own = await api.tenant();
    const tenantId = provenTenant(own.id);
    accountId = await insertAccount(database, tenantId);
    pair = { tenantId, numberId: (await insertNumber(database, tenantId, accountId)).id, contactId: (await insertContact(database, tenantId)).id };
  });
  afterAll(async () => {
    await database.end();
    await api.stop();
  });

  const get = (path: string, bearer = own.apiKey) => api.call('GET', `/v1/conversations${path}`, { bearer });
  const idsOf = async (path: string, bearer?: string) => ((await get(path, bearer)).body['data'] as { id: string }[]).map(({ id }) => id);
  const token = (subject: string) =>
    new SignJWT({ tenant_id: own.id, role: 'agent' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setIssuer('https://id.example.com')
      .setAudience('parley')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(SECRET));

  /** A conversation with another customer, who wrote so many minutes ago. */
  async function conversation(minutesAgo: number, columns: Columns = {}): Promise<string> {
    const contactId = (await insertContact(database, pair.tenantId)).id;
    return insertConversation(database, { ...pair, contactId }, minutesAgo / 60, columns);
  }

  async function user(): Promise<{ id: string; bearer: string }> {
    const subject = `auth0|${randomUUID()}`;
    const { body } = await api.call('POST', '/v1/users', { bearer: own.apiKey, body: { subject, email: `${randomUUID()}@example.com`, name: 'Bo', role: 'agent' } });
    return { id: String(body['id']), bearer: await token(subject) };
  }

  describe('the list', () => {
    it('is filtered by all that agents sort by', async () => {
      const bo = await user();
      const mine = await conversation(1, { state: 'ASSIGNED', assigned_to: bo.id });
      const urgent = await conversation(2, { priority: 'URGENT', tags: ['vip', 'allergy'] });
      const low = await conversation(3, { priority: 'LOW', customer_id: 'C-7', state: 'RESOLVED' });
      const archived = await conversation(4, { state: 'ARCHIVED', unread_count: 1 });
      expect(await idsOf('')).toEqual([mine, urgent, low, archived]);
      expect(await idsOf('?state=RESOLVED,ARCHIVED')).toEqual([low, archived]);
      expect(await idsOf('?state=RESOLVED&state=ASSIGNED')).toEqual([mine, low]);
      expect(await idsOf(`?assignedTo=${bo.id}`)).toEqual([mine]);
      expect(await idsOf(`?assignedTo=${bo.id}&state=ASSIGNED`)).toEqual([mine]);
      expect(await idsOf('?assignedTo=me', bo.bearer)).toEqual([mine]);
      expect(await idsOf('?assignedTo=me')).toEqual([]);
      expect(await idsOf('?assignedTo=none')).toEqual([urgent, low, archived]);
      expect(await idsOf('?priority=URGENT')).toEqual([urgent]);
      expect(await idsOf('?priority=LOW,URGENT')).toEqual([urgent, low]);
      expect(await idsOf('?tag=allergy')).toEqual([urgent]);
      expect(await idsOf('?customerId=C-7')).toEqual([low]);
      expect(await idsOf('?unread=true')).toEqual([archived]);
      const from = new Date(Date.now() - 2.5 * MINUTE_MS).toISOString();
      expect(await idsOf(`?from=${from}`)).toEqual([mine, urgent]);
      expect(await idsOf(`?to=${from}`)).toEqual([low, archived]);
      expect(await idsOf('?state=ASSIGNED', other.apiKey)).toEqual([]);
      expect(await idsOf(`?assignedTo=${bo.id}`, other.apiKey)).toEqual([]);
    });

    it('knows who waits for an answer, and can begin with the most urgent', async () => {
      const waiting = (minutes: number, more: Columns = {}) => ({
        awaiting_since: new Date(Date.now() - 90 * MINUTE_MS),
        due_soon_at: new Date(Date.now() + (minutes - 30) * MINUTE_MS),
        answer_due_at: new Date(Date.now() + minutes * MINUTE_MS),
        ...more,
      });
      const calm = await conversation(1, waiting(100));
      const late = await conversation(2, waiting(-5));
      const soon = await conversation(3, waiting(10));
      const answered = await conversation(4, waiting(10, { answered_at: new Date() }));
      const quiet = await conversation(5);
      expect(await idsOf('?awaiting=true')).toEqual([calm, late, soon]);
      expect(await idsOf('?awaiting=false')).toEqual([answered, quiet]);
      for (const [status, id] of [['ok', calm], ['due-soon', soon], ['breached', late]] as const) {
        const { body } = await get(`?slaStatus=${status}`);
        expect(body['data']).toMatchObject([{ id, slaStatus: status }]);
      }
      expect(await idsOf('?sort=urgency')).toEqual([late, soon, calm]);
      const first = await get('?sort=urgency&limit=2');
      expect(await idsOf(`?sort=urgency&limit=2&cursor=${String(first.body['nextCursor'])}`)).toEqual([calm]);
    });

    it('finds whoever has a phone number, however it is written, and also by a contact that was joined to another', async () => {
      const { id: contactId, phone } = await insertContact(database, pair.tenantId);
      const joined = await insertContact(database, pair.tenantId);
      await database.query('UPDATE contacts SET merged_into = $2 WHERE id = $1', [joined.id, contactId]);
      const sought = await insertConversation(database, { ...pair, contactId });
      await conversation(1);
      const [country, rest] = [phone.slice(1, 3), phone.slice(3)];
      for (const text of [phone, phone.slice(1), `00${country} ${rest}`, `+${country} (${rest.slice(0, 3)}) ${rest.slice(3)}`])
        expect(await idsOf(`?q=${encodeURIComponent(text)}`)).toEqual([sought]);
      expect(await idsOf(`?contactId=${joined.id}`)).toEqual([sought]);
      expect(await idsOf(`?q=${encodeURIComponent(phone)}&state=ARCHIVED`)).toEqual([]);
      expect(await idsOf(`?q=${encodeURIComponent(phone)}`, other.apiKey)).toEqual([]);
    });

    it.each(['state=NEW', 'assignedTo=bo', 'slaStatus=met', 'from=noon', 'sort=name', 'priority=HIGH,TOP'])('refuses ?%s', async (query) => {
      expect(await get(`?${query}`)).toMatchObject({ status: 422, body: { errors: [{ pointer: `/${query.split('=')[0]}` }] } });
    });
  });

  describe('the history', () => {
    let id: string;
    const now = Math.floor(Date.now() / 1_000) * 1_000;

    /** A message of the customer that arrived so many minutes ago and was written so long before that. */
    async function said(body: string, minutesAgo: number, lateMs = 0, conversationId = id): Promise<string> {
      const arrived = new Date(now - minutesAgo * MINUTE_MS);
      const { rows } = await database.query<{ id: string }>('SELECT uuid_v7($1) AS id', [arrived]);
      return insertInbound(database, pair, conversationId, { id: rows[0]!.id, display_content: body, created_at: new Date(arrived.getTime() - lateMs) });
    }

    const read = async (query: string) => {
      const { body } = await get(`/${id}/messages${query}`);
      return { ...body, lines: (body['data'] as { displayContent: string }[]).map(({ displayContent }) => displayContent) } as Record<string, unknown> & { lines: string[] };
    };

    beforeEach(async () => {
      id = await insertConversation(database, pair);
    });

    it('stands in the order of WhatsApp, whatever came late, page by page and back', async () => {
      for (const minutes of [90, 80, 70, 60, 50]) await said(`${minutes}`, minutes);
      await said('75', 10, 65 * MINUTE_MS);
      await said('six days late', 5, 6 * DAY_MS);
      await said('too late to sort', 4, 8 * DAY_MS);
      const expected = ['too late to sort', '50', '60', '70', '75', '80', '90', 'six days late'];
      expect((await read('')).lines).toEqual(expected);
      const paged: string[] = [];
      let last = await read('?limit=3');
      for (; ; last = await read(`?limit=3&before=${String(last['nextCursor'])}`)) {
        paged.push(...last.lines);
        if (last['nextCursor'] === null) break;
      }
      expect(paged).toEqual(expected);
      const back: string[] = [...last.lines];
      for (let page = last; page['newerCursor'] !== null; back.unshift(...page.lines)) page = await read(`?limit=3&after=${String(page['newerCursor'])}`);
      expect(back).toEqual(expected);
    });

    it('can be read around a message, and goes on with what comes in', async () => {
      await said('one', 3);
      const two = await said('two', 2);
      await said('three', 1);
      expect((await read(`?before=${two}`)).lines).toEqual(['one']);
      const newer = await read(`?after=${two}`);
      expect(newer).toMatchObject({ lines: ['three'], hasMore: false });
      const cursor = String(newer['newerCursor']);
      expect(await read(`?after=${cursor}`)).toMatchObject({ lines: [], newerCursor: null });
      await said('four', 0);
      expect((await read(`?after=${cursor}`)).lines).toEqual(['four']);
    });

    it('can be that of the contact, across conversations that were put away', async () => {
      const earlier = await insertConversation(database, pair, 300, { state: 'ARCHIVED' });
      await said('long ago', 20_000, 0, earlier);
      await said('today', 1);
      expect((await read('')).lines).toEqual(['today']);
      expect((await read('?scope=contact')).lines).toEqual(['today', 'long ago']);
      const first = await read('?scope=contact&limit=1');
      expect((await read(`?scope=contact&before=${String(first['nextCursor'])}`)).lines).toEqual(['long ago']);
    });

    it('is refused in pieces that are none, and to others', async () => {
      expect(await get(`/${id}/messages?before=x`)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/before' }] } });
      expect(await get(`/${id}/messages?before=${id}`)).toMatchObject({ status: 404 });
      const both = `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`;
      expect(await get(`/${id}/messages?before=${both}&after=${both}`)).toMatchObject({ status: 422 });
      expect(await get(`/${id}/messages`, other.apiKey)).toMatchObject({ status: 404 });
    });
  });

  describe('an answer', () => {
    const reply = (id: string, body: unknown, bearer = own.apiKey, headers: Record<string, string> = {}) =>
      api.call('POST', `/v1/conversations/${id}/messages`, { bearer, body, headers });
    const sentBy = async (id: unknown) => (await database.query<{ sender: string; user_id: string | null; contact_id: string }>('SELECT sender, user_id, contact_id FROM messages WHERE id = $1', [id])).rows;

    it('goes to who wrote, once for each key, as who it is from', async () => {
      const id = await insertConversation(database, pair);
      const [first, again] = [await reply(id, { text: { body: 'La opt.' } }, own.apiKey, { 'idempotency-key': 'k-1' }), await reply(id, { text: { body: 'La opt.' } }, own.apiKey, { 'idempotency-key': 'k-1' })];
      expect(first).toMatchObject({ status: 202, body: { status: 'QUEUED', contactId: pair.contactId, numberId: pair.numberId } });
      expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
      expect(await sentBy(first.body['id'])).toEqual([{ sender: 'app', user_id: null, contact_id: pair.contactId }]);
      const bo = await token('auth0|bo');
      await api.call('POST', '/v1/users', { bearer: own.apiKey, body: { subject: 'auth0|bo', email: 'bo@example.com', name: 'Bo', role: 'agent' } });
      const staff = await reply(id, { text: { body: 'Sau la nouă?' } }, bo);
      expect(await sentBy(staff.body['id'])).toMatchObject([{ sender: 'staff', user_id: 'auth0|bo' }]);
    });

    it('outside the window is told which templates may be sent, best first', async () => {
      const id = await insertConversation(database, pair, 30);
      await database.query(`UPDATE contacts SET context = '{"language":"ro"}' WHERE id = $1`, [pair.contactId]);
      const body = (text: string) => ({ components: [{ type: 'BODY', text }] });
      await insertTemplate(database, pair.tenantId, accountId, { name: 'hello', ...body('Hello!') });
      await insertTemplate(database, pair.tenantId, accountId, { name: 'oferta', language: 'ro', category: 'MARKETING', ...body('Ofertă!') });
      await insertTemplate(database, pair.tenantId, accountId, { name: 'salut', language: 'ro', ...body('Bună!') });
      await insertTemplate(database, pair.tenantId, accountId, { name: 'respins', language: 'ro', status: 'REJECTED', ...body('Bună!') });
      const closed = await reply(id, { text: { body: 'Mai e liber?' } });
      expect(closed).toMatchObject({ status: 422, body: { code: 'window.closed', detail: expect.stringContaining('salut (ro)') as unknown } });
      expect((closed.body['suggestedTemplates'] as { name: string }[]).map(({ name }) => name)).toEqual(['salut', 'oferta', 'hello']);
      const options = await get(`/${id}/reply-options`);
      expect(options.body).toMatchObject({ windowOpen: false, templates: [{ name: 'salut', language: 'ro', body: 'Bună!' }, { name: 'oferta' }, { name: 'hello' }] });
      const open = await insertConversation(database, { ...pair, contactId: (await insertContact(database, pair.tenantId)).id });
      expect((await get(`/${open}/reply-options`)).body).toMatchObject({ windowOpen: true });
    });

    it('names neither number nor recipient, and nobody answers for another tenant', async () => {
      const id = await insertConversation(database, pair);
      expect(await reply(id, { text: { body: 'x' }, to: '+40722000000' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/to' }] } });
      expect(await reply(id, { text: { body: 'x' }, image: {} })).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
      expect(await reply(id, [])).toMatchObject({ status: 422 });
      expect(await reply(id, { text: { body: 'x' } }, other.apiKey)).toMatchObject({ status: 404 });
      expect(await get(`/${id}/reply-options`, other.apiKey)).toMatchObject({ status: 404 });
      expect((await database.query('SELECT FROM messages WHERE tenant_id = $1', [own.id])).rowCount).toBe(0);
    });
  });
});
