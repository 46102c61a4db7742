import pg from 'pg';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';

interface Seeded {
  tenantId: string;
  numberId: string;
  contactIds: string[];
}

describe('conversations', () => {
  let api: TestApi;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let seeded: Seeded;

  beforeAll(async () => {
    api = await TestApi.start();
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
  });

  beforeEach(async () => {
    [own, other] = [await api.tenant(), await api.tenant()];
    seeded = await seed(own.id);
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
  });

  const one = async (text: string, values: unknown[]) => (await database.query<{ id: string }>(text, values)).rows[0]!.id;

  async function seed(tenantId: string): Promise<Seeded> {
    const account = await one(`INSERT INTO accounts (tenant_id, waba_id, name, token_sealed) VALUES ($1, '1', 'x', 'x') RETURNING id`, [tenantId]);
    const numberId = await one(
      `INSERT INTO phone_numbers (tenant_id, account_id, graph_id, display_phone_number, verified_name, status)
       VALUES ($1, $2, gen_random_uuid()::text, '+40', 'x', 'CONNECTED') RETURNING id`,
      [tenantId, account],
    );
    const contactIds: string[] = [];
    for (let at = 0; at < 5; at += 1) contactIds.push(await one('INSERT INTO contacts (tenant_id, name) VALUES ($1, $2) RETURNING id', [tenantId, `C${at}`]));
    return { tenantId, numberId, contactIds };
  }

  /** @param minutesAgo when the customer last wrote; null: never */
  function conversation(contact: number, minutesAgo: number | null, more: { state?: string; unread?: number } = {}): Promise<string> {
    return one(
      `INSERT INTO conversations (tenant_id, phone_number_id, contact_id, state, unread_count, first_inbound_at, last_inbound_at)
       SELECT $1, $2, $3, $4, $5, t, t FROM (SELECT date_trunc('minute', now()) - make_interval(mins => $6) AS t) i RETURNING id`,
      [seeded.tenantId, seeded.numberId, seeded.contactIds[contact], more.state ?? 'OPEN', more.unread ?? 0, minutesAgo],
    );
  }

  function message(conversationId: string, contact: number, columns: { direction: string; sender: string; state: string; body: string; cause?: string }): Promise<string> {
    const { direction, sender, state, body, cause } = columns;
    return one(
      `INSERT INTO messages (tenant_id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, payload, display_content,
                             state, wait_cause)
       VALUES ($1, $2, $3, $4, $5::text, $6, 'text', json_build_object('body', $7::text), CASE WHEN $5::text = 'OUTBOUND' THEN '{}'::json END, $7, $8, $9)
       RETURNING id`,
      [seeded.tenantId, seeded.numberId, seeded.contactIds[contact], conversationId, direction, sender, body, state, cause ?? null],
    );
  }

  const ids = async (query: string, tenant = own) =>
    ((await api.call('GET', `/v1/conversations?${query}`, { bearer: tenant.apiKey })).body['data'] as { id: string }[]).map(({ id }) => id);

  it('are listed from the first message of the customer on, the latest first, page by page', async () => {
    const oldest = await conversation(0, 30);
    await conversation(1, null);
    const latest = await conversation(2, 1);
    const tied = [await conversation(3, 10), await conversation(4, 10)];
    const expected = [latest, ...tied.sort().reverse(), oldest];
    expect(await ids('')).toEqual(expected);
    const paged: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', `/v1/conversations?limit=1${cursor}`, { bearer: own.apiKey });
      paged.push(...(body['data'] as { id: string }[]).map(({ id }) => id));
      expect(body['hasMore']).toBe(body['nextCursor'] !== null);
      cursor = body['nextCursor'] === null ? '' : `&cursor=${String(body['nextCursor'])}`;
    } while (cursor);
    expect(paged).toEqual(expected);
  });

  it('show who writes, how much is unread and until when free text may be sent', async () => {
    const id = await conversation(0, 5, { unread: 3 });
    const { body } = await api.call('GET', `/v1/conversations/${id}`, { bearer: own.apiKey });
    expect(body).toMatchObject({ id, numberId: seeded.numberId, contact: { id: seeded.contactIds[0], name: 'C0' }, state: 'OPEN', unreadCount: 3 });
    expect(Date.parse(String(body['windowClosesAt'])) - Date.parse(String(body['lastInboundAt']))).toBe(86_400_000);
  });

  it('are filtered', async () => {
    const unread = await conversation(0, 1, { unread: 2 });
    const resolved = await conversation(1, 2, { state: 'RESOLVED' });
    expect(await ids('unread=true')).toEqual([unread]);
    expect(await ids('unread=false')).toEqual([resolved]);
    expect(await ids('state=RESOLVED')).toEqual([resolved]);
    expect(await ids(`contactId=${seeded.contactIds[0]}`)).toEqual([unread]);
    expect(await ids(`numberId=${seeded.numberId}`)).toEqual([unread, resolved]);
    expect(await ids(`numberId=${seeded.tenantId}`)).toEqual([]);
  });

  it.each(['unread=yes', 'state=NEW', 'contactId=1', 'cursor=nonsense'])('refuse ?%s', async (query) => {
    const answer = await api.call('GET', `/v1/conversations?${query}`, { bearer: own.apiKey });
    expect(answer).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer: `/${query.split('=')[0]}` }] } });
  });

  it('hold their messages, newest first, with the status that tenants see', async () => {
    const id = await conversation(0, 1);
    await message(id, 0, { direction: 'INBOUND', sender: 'customer', state: 'RECEIVED', body: 'A table for two?' });
    await message(id, 0, { direction: 'OUTBOUND', sender: 'staff', state: 'WAITING', cause: 'pair', body: 'At eight?' });
    const first = await api.call('GET', `/v1/conversations/${id}/messages?limit=1`, { bearer: own.apiKey });
    expect(first.body).toMatchObject({
      data: [{ content: { body: 'At eight?' }, status: 'QUEUED', reason: { code: 'EARLIER_MESSAGE' }, conversationId: id }],
      hasMore: true,
    });
    const second = await api.call('GET', `/v1/conversations/${id}/messages?limit=1&cursor=${String(first.body['nextCursor'])}`, { bearer: own.apiKey });
    expect(second.body).toMatchObject({ data: [{ direction: 'INBOUND', status: 'RECEIVED', displayContent: 'A table for two?' }], hasMore: false });
  });

  it('of others are as missing as those that never were', async () => {
    const id = await conversation(0, 1);
    expect(await ids('', other)).toEqual([]);
    for (const rest of ['', '/messages']) {
      const answers = await Promise.all(
        [id, '0199a1b2-0000-7000-8000-00000000dead', 'x'].map((each) => api.call('GET', `/v1/conversations/${each}${rest}`, { bearer: other.apiKey })),
      );
      const bodies = answers.map(({ body: { requestId: _, ...body } }) => body);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
    }
  });
});
