import { RecordingProxy } from '../contract/recording-proxy.js';
import type { Answer } from '../support/api.js';
import { ParleyAtMeta, type ConnectedTenant, type Guest } from '../support/parley-at-meta.js';

let proxy: RecordingProxy;
let parley: ParleyAtMeta;
let own: ConnectedTenant;
let guest: Guest;

beforeAll(async () => {
  parley = await ParleyAtMeta.start(async ({ url }) => (proxy = await RecordingProxy.start(url)).url);
  own = await parley.tenant();
});
afterAll(async () => {
  await parley.stop();
  await proxy.stop();
});
beforeEach(async () => {
  guest = await parley.guest(own);
  proxy.exchanges.length = 0;
});

/** What Meta was asked to mark, at the path of the number. */
const marked = (): unknown[] =>
  proxy.exchanges.flatMap(({ request: { url, body } }) => (url.endsWith(`/${own.graph.phoneNumberId}/messages`) ? [JSON.parse(body) as unknown] : []));

const markOf = (wamid: string, typing: boolean): object => ({
  messaging_product: 'whatsapp',
  status: 'read',
  message_id: wamid,
  ...(typing && { typing_indicator: { type: 'text' } }),
});

const mark = (what: 'read' | 'typing', body?: object, { key }: ConnectedTenant = own, id = guest.conversationId): Promise<Answer> =>
  parley.api.call('POST', `/v1/conversations/${id}/${what}`, { bearer: key, ...(body && { body }) });

const unread = async (): Promise<unknown> =>
  (await parley.api.call('GET', `/v1/conversations/${guest.conversationId}`, { bearer: own.key })).body['unreadCount'];

describe('a conversation', () => {
  it('is read: nothing is unread here, and Meta marks the newest message, and those before with it', async () => {
    const newest = await parley.writes(own.graph, guest.phone, 'Anybody there?');
    expect(await unread()).toBe(2);
    const answer = await mark('read');
    expect(answer).toMatchObject({ status: 200, body: { id: guest.conversationId, unreadCount: 0, messageCount: 2 } });
    expect(marked()).toEqual([markOf(newest, false)]);
    expect(await unread()).toBe(0);
    // A second time changes nothing, and a new message is unread again.
    expect((await mark('read', {})).status).toBe(200);
    await parley.writes(own.graph, guest.phone, 'Hello?');
    expect(await unread()).toBe(1);
  });

  it('shows that somebody types, which marks it as read too', async () => {
    for (const [what, body] of [['read', { typing: true }], ['typing', undefined]] as const) {
      expect(await mark(what, body)).toMatchObject({ status: 200, body: { unreadCount: 0 } });
      expect(marked().at(-1)).toEqual(markOf(guest.wamid, true));
    }
  });

  it('is read here even where Meta refuses, and says so in Meta’s words', async () => {
    await parley.worker.pool.query(`UPDATE messages SET wamid = 'wamid.' || id WHERE conversation_id = $1`, [guest.conversationId]);
    const { status, body } = await mark('read');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toMatchObject({
      detail: expect.stringMatching(/^The conversation is read here, but WhatsApp was not told: ./) as unknown,
      meta: { graphCode: expect.any(Number) as unknown },
    });
    expect(await unread()).toBe(0);
  });

  it('in which nobody wrote has nothing to be marked, and nothing to type on', async () => {
    const [row] = await parley.worker.rows<{ id: string }>(
      `WITH c AS (INSERT INTO contacts (tenant_id, name) VALUES ($1, 'Ion') RETURNING id)
       INSERT INTO conversations (tenant_id, phone_number_id, contact_id) SELECT $1, $2, id FROM c RETURNING id`,
      [own.tenantId, own.numberId],
    );
    expect(await mark('read', {}, own, row!.id)).toMatchObject({ status: 200, body: { unreadCount: 0 } });
    expect(await mark('typing', undefined, own, row!.id)).toMatchObject({ status: 422, body: { code: 'window.closed' } });
    expect(marked()).toEqual([]);
  });

  it('of another tenant is as missing as one that never was, and stays unread', async () => {
    const other = await parley.tenant();
    for (const what of ['read', 'typing'] as const) {
      const answers = await Promise.all([guest.conversationId, '0199a1b2-0000-7000-8000-00000000dead'].map((id) => mark(what, undefined, other, id)));
      const bodies = answers.map(({ status, body: { requestId: _, ...body } }) => ({ status, ...body }));
      expect(bodies[0]).toMatchObject({ status: 404, code: 'resource.not-found' });
      expect(bodies[1]).toEqual(bodies[0]);
    }
    expect(marked()).toEqual([]);
    expect(await unread()).toBe(1);
  });

  it('is not marked by a key that may only read, nor by a body that is none', async () => {
    const { body } = await parley.api.call('POST', '/v1/api-keys', { bearer: own.key, body: { name: 'reader', scopes: ['conversations:read'] } });
    expect(await mark('read', {}, { ...own, key: String(body['key']) })).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
    expect(await mark('read', { typing: 'yes' })).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer: '/typing' }] } });
    expect(await unread()).toBe(1);
  });
});
