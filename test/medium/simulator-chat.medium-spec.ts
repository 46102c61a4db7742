import { EventStream } from '../support/event-stream.js';
import type { Json } from '../support/rest-client.js';
import { NUMBER, OTHER, SimulatedMeta, TOKEN } from '../support/simulated-meta.js';
import { CUSTOMER, SimulatedSends, wamidOf } from '../support/simulated-sends.js';
import { waitFor } from '../support/wait-for.js';

const PHONE = CUSTOMER.slice(1);
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

interface Message extends Json {
  readonly wamid: string;
  readonly status: string;
  readonly content: Json;
}

describe("the simulator's phones", () => {
  let meta: SimulatedMeta;
  let sends: SimulatedSends;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
    sends = new SimulatedSends(meta);
  });

  afterAll(() => meta.stop());

  beforeEach(() => sends.reset());

  const path = `/customers/${encodeURIComponent(CUSTOMER)}`;
  const act = (what: string, body: Json = {}): Promise<Json> =>
    meta.control('POST', `${path}/${what}`, { phoneNumberId: NUMBER, ...body });
  const chat = (number: string = NUMBER): Promise<{ messages: Message[] } & Json> =>
    meta.control('GET', `${path}/chat?number=${number}`);

  it('show a template with its parameters filled in, and its ticks', async () => {
    const wamid = wamidOf(await sends.send());
    await sends.until(wamid, ['sent', 'delivered', 'read']);
    const { messages, isWindowOpen } = await chat();
    expect(isWindowOpen).toBe(false);
    expect(messages).toMatchObject([
      {
        wamid,
        direction: 'out',
        type: 'template',
        status: 'read',
        error: null,
        content: {
          header: 'Trattoria',
          text: 'Hello Ana, your order A-7 is ready.',
          footer: 'Reply STOP to end',
          buttons: [
            { kind: 'quick_reply', title: 'Thanks', id: 'Thanks' },
            { kind: 'url', title: 'Track', target: 'https://example.com/A-7' },
          ],
        },
      },
    ]);
    expect((await chat(OTHER.number)).messages).toEqual([]);
  });

  it('show what was written on both sides, the answers to it, and why a message failed', async () => {
    const list = { button: 'Choose', sections: [{ title: 'Tonight', rows: [{ id: 't2', title: 'For two' }] }] };
    const failed = wamidOf(await sends.text());
    await sends.failureOf(failed);
    const asked = await sends.customerWrites({ text: 'A table?' });
    const interactive = { type: 'list', body: { text: 'For how many?' }, action: list };
    const offered = wamidOf(await sends.text({ type: 'interactive', interactive, context: { message_id: asked } }));
    const content = { type: 'list_reply', list_reply: { id: 't2', title: 'For two' } };
    await act('messages', { type: 'interactive', content, contextMessageId: offered });
    const { messages, isWindowOpen } = await chat();
    expect(isWindowOpen).toBe(true);
    expect(messages.map(({ direction, content: { text } }) => [direction, text])).toEqual([
      ['out', 'Hello'],
      ['in', 'A table?'],
      ['out', 'For how many?'],
      ['in', 'For two'],
    ]);
    expect(messages).toMatchObject([
      { status: 'failed', error: { code: 131047 } },
      { status: 'delivered' },
      { contextWamid: asked, content: { list: { button: 'Choose', sections: [{ rows: [{ id: 't2' }] }] } } },
      { contextWamid: offered },
    ]);
  });

  it('tell the stream of messages, statuses, typing, read marks, templates and deliveries as they happen', async () => {
    const stream = await EventStream.open(`${meta.url}/control/stream`);
    const inbound = await sends.customerWrites({ text: 'Hi' });
    const wamid = wamidOf(await sends.text());
    const [first, second] = await stream.until('message', 2);
    expect(first).toMatchObject({ phone: PHONE, phoneNumberId: NUMBER, message: { wamid: inbound, direction: 'in' } });
    expect(second).toMatchObject({ message: { wamid, direction: 'out', status: 'accepted', content: { text: 'Hello' } } });
    expect((await stream.until('status', 3)).map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    const mark = { messaging_product: 'whatsapp', status: 'read', message_id: inbound, typing_indicator: { type: 'text' } };
    await meta.graph('POST', `${NUMBER}/messages`, { body: mark });
    expect((await stream.until('status', 4))[3]).toMatchObject({ wamid: inbound, status: 'read' });
    expect((await chat()).messages[0]).toMatchObject({ wamid: inbound, status: 'read' });
    expect(await stream.until('typing', 1)).toEqual([{ phone: PHONE, phoneNumberId: NUMBER }]);
    expect((await stream.until('delivery', 1))[0]).toMatchObject({ field: 'messages', attempt: 1, status: 200 });
    const [template] = (await meta.control<{ templates: { id: string }[] }[]>('GET', '/accounts')).flatMap(({ templates }) => templates);
    await meta.control('PUT', `/templates/${template?.id ?? ''}`, { quality: 'YELLOW' });
    expect(await stream.until('template', 1)).toMatchObject([{ id: template?.id, quality: 'YELLOW' }]);
    await meta.control('POST', '/reset', { keepAccounts: true });
    await stream.until('reset', 1);
    stream.close();
    expect((await chat()).messages).toEqual([]);
  });

  it('send a file that the business can fetch, with its hash, and that the page can show', async () => {
    const form = new FormData();
    form.set('phoneNumberId', NUMBER);
    form.set('text', 'Our table');
    form.set('file', new Blob([new Uint8Array(PNG)], { type: 'image/png' }), 'table.png');
    const sent = await fetch(`${meta.url}/control${path}/files`, { method: 'POST', body: form });
    expect(sent.status).toBe(201);
    const [{ messages: [message] } = { messages: [] }] = (await meta.toldOf('messages')) as { messages: Json[] }[];
    const image = message?.['image'] as { id: string; url: string };
    expect(image).toMatchObject({ caption: 'Our table', mime_type: 'image/png' });
    const fetched = await fetch(image.url, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(PNG);
    const shown = await fetch(`${meta.url}/control/media/${image.id}`);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(PNG);
    expect((await chat()).messages).toMatchObject([{ content: { text: 'Our table', media: { kind: 'image', id: image.id } } }]);
    expect((await fetch(`${meta.url}/control/media/1`)).status).toBe(404);
  });

  it.each(['image', 'video', 'audio', 'document', 'sticker'])('send a sample %s with real bytes', async (type) => {
    await act('messages', { type });
    const [{ messages: [message] } = { messages: [] }] = (await meta.toldOf('messages')) as { messages: Json[] }[];
    const { id, sha256, mime_type: mimeType } = message?.[type] as Record<string, string>;
    const { body } = await meta.graph('GET', id ?? '');
    expect(body).toMatchObject({ id, mime_type: mimeType, sha256: Buffer.from(sha256 ?? '', 'base64').toString('hex') });
  });

  it('read what came, one message or all', async () => {
    await meta.control('PUT', '/settings', { readShare: 0 });
    const wamids = [wamidOf(await sends.send()), wamidOf(await sends.send())];
    await waitFor(() => sends.statuses.length === 4);
    expect(await act('read', { wamid: wamids[1] })).toEqual({ read: [wamids[1]] });
    expect(await act('read')).toEqual({ read: [wamids[0]] });
    await waitFor(() => wamids.every((wamid) => sends.of(wamid).includes('read')));
  });

  it('move to another number: the business hears of it, and the chat goes along', async () => {
    await sends.customerWrites({ text: 'Hi' });
    const { customer } = (await act('change-number', { newPhone: '+40721000777' })) as { customer: Json };
    await waitFor(() => meta.told.length === 2);
    expect(meta.told[1]?.value['messages']).toMatchObject([
      {
        from: PHONE,
        type: 'system',
        system: { type: 'user_changed_number', wa_id: '40721000777', user_id: customer['userId'] },
      },
    ]);
    expect(meta.told[1]?.value).not.toHaveProperty('contacts');
    const moved = await meta.control<{ messages: Json[] }>('GET', `/customers/40721000777/chat?number=${NUMBER}`);
    expect(moved.messages).toHaveLength(2);
    await expect(act('change-number', { newPhone: '+40721000777' })).rejects.toThrow('phone.taken');
  });

  it('are not heard by a business that blocked them', async () => {
    await sends.customerWrites({ text: 'Hi' });
    await meta.toldOf('messages');
    const body = { messaging_product: 'whatsapp', block_users: [{ user: CUSTOMER }] };
    expect((await meta.graph('POST', `${NUMBER}/block_users`, { body })).status).toBe(200);
    await sends.customerWrites({ text: 'Do you hear me?' });
    await sends.settled();
    expect(meta.told).toHaveLength(1);
    expect((await chat()).messages).toHaveLength(2);
  });

  it('have no phone in webhooks where they have a username only', async () => {
    await meta.control('PUT', path, { withoutPhone: true, profileName: 'Ana' });
    await sends.customerWrites({ text: 'Hi' });
    const [value] = await meta.toldOf('messages');
    const text = JSON.stringify(value);
    expect(text).not.toContain(PHONE);
    expect(value).toMatchObject({
      contacts: [{ profile: { name: 'Ana', username: expect.any(String) as string }, user_id: expect.stringMatching(/^RO\./) as string }],
      messages: [{ from_user_id: expect.stringMatching(/^RO\./) as string }],
    });
  });

  it.each([
    ['+525512345678', '5215512345678'],
    ['+541123456789', '5491123456789'],
    ['+5531987654321', '553187654321'],
  ])('are called by WhatsApp as their country is: %s is %s', async (phone, waId) => {
    await sends.customerWrites({}, phone);
    expect(await meta.toldOf('messages')).toMatchObject([{ contacts: [{ wa_id: waId }], messages: [{ from: waId }] }]);
    const byPhone = await sends.text({ to: phone });
    const byWaId = await sends.text({ to: `+${waId}` });
    for (const { body } of [byPhone, byWaId]) expect(body['contacts']).toMatchObject([{ wa_id: waId }]);
    await sends.until(wamidOf(byWaId), ['sent', 'delivered', 'read']);
    const { messages } = await meta.control<{ messages: Json[] }>('GET', `/customers/${phone.slice(1)}/chat?number=${NUMBER}`);
    expect(messages).toHaveLength(3);
  });
});
