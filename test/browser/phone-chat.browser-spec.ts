import { waitFor } from '../support/wait-for.js';
import { PhonePage } from './phone-page.js';
import { RestaurantAtMeta } from './restaurant-at-meta.js';

const { customer, number } = RestaurantAtMeta;

describe('the chat of the phone', () => {
  let restaurant: RestaurantAtMeta;
  let phone: PhonePage;

  beforeAll(async () => {
    restaurant = await RestaurantAtMeta.open();
    phone = await PhonePage.open(restaurant.url);
    await phone.take('Ana Ionescu');
  });

  afterAll(async () => {
    await phone.close();
    await restaurant.close();
  });

  const latest = () => restaurant.receiver.messages.at(-1);
  const arrives = (type: string) => waitFor(() => latest()?.['type'] === type);

  it('lists whoever has a chat with the number, and shows what was said before the page was opened', async () => {
    await phone.message('Good evening!').waitFor();
    expect(await phone.message('Good evening!').getAttribute('class')).toContain('own');
  });

  it('shows a message of the business at once, with its ticks as they come', async () => {
    await restaurant.control('PUT', 'settings', { statuses: false });
    const wamid = await restaurant.sendText('Your table is *ready*.');
    await phone.message('Your table is ready.').waitFor();
    expect(await phone.tick('Your table is ready.').getAttribute('aria-label')).toContain('accepted');
    expect(await phone.message('Your table is ready.').locator('strong').innerText()).toBe('ready');
    await restaurant.control('PUT', 'settings', { statuses: true });

    await restaurant.sendText('And your wine.');
    await phone.page.locator('li.message', { hasText: 'And your wine.' }).locator('.tick.delivered').waitFor();
    await restaurant.control('POST', `customers/${customer}/read`, { phoneNumberId: number, wamid });
    await phone.message('Your table is ready.').locator('.tick.read').waitFor();
  });

  it('says in words why a message failed', async () => {
    const fault = { kind: 'failed', code: 131026, match: { to: customer } };
    await restaurant.control('POST', 'faults', fault);
    await restaurant.sendText('This one is lost.');
    const failure = phone.message('This one is lost.').getByRole('note');
    await failure.waitFor();
    expect(await failure.innerText()).toMatch(/Failed: .+ \(131026\)/);
  });

  it('shows a template with its parameters, and its buttons', async () => {
    await restaurant.sendTemplate('order_ready', [
      { type: 'header', parameters: [{ type: 'text', text: 'A-1042' }] },
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'text', text: 'A-1042' },
        ],
      },
      { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'COMING' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'A-1042' }] },
    ]);
    const template = phone.message('Hello Ana, your order A-1042 is ready.');
    await template.waitFor();
    expect(await template.locator('h3').innerText()).toBe('Order A-1042');
    expect(await template.locator('.footer').innerText()).toBe('Trattoria Aria');
    const link = template.getByRole('link', { name: 'Track it' });
    expect(await link.getAttribute('href')).toBe('https://example.com/orders/A-1042');
    expect(await link.getAttribute('rel')).toContain('noopener');

    await template.getByRole('button', { name: 'On my way' }).click();
    await arrives('button');
    expect(latest()).toMatchObject({
      button: { payload: 'COMING', text: 'On my way' },
      context: { id: await template.getAttribute('data-wamid') },
    });
  });

  it('answers a reply button, and a row of a list, with their ids', async () => {
    const buttons = [
      { type: 'reply', reply: { id: 'h19', title: '19:00' } },
      { type: 'reply', reply: { id: 'h20', title: '20:00' } },
    ];
    const asked = await restaurant.send({
      type: 'interactive',
      interactive: { type: 'button', body: { text: 'When?' }, action: { buttons } },
    });
    await phone.message('When?').getByRole('button', { name: '20:00' }).click();
    await arrives('interactive');
    expect(latest()).toMatchObject({
      interactive: { type: 'button_reply', button_reply: { id: 'h20', title: '20:00' } },
      context: { id: asked },
    });

    const sections = [
      {
        title: 'Inside',
        rows: [
          { id: 't1', title: 'By the window', description: 'Two seats' },
          { id: 't2', title: 'By the bar' },
        ],
      },
    ];
    await restaurant.send({
      type: 'interactive',
      interactive: { type: 'list', body: { text: 'Where?' }, action: { button: 'Choose', sections } },
    });
    await phone.message('Where?').getByRole('button', { name: 'Choose' }).click();
    const sheet = phone.page.getByRole('dialog', { name: 'Choose' });
    await sheet.getByRole('button', { name: /By the window/ }).click();
    await waitFor(() => JSON.stringify(latest()).includes('list_reply'));
    expect(latest()).toMatchObject({
      interactive: { type: 'list_reply', list_reply: { id: 't1', title: 'By the window', description: 'Two seats' } },
    });
    expect(await sheet.count()).toBe(0);
  });

  it('types, replies with a quote, and reacts', async () => {
    const wamid = await restaurant.sendText('Anything else?');
    const asked = phone.message('Anything else?').first();
    await asked.hover();
    await asked.getByRole('button', { name: 'What to do with this message' }).click();
    await asked.getByRole('button', { name: 'Reply', exact: true }).click();
    await phone.write('Two glasses, please');
    await arrives('text');
    expect(latest()).toMatchObject({ text: { body: 'Two glasses, please' }, context: { id: wamid } });
    await phone.message('Two glasses, please').locator('.quote', { hasText: 'Anything else?' }).waitFor();

    await asked.getByRole('button', { name: 'What to do with this message' }).click();
    await asked.getByRole('button', { name: 'React 👍' }).click();
    await arrives('reaction');
    expect(latest()).toMatchObject({ reaction: { message_id: wamid, emoji: '👍' } });
    await phone.page.locator(`[data-wamid="${wamid}"]`).getByRole('img', { name: 'You reacted 👍' }).waitFor();
  });

  it('reads everything, and shows that the business read and types', async () => {
    const wamid = await restaurant.sendText('Read me.');
    await phone.message('Read me.').locator('.tick.delivered').waitFor();
    await phone.button('Read all').click();
    await phone.message('Read me.').locator('.tick.read').waitFor();
    await waitFor(async () => {
      const { entries } = await restaurant.control<{ entries: { wamid: string; statuses: string[] }[] }>(
        'GET',
        'ledger',
      );
      return entries.find((entry) => entry.wamid === wamid)?.statuses.includes('read') ?? false;
    });

    await phone.write('Is anybody there?');
    await arrives('text');
    await restaurant.markRead(String(latest()?.['id']));
    await phone.message('Is anybody there?').locator('.tick.read').waitFor();
    await phone.page.getByRole('status', { name: 'The business is typing' }).waitFor();
  });

  it('blocks the business, stops its marketing, and lets the window be over', async () => {
    await phone.button('Block').click();
    await phone.page.getByText('You blocked this business').waitFor();
    await restaurant.sendText('Nobody hears this.');
    await phone.button('Unblock').click();
    await phone.page.getByRole('textbox', { name: 'Message' }).waitFor();
    expect(await phone.message('Nobody hears this.').locator('.tick.delivered').count()).toBe(0);

    await phone.button('Stop marketing').click();
    await waitFor(() => restaurant.receiver.events.some((event) => JSON.stringify(event).includes('"value":"stop"')));
    await phone.button('Allow marketing').waitFor();

    await phone.button('Close window').click();
    await phone.page.getByText('Service window closed').waitFor();
  });

  it('notes somebody new who is written to, with a count of what is unread', async () => {
    await restaurant.sendText('Hello, stranger', '40723000999');
    const row = phone.page.locator('.chat-row').filter({ hasText: 'Hello, stranger' });
    await row.getByLabel('1 unread').waitFor();
    await row.click();
    await phone.message('Hello, stranger').waitFor();
    expect(await phone.message('Good evening!').count()).toBe(0);
  });
});
