import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@parley/domain';
import type { Answer } from '../support/api.js';
import { insertRow, uniquePhone } from '../support/fixtures.js';
import { ParleyAtMeta, type ConnectedTenant, type Guest } from '../support/parley-at-meta.js';
import { waitFor } from '../support/wait-for.js';
import { envelope, uniqueWamid } from '../support/worker.js';

const WAMID = 'wamid.HBgLNDA3MjMwMDAxMTEVAgASGBQzQTdC';
const USER_ID = 'US.13491208655302741918';
const CARD = { components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Try our {{1}} today' }, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Order' }] }] };
const TEMPLATES = [
  template('with_document', 'UTILITY', [
    { type: 'HEADER', format: 'DOCUMENT' },
    { type: 'BODY', text: 'Hello {{name}}, your invoice is here.', example: { body_text_named_params: [{ param_name: 'name', example: 'Ana' }] } },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Pay', url: 'https://example.com/{{1}}', example: ['https://example.com/1'] }] },
  ], 'NAMED'),
  template('dishes', 'MARKETING', [{ type: 'BODY', text: 'Dishes of the day' }, { type: 'CAROUSEL', cards: [CARD, CARD] }]),
  template('login', 'AUTHENTICATION', [
    { type: 'BODY', text: '{{1}} is your code.', example: { body_text: [['123456']] } },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Copy', url: 'https://example.com/{{1}}', example: ['https://example.com/1'] }] },
  ]),
];

function template(name: string, category: string, components: object[], parameterFormat = 'POSITIONAL'): JsonObject {
  return { name, language: 'en_US', category, parameterFormat, components: components as JsonObject[] };
}

let parley: ParleyAtMeta;
let own: ConnectedTenant;
let guest: Guest;

beforeAll(async () => {
  parley = await ParleyAtMeta.start();
  own = await restaurant();
  guest = await parley.guest(own);
});
afterAll(() => parley.stop());

const restaurant = (): Promise<ConnectedTenant> => parley.tenant(TEMPLATES);

/** A media that is uploaded already, here and at Meta. */
async function media(kind: string, mimeType: string, of: ConnectedTenant = own, columns: object = {}): Promise<{ id: string; graphId: string }> {
  const { id } = await insertRow<{ id: string }>(parley.worker.pool, 'media', {
    ...{ tenant_id: of.tenantId, direction: 'OUTBOUND', kind, state: 'STORED', mime_type: mimeType, bytes: 3, storage_key: randomUUID() },
    ...columns,
  });
  const file = new FormData();
  file.set('messaging_product', 'whatsapp');
  file.set('type', mimeType);
  file.set('file', new Blob(['abc'], { type: mimeType }), 'file');
  const response = await fetch(`${parley.meta.url}/v25.0/${of.graph.phoneNumberId}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${of.graph.accessToken}` },
    body: file,
  });
  const { id: graphId } = (await response.json()) as { id: string };
  expect(graphId).toMatch(/^\d+$/);
  await insertRow(parley.worker.pool, 'media_uploads', {
    ...{ tenant_id: of.tenantId, media_id: id, phone_number_id: of.numberId, graph_media_id: graphId },
    expires_at: new Date(Date.now() + 20 * 86_400_000),
  });
  return { id, graphId };
}

const post = (body: object, { key, numberId }: ConnectedTenant = own): Promise<Answer> =>
  parley.api.call('POST', '/v1/messages', { bearer: key, body: { numberId, ...('contactId' in body ? {} : { to: guest.phone }), ...body } });

const get = async (id: unknown, { key }: ConnectedTenant = own): Promise<JsonObject> =>
  (await parley.api.call('GET', `/v1/messages/${String(id)}`, { bearer: key })).body as JsonObject;

/** Sends, waits until Meta has it, and answers what Meta got, but for the attempt's id. */
async function leave(body: object): Promise<{ id: string; got: JsonObject }> {
  const { status, body: accepted } = await post(body);
  expect([status, accepted['errors'] ?? accepted['code']]).toEqual([202, undefined]);
  const id = String(accepted['id']);
  await waitFor(async () => (await get(id)).wamid !== null);
  const [attempt] = await parley.worker.rows<{ id: string }>('SELECT id FROM message_attempts WHERE message_id = $1', [id]);
  const { entries } = (await parley.meta.control('GET', `ledger?opaque=${attempt!.id}`)) as { entries: { body: JsonObject }[] };
  expect(entries).toHaveLength(1);
  const { biz_opaque_callback_data: _, ...got } = entries[0]!.body;
  return { id, got };
}

const wire = (type: string, content: unknown, more: object = {}): object => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: guest.phone,
  type,
  [type]: content,
  ...more,
});

describe('every kind', () => {
  it.each<[string, object, string, unknown, string]>([
    ['text', { text: { body: 'Da!' } }, 'text', { body: 'Da!', preview_url: false }, 'Da!'],
    [
      'image by link',
      { image: { link: 'https://example.com/a.jpg', caption: 'Soup' } },
      'image',
      { link: 'https://example.com/a.jpg', caption: 'Soup' },
      '[image] Soup',
    ],
    [
      'location',
      { location: { latitude: 44.43, longitude: 26.1, name: 'Trattoria' } },
      'location',
      { latitude: '44.43', longitude: '26.1', name: 'Trattoria' },
      '[location] Trattoria',
    ],
    [
      'contacts',
      { contacts: [{ name: { formattedName: 'Ana Pop', firstName: 'Ana' }, phones: [{ phone: '+40723000111', waId: '40723000111' }] }] },
      'contacts',
      [{ name: { formatted_name: 'Ana Pop', first_name: 'Ana' }, phones: [{ phone: '+40723000111', wa_id: '40723000111' }] }],
      '[contacts] Ana Pop',
    ],
    ['reaction', { reaction: { messageId: WAMID, emoji: '👍' } }, 'reaction', { message_id: WAMID, emoji: '👍' }, '👍'],
    ['reaction taken back', { reaction: { messageId: WAMID, emoji: '' } }, 'reaction', { message_id: WAMID, emoji: '' }, '[reaction removed]'],
    [
      'reply buttons',
      { interactive: { type: 'button', body: { text: 'Keep it?' }, action: { buttons: [{ reply: { id: 'y', title: 'Yes' } }] } } },
      'interactive',
      { type: 'button', body: { text: 'Keep it?' }, action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] } },
      'Keep it?',
    ],
    [
      'a list',
      { interactive: { type: 'list', body: { text: 'When?' }, action: { button: 'Times', sections: [{ rows: [{ id: '19', title: '19:00' }] }] } } },
      'interactive',
      { type: 'list', body: { text: 'When?' }, action: { button: 'Times', sections: [{ rows: [{ id: '19', title: '19:00' }] }] } },
      'When?',
    ],
    [
      'a link',
      { interactive: { type: 'cta_url', body: { text: 'Menu' }, action: { parameters: { displayText: 'See', url: 'https://example.com' } } } },
      'interactive',
      { type: 'cta_url', body: { text: 'Menu' }, action: { name: 'cta_url', parameters: { display_text: 'See', url: 'https://example.com' } } },
      'Menu',
    ],
    [
      'a flow',
      { interactive: { type: 'flow', body: { text: 'Book' }, action: { parameters: { flowId: '1', flowCta: 'Book', flowToken: 't' } } } },
      'interactive',
      { type: 'flow', body: { text: 'Book' }, action: { name: 'flow', parameters: { flow_message_version: '3', flow_id: '1', flow_cta: 'Book', flow_token: 't' } } },
      'Book',
    ],
    [
      'a question for the location',
      { interactive: { type: 'location_request_message', body: { text: 'Where?' } } },
      'interactive',
      { type: 'location_request_message', body: { text: 'Where?' }, action: { name: 'send_location' } },
      'Where?',
    ],
  ])('%s leaves in the shape that Meta takes', async (_, content, type, graph, line) => {
    const { id, got } = await leave(content);
    expect(got).toEqual(wire(type, graph));
    expect(await get(id)).toMatchObject({ kind: type, displayContent: line, to: guest.phone, media: [] });
  });

  it('may answer a message of the customer', async () => {
    const { id, got } = await leave({ text: { body: 'Yes' }, replyTo: WAMID });
    expect(got).toEqual(wire('text', { body: 'Yes', preview_url: false }, { context: { message_id: WAMID } }));
    expect(await get(id)).toMatchObject({ replyTo: WAMID });
  });

  it.each<[string, string, object]>([
    ['image', 'image/png', { caption: 'Soup' }],
    ['video', 'video/mp4', {}],
    ['audio', 'audio/ogg; codecs=opus', { voice: true }],
    ['document', 'application/pdf', { filename: 'menu.pdf' }],
    ['sticker', 'image/webp', {}],
  ])("%s by our id leaves by Meta's, and is shown with its media", async (kind, mimeType, more) => {
    const { id: mediaId, graphId } = await media(kind, mimeType);
    const { id, got } = await leave({ [kind]: { id: mediaId, ...more } });
    expect(got).toEqual(wire(kind, { id: graphId, ...more }));
    const shown = { kind, content: { id: mediaId, ...more }, media: [{ id: mediaId, state: 'STORED', reason: null, mimeType }] };
    expect(await get(id)).toMatchObject(shown);
    const { body } = await parley.api.call('GET', `/v1/messages?kind=${kind}&limit=1`, { bearer: own.key });
    expect(body['data']).toMatchObject([{ id, ...shown }]);
  });

  it('a template takes a document for its header, names and the end of a link', async () => {
    const { id: mediaId, graphId } = await media('document', 'application/pdf');
    const parameters = { header: { document: { id: mediaId, filename: 'invoice.pdf' } }, body: { name: 'Ana' }, buttons: [{ index: 0, text: 'A-1' }] };
    const { got } = await leave({ template: { name: 'with_document', language: 'en_US', parameters } });
    expect(got).toEqual(
      wire('template', {
        name: 'with_document',
        language: { code: 'en_US' },
        components: [
          { type: 'header', parameters: [{ type: 'document', document: { id: graphId, filename: 'invoice.pdf' } }] },
          { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'Ana' }] },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'A-1' }] },
        ],
      }),
    );
  });

  it('a carousel takes the pictures of its cards', async () => {
    const [soup, fish] = [await media('image', 'image/png'), await media('image', 'image/jpeg')];
    const cards = [soup, fish].map(({ id }) => ({ header: { image: { id } }, body: ['soup'], buttons: [{ index: 0, payload: 'order' }] }));
    const { id, got } = await leave({ template: { name: 'dishes', language: 'en_US', parameters: { cards } } });
    const cardOf = ({ graphId }: { graphId: string }, place: number): object => ({
      card_index: place,
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { id: graphId } }] },
        { type: 'body', parameters: [{ type: 'text', text: 'soup' }] },
        { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'order' }] },
      ],
    });
    const components = [{ type: 'carousel', cards: [cardOf(soup, 0), cardOf(fish, 1)] }];
    expect(got).toEqual(wire('template', { name: 'dishes', language: { code: 'en_US' }, components }));
    expect((await get(id)).media).toMatchObject([{ id: soup.id }, { id: fish.id }]);
  });

  it('an interactive message takes a media of ours for its header', async () => {
    const { id: mediaId, graphId } = await media('video', 'video/mp4');
    const action = { buttons: [{ reply: { id: 'y', title: 'Yes' } }] };
    const { got } = await leave({ interactive: { type: 'button', header: { type: 'video', video: { id: mediaId } }, body: { text: 'Well?' }, action } });
    expect(got).toMatchObject({ interactive: { header: { type: 'video', video: { id: graphId } } } });
  });
});

describe('a contact by its id', () => {
  it('is reached by its phone number', async () => {
    const { got } = await leave({ contactId: guest.contactId, text: { body: 'Da!' } });
    expect(got).toEqual(wire('text', { body: 'Da!', preview_url: false }));
  });

  it('without a phone number is reached by its user id, but by no one-time code', async () => {
    const from = { from_user_id: USER_ID, id: uniqueWamid(), timestamp: String(Math.floor(Date.now() / 1_000)) };
    const contacts = [{ profile: { name: 'Ana' }, user_id: USER_ID }];
    await parley.worker.receive(envelope(own.graph.phoneNumberId, { contacts, messages: [{ ...from, type: 'text', text: { body: 'Hi' } }] }));
    const [row] = await parley.worker.rows<{ contact_id: string }>('SELECT contact_id FROM contact_identities WHERE value = $1', [USER_ID]);
    const contactId = row!.contact_id;
    const { id, got } = await leave({ contactId, text: { body: 'Da!' } });
    const { to: _, ...rest } = wire('text', { body: 'Da!', preview_url: false }) as { to: string };
    expect(got).toEqual({ ...rest, recipient: USER_ID });
    expect(await get(id)).toMatchObject({ to: USER_ID, contactId });
    await parley.worker.pool.query(
      `WITH proof AS (INSERT INTO consent_events (tenant_id, contact_id, purpose, status, source, actor)
                      VALUES ($1, $2, 'authentication', 'GRANTED', 'spec', 'spec') RETURNING id)
       INSERT INTO consents (tenant_id, contact_id, purpose, status, event_id) SELECT $1, $2, 'authentication', 'GRANTED', id FROM proof`,
      [own.tenantId, contactId],
    );
    const code = await post({ contactId, template: { name: 'login', language: 'en_US', parameters: { body: ['123456'] } } });
    expect(code).toMatchObject({ status: 422, body: { code: 'message.not-deliverable', errors: [{ pointer: '/contactId', code: 'recipient.phone-needed' }] } });
  });

  it('of another tenant is as missing as one that never was', async () => {
    const other = await restaurant();
    const answers = [guest.contactId, randomUUID()].map((contactId) => post({ contactId, text: { body: 'Hi' } }, other));
    const bodies = (await Promise.all(answers)).map(({ status, body: { requestId: _, ...body } }) => ({ status, ...body }));
    expect(bodies[0]).toMatchObject({ status: 422, code: 'contact.not-found', errors: [{ pointer: '/contactId' }] });
    expect(bodies[1]).toEqual(bodies[0]);
  });
});

describe('refuses, and queues nothing', () => {
  const text = { text: { body: 'Hi' } };
  const count = async (): Promise<number> =>
    (await parley.worker.rows<{ n: number }>('SELECT count(*)::int AS n FROM messages WHERE tenant_id = $1', [own.tenantId]))[0]!.n;

  it.each<[string, object, string, string | null]>([
    ['no content', {}, 'request.invalid', ''],
    ['two contents', { ...text, image: { link: 'https://example.com/a.jpg' } }, 'request.invalid', ''],
    ['two recipients', { ...text, to: '+40723000111', contactId: randomUUID() }, 'request.invalid', ''],
    ['a contact that is no id', { ...text, contactId: '7' }, 'request.invalid', '/contactId'],
    ['a kind that cannot be sent', { order: {} }, 'request.invalid', '/order'],
    ['a content that is no object', { image: 'x' }, 'request.invalid', '/image'],
    ['a member that is not there', { text: { body: 'Hi', preview_url: true } }, 'request.invalid', '/text/preview_url'],
    ['a caption that is too long', { image: { link: 'https://a.b/c', caption: 'x'.repeat(1025) } }, 'request.invalid', '/image/caption'],
    ['a link that is not safe', { video: { link: 'http://a.b/c' } }, 'request.invalid', '/video/link'],
    ['a button without a title', { interactive: { type: 'button', body: { text: 'x' }, action: { buttons: [{ reply: { id: 'y' } }] } } }, 'request.invalid', '/interactive/action/buttons/0/reply/title'],
    ['a card without a name', { contacts: [{ phones: [] }] }, 'request.invalid', '/contacts/0/name'],
    ['a place off the earth', { location: { latitude: 91, longitude: 0 } }, 'request.invalid', '/location/latitude'],
    ['a reaction as an answer', { reaction: { messageId: WAMID, emoji: '👍' }, replyTo: WAMID }, 'request.invalid', '/replyTo'],
    ['what cannot be stored', { contacts: [{ name: { formattedName: 'A\0', firstName: 'A' } }] }, 'text.invalid-character', '/contacts/0/name/formattedName'],
    ['a media that never was', { image: { id: randomUUID() } }, 'media.not-found', '/image/id'],
    ['a media by something else than an id', { image: { id: '1037543291543636' } }, 'media.not-found', '/image/id'],
    [
      'a new line in a parameter',
      { template: { name: 'login', language: 'en_US', parameters: { body: ['1\n2'] } } },
      'template.parameters-invalid',
      '/template/parameters/body/0',
    ],
  ])('%s', async (_, body, code, pointer) => {
    const before = await count();
    const answer = await post(body);
    expect(answer.body).toMatchObject({ code, errors: [{ pointer }] });
    expect(answer.status).toBe(422);
    expect(await count()).toBe(before);
  });

  it("a media of another kind, one that is not here yet, and another tenant's, which is as missing as none", async () => {
    const other = await restaurant();
    const { id: foreign } = await media('image', 'image/png', other);
    const { id: pdf } = await media('document', 'application/pdf');
    const { id: gone } = await insertRow<{ id: string }>(parley.worker.pool, 'media', { tenant_id: own.tenantId, direction: 'INBOUND', kind: 'image', state: 'PENDING' });
    const before = await count();
    const [theirs, none, mismatch, pending] = await Promise.all([foreign, randomUUID(), pdf, gone].map((id) => post({ image: { id } })));
    const withoutRequest = ({ status, body: { requestId: _, ...body } }: Answer): object => ({ status, ...body });
    expect(withoutRequest(theirs!)).toMatchObject({ status: 422, code: 'media.not-found', errors: [{ pointer: '/image/id' }] });
    expect(withoutRequest(theirs!)).toEqual(withoutRequest(none!));
    expect(mismatch).toMatchObject({ status: 422, body: { code: 'media.kind-mismatch', errors: [{ pointer: '/image/id' }] } });
    expect(pending).toMatchObject({ status: 422, body: { code: 'media.not-found', errors: [{ detail: expect.stringContaining('PENDING') as unknown }] } });
    expect(await count()).toBe(before);
    // To the tenant that it belongs to, the same media is there.
    const { phone } = await parley.guest(other);
    expect((await post({ to: phone, image: { id: foreign } }, other)).status).toBe(202);
  });

  it('everything but templates outside of the window', async () => {
    const silent = uniquePhone();
    const purposes = ['service', 'utility', 'marketing'];
    await parley.api.call('POST', '/v1/consents', { bearer: own.key, body: { phone: silent, purposes, status: 'GRANTED', source: 'form' } });
    const before = await count();
    const contents = [text, { location: { latitude: 1, longitude: 1 } }, { image: { link: 'https://a.b/c' } }, { reaction: { messageId: WAMID, emoji: '👍' } }];
    for (const content of contents) expect(await post({ to: silent, ...content })).toMatchObject({ status: 422, body: { code: 'window.closed' } });
    expect(await count()).toBe(before);
  });
});
