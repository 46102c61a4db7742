import type { JsonObject } from '@parley/domain';
import { uniquePhone, type TestTenant } from '../support/fixtures.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

let worker: TestWorker;
let tenant: TestTenant;
let phone: string;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
  tenant = await worker.tenant({ echo_enabled: false });
});
beforeEach(() => {
  phone = uniquePhone();
});
afterAll(() => worker.stop());

const NOW = Math.floor(Date.now() / 1_000);
const DAY = 86_400;

type Row = Record<string, unknown>;

const messageOf = async (wamid: string): Promise<Row | undefined> => (await worker.rows<Row>('SELECT * FROM messages WHERE wamid = $1', [wamid]))[0];
const conversationOf = async (wamid: string): Promise<Row | undefined> =>
  (await worker.rows<Row>('SELECT c.* FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE m.wamid = $1', [wamid]))[0];
const stepsOf = (wamid: string, ...types: string[]): Promise<Row[]> =>
  worker.rows<Row>('SELECT e.* FROM message_events e JOIN messages m ON m.id = e.message_id WHERE m.wamid = $1 AND e.type = ANY ($2) ORDER BY e.id', [wamid, types]);
const eventsOf = (type: string, resourceId: unknown): Promise<Row[]> => worker.rows<Row>('SELECT * FROM events WHERE type = $1 AND resource_id = $2', [type, resourceId]);
const notesOf = (kind: string): Promise<Row[]> => worker.rows<Row>('SELECT * FROM webhook_items WHERE kind = $1 AND graph_number_id = $2', [kind, tenant.number.graphId]);

function field(name: string, value: JsonObject): unknown {
  const metadata = { display_phone_number: '40722000000', phone_number_id: tenant.number.graphId };
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: name, value: { messaging_product: 'whatsapp', metadata, ...value } }] }] };
}

const customer = () => phone.slice(1);
const own = (patch: JsonObject, at = NOW): JsonObject => ({ from: customer(), id: uniqueWamid(), timestamp: String(at), ...patch });
const textOf = (original: string, body: string, at: number) =>
  envelope(tenant.number.graphId, { messages: [own({ type: 'edit', edit: { original_message_id: original, message: { type: 'text', text: { body } } } }, at)] });
const revokeOf = (original: string, at = NOW) => envelope(tenant.number.graphId, { messages: [own({ type: 'revoke', revoke: { original_message_id: original } }, at)] });

describe('a message that its writer changes', () => {
  it('says what the latest edit says, in whichever order they come and however often', async () => {
    const wamid = uniqueWamid();
    await worker.receive(customerText(tenant.number.graphId, phone, 'At eight', wamid, NOW - 60));
    const [first, second] = [textOf(wamid, 'At\u0000nine', NOW - 40), textOf(wamid, 'At ten', NOW - 20)];
    await worker.receive(second);
    await worker.receive(first, second);
    expect(await messageOf(wamid)).toMatchObject({ content: { body: 'At ten' }, display_content: 'At ten', edited_at: new Date((NOW - 20) * 1_000), revoked_at: null });
    expect(await conversationOf(wamid)).toMatchObject({ last_message: 'At ten', message_count: 1, unread_count: 1 });
    const earlier = (await stepsOf(wamid, 'edited')).map(({ detail }) => JSON.parse((detail as { earlier: { content: string } }).earlier.content) as JsonObject);
    expect(earlier.map(({ body }) => body).sort()).toEqual(['At\u0000nine', 'At eight']);
    expect(await eventsOf('whatsapp.message_edited', (await messageOf(wamid))!['id'])).toHaveLength(2);
  });

  it('keeps its content when it is taken back, and does not show it', async () => {
    const wamid = uniqueWamid();
    await worker.receive(customerText(tenant.number.graphId, phone, 'Secret', wamid, NOW - 60), revokeOf(wamid), textOf(wamid, 'Other', NOW - 50));
    expect(await messageOf(wamid)).toMatchObject({ content: { body: 'Other' }, display_content: '[message deleted]', revoked_at: new Date(NOW * 1_000) });
    expect(await conversationOf(wamid)).toMatchObject({ last_message: '[message deleted]' });
  });

  it('is waited for by a change that comes before it', async () => {
    const wamid = uniqueWamid();
    await worker.receive(textOf(wamid, 'At nine', NOW), revokeOf(wamid));
    expect((await notesOf('edit')).map(({ state, error }) => [state, error])).toEqual([['RETRY', 'edit.original-unknown']]);
    await worker.receive(customerText(tenant.number.graphId, phone, 'At eight', wamid, NOW - 60));
    await worker.rows('UPDATE webhook_items SET next_at = now()');
    await worker.process();
    expect(await messageOf(wamid)).toMatchObject({ content: { body: 'At nine' }, display_content: '[message deleted]', edited_at: new Date(NOW * 1_000) });
    expect((await notesOf('edit')).map(({ state }) => state)).toEqual(['DONE']);
  });

  it('is not changed by an app of somebody else, nor by the other side', async () => {
    const wamid = uniqueWamid();
    const other = await worker.tenant();
    await worker.receive(customerText(tenant.number.graphId, phone, 'Mine', wamid));
    await worker.receiveFrom(other.tenantId, textOf(wamid, 'Forged', NOW));
    await worker.receive(field('smb_message_echoes', { message_echoes: [own({ type: 'revoke', revoke: { original_message_id: wamid } })] }));
    expect(await messageOf(wamid)).toMatchObject({ content: { body: 'Mine' }, edited_at: null, revoked_at: null });
    expect(await worker.rows("SELECT * FROM webhook_items WHERE kind = 'edit' AND state = 'REFUSED'")).toHaveLength(1);
  });
});

describe('what the staff writes in its app', () => {
  const echo = (patch: JsonObject, at = NOW): JsonObject => ({ from: '40722000000', to: customer(), id: uniqueWamid(), timestamp: String(at), type: 'text', text: { body: 'At seven' }, ...patch });

  it('is a message of the staff that answers the customer and leaves the window as it is', async () => {
    const asked = uniqueWamid();
    await worker.receive(customerText(tenant.number.graphId, phone, 'When?', asked, NOW - 60));
    const said = echo({});
    await worker.receive(field('smb_message_echoes', { message_echoes: [said, said] }), field('smb_message_echoes', { message_echoes: [said] }));
    const message = await messageOf(said.id as string);
    expect(message).toMatchObject({ direction: 'OUTBOUND', sender: 'staff', state: 'SENT', recipient: phone, display_content: 'At seven', sent_at: new Date(NOW * 1_000) });
    const at = new Date(NOW * 1_000);
    expect(await conversationOf(asked)).toMatchObject({
      id: message!['conversation_id'], message_count: 2, last_message: 'At seven', last_message_at: at, answered_at: at, staff_at: at, last_inbound_at: new Date((NOW - 60) * 1_000),
    });
    expect(await eventsOf('whatsapp.message_echoed', message!['id'])).toHaveLength(1);
  });

  it('opens a conversation where there is none, and no window', async () => {
    const said = echo({});
    await worker.receive(field('smb_message_echoes', { message_echoes: [said] }));
    const conversation = await conversationOf(said.id as string);
    expect(conversation).toMatchObject({ state: 'OPEN', message_count: 1, unread_count: 0, last_inbound_at: null });
    expect(await eventsOf('whatsapp.conversation_opened', conversation!['id'])).toHaveLength(1);
    // What Meta reports of it afterwards raises it like any other message.
    await worker.receive(envelope(tenant.number.graphId, { statuses: [{ id: said.id, status: 'read', timestamp: String(NOW + 5), recipient_id: customer() }] }));
    expect(await messageOf(said.id as string)).toMatchObject({ state: 'READ' });
    await worker.receive(field('smb_message_echoes', { message_echoes: [echo({ type: 'edit', edit: { original_message_id: said.id!, message: { type: 'text', text: { body: 'At ten' } } } })] }));
    expect(await messageOf(said.id as string)).toMatchObject({ display_content: 'At ten', state: 'READ' });
  });

  it('brings its file, which is fetched', async () => {
    const said = echo({ type: 'image', image: { id: '1003383421387256', mime_type: 'image/jpeg' } });
    await worker.receive(field('smb_message_echoes', { message_echoes: [said] }));
    expect((await messageOf(said.id as string))!['media_ids']).toHaveLength(1);
  });
});

describe('the history of a number', () => {
  const told = (patch: JsonObject, at: number): JsonObject => ({ ...own({ type: 'text', text: { body: `At ${at}` }, history_context: { status: 'READ' } }, at), ...patch });
  const answer = (patch: JsonObject, at: number): JsonObject => told({ from: '40722000000', to: customer(), ...patch }, at);
  const chunk = (phase: number, ...messages: JsonObject[]) =>
    field('history', { history: [{ metadata: { phase, chunk_order: 1, progress: 50 }, threads: [{ id: customer(), messages }] }] });

  it('stands where Meta’s times put it, whichever chunk comes first, and asks nothing of anybody', async () => {
    const [old, newer, last] = [told({}, NOW - 120 * DAY), told({}, NOW - 30 * DAY), answer({}, NOW - 29 * DAY)];
    await worker.receive(chunk(1, last, newer));
    await worker.receive(chunk(2, old), chunk(1, newer, last));
    expect(await messageOf(last.id as string)).toMatchObject({ direction: 'OUTBOUND', sender: 'staff', state: 'READ', created_at: new Date((NOW - 29 * DAY) * 1_000) });
    expect(await messageOf(old.id as string)).toMatchObject({ direction: 'INBOUND', state: 'RECEIVED', automated_at: expect.any(Date), created_at: new Date((NOW - 120 * DAY) * 1_000) });
    const [inOrder, conversation] = [
      await worker.rows<{ wamid: string }>('SELECT wamid FROM messages WHERE conversation_id = (SELECT conversation_id FROM messages WHERE wamid = $1) ORDER BY id', [old.id]),
      await conversationOf(old.id as string),
    ];
    expect(inOrder.map(({ wamid }) => wamid)).toEqual([old.id, newer.id, last.id]);
    expect(conversation).toMatchObject({
      state: 'RESOLVED', message_count: 3, unread_count: 0, last_message: `At ${NOW - 29 * DAY}`, last_message_at: new Date((NOW - 29 * DAY) * 1_000),
      first_inbound_at: new Date((NOW - 120 * DAY) * 1_000), last_inbound_at: new Date((NOW - 30 * DAY) * 1_000), awaiting_since: null, answered_at: null,
    });
    expect(await worker.rows('SELECT * FROM consents WHERE contact_id = $1', [conversation!['contact_id']])).toEqual([]);
    const told3 = (await eventsOf('whatsapp.history_stored', tenant.number.id)).map(({ data }) => (data as { messages: number }).messages);
    expect(told3.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(await eventsOf('whatsapp.conversation_opened', conversation!['id'])).toEqual([]);
  });

  it.each([[[0, 1]], [[1, 0]]])('leaves a matter open that the customer began today (order %j)', async (order) => {
    const [asked, old] = [told({}, NOW - 3_600), answer({}, NOW - 1_800)];
    const chunks = [chunk(0, asked), chunk(1, old)];
    for (const place of order) await worker.receive(chunks[place]);
    expect(await conversationOf(asked.id as string)).toMatchObject({ state: 'OPEN', resolved_at: null, last_inbound_at: new Date((NOW - 3_600) * 1_000), unread_count: 0 });
  });

  it('goes into the conversation that there is, and takes nothing from it', async () => {
    const live = uniqueWamid();
    await worker.receive(customerText(tenant.number.graphId, phone, 'Now', live, NOW));
    const old = told({}, NOW - 10 * DAY);
    await worker.receive(chunk(1, old));
    expect(await conversationOf(live)).toMatchObject({ id: (await messageOf(old.id as string))!['conversation_id'], last_message: 'Now', unread_count: 1, message_count: 2, last_inbound_at: new Date(NOW * 1_000) });
  });

  it.each(['history', 'messages'])('puts the file in the place of its placeholder, as %s tells of it', async (name) => {
    const placeholder = told({ type: 'media_placeholder' }, NOW - DAY);
    const file = { ...own({ type: 'image', image: { id: String(1_000_000_000_000 + Math.floor(Math.random() * 1e9)), caption: 'Menu' } }, NOW - DAY), id: placeholder.id! };
    await worker.receive(chunk(1, placeholder));
    expect(await messageOf(placeholder.id as string)).toMatchObject({ kind: 'unsupported', display_content: '[file]', media_ids: null });
    await worker.receive(field(name, { messages: [file] }), field(name, { messages: [file] }));
    await worker.receive(chunk(1, placeholder));
    const message = await messageOf(placeholder.id as string);
    expect(message).toMatchObject({ kind: 'image', display_content: '[image] Menu', content: { caption: 'Menu' } });
    expect(message!['media_ids']).toHaveLength(1);
    expect(await conversationOf(placeholder.id as string)).toMatchObject({ last_message: '[image] Menu', message_count: 1 });
  });

  it('takes thousands of messages at once, and loses no neighbour of a bad one', async () => {
    const messages = Array.from({ length: 2_500 }, (_, place) => told({}, NOW - 40 * DAY + place));
    const threads = [{ messages: [{ ...messages[0]!, id: uniqueWamid(), from: undefined }] }, { id: customer(), messages }];
    await worker.receive(field('history', { history: [{ metadata: { phase: 1, chunk_order: 1, progress: 50 }, threads }] }));
    expect(await conversationOf(messages[7]!.id as string)).toMatchObject({ message_count: 2_500, last_message: `At ${NOW - 40 * DAY + 2_499}` });
    expect((await notesOf('history')).map(({ state }) => state)).toEqual(['RETRY']);
  });
});

it('keeps what Meta charges, the first that it names, and learns whom the message went to', async () => {
  const said = { from: '40722000000', to: customer(), id: uniqueWamid(), timestamp: String(NOW), type: 'text', text: { body: 'x' } };
  await worker.receive(field('smb_message_echoes', { message_echoes: [said] }));
  const userId = `RO.${customer()}`;
  const status = (name: string, pricing: JsonObject | undefined): unknown => {
    const contacts = [{ profile: { name: 'Ana' }, user_id: userId }];
    const conversation = { id: '72b1', expiration_timestamp: '1750116480', origin: { type: 'referral_conversion' } };
    return envelope(tenant.number.graphId, { contacts, statuses: [{ id: said.id, status: name, timestamp: String(NOW + 1), recipient_user_id: userId, pricing, conversation }] });
  };
  await worker.receive(status('sent', { type: 'regular' }));
  expect(await messageOf(said.id)).toMatchObject({ pricing: null });
  await worker.receive(status('delivered', { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' }));
  await worker.receive(status('read', { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category: 'service' }), status('read', undefined));
  const message = await messageOf(said.id);
  expect(message).toMatchObject({ state: 'READ', pricing: { billable: true, model: 'PMP', type: 'regular', category: 'utility' } });
  expect((await stepsOf(said.id, 'delivered'))[0]!['detail']).toMatchObject({ conversation: { expiration_timestamp: '1750116480' } });
  expect(await worker.rows("SELECT contact_id FROM contact_identities WHERE kind = 'bsuid' AND value = $1", [userId])).toEqual([{ contact_id: message!['contact_id'] }]);
});

it('writes notes of Meta on the timeline of a message, once', async () => {
  const said = { from: '40722000000', to: customer(), id: uniqueWamid(), timestamp: String(NOW), type: 'text', text: { body: 'x' } };
  await worker.receive(field('smb_message_echoes', { message_echoes: [said] }));
  const note = envelope(tenant.number.graphId, { statuses: [{ id: said.id, status: 'warning', timestamp: String(NOW) }] });
  await worker.receive(note, note);
  await worker.receive(note);
  expect(await stepsOf(said.id, 'warning')).toHaveLength(1);
  expect(await messageOf(said.id)).toMatchObject({ state: 'SENT' });
});
