import { PhonePage } from './phone-page.js';
import { RestaurantAtMeta } from './restaurant-at-meta.js';

const MARKUP = '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>';

describe('what comes from outside', () => {
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

  const hacked = () => phone.page.evaluate(() => (globalThis as { hacked?: boolean }).hacked);

  it('is text and never HTML: messages, buttons, rows, names of files and people', async () => {
    await restaurant.sendText(MARKUP);
    const shown = phone.message(MARKUP);
    await shown.waitFor();
    expect(await shown.locator('.text').innerText()).toBe(MARKUP);
    expect(await shown.locator('img, script').count()).toBe(0);

    const title = '<b onclick=1>x</b>';
    const buttons = [{ type: 'reply', reply: { id: MARKUP.slice(0, 50), title } }];
    await restaurant.send({
      type: 'interactive',
      interactive: {
        type: 'button',
        header: { type: 'text', text: '<i>head</i>' },
        body: { text: `Press ${MARKUP}` },
        footer: { text: '<u>foot</u>' },
        action: { buttons },
      },
    });
    await phone.button(title).waitFor();
    await restaurant.send({
      type: 'document',
      document: { link: 'https://example.com/x.pdf', filename: '"><img src=x onerror=window.hacked=true>.pdf' },
    });
    await phone.page.getByRole('link', { name: /onerror/ }).waitFor();
    await restaurant.control('PUT', `customers/${RestaurantAtMeta.customer}`, { profileName: `Ana ${MARKUP}` });
    await phone.take('Ana');
    await phone.page.getByText(`on the phone of Ana ${MARKUP}`).waitFor();
    expect(await phone.page.locator('.messages :is(b, i, u, script)').count()).toBe(0);
    expect(await hacked()).toBeUndefined();
  });

  it('makes a link of web addresses only', async () => {
    await restaurant.sendText('javascript:window.hacked=true and https://example.com/menu?a=1&b=2.');
    const message = phone.message('javascript:window.hacked');
    await message.waitFor();
    expect(await message.getByRole('link').count()).toBe(1);
    expect(await message.getByRole('link').getAttribute('href')).toBe('https://example.com/menu?a=1&b=2');
  });

  it('could run nothing even if it came through: the policy allows no inline script', async () => {
    const response = await phone.page.request.get(`${restaurant.url}/phone`);
    const policy = response.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).not.toContain('unsafe');
    expect(response.headers()['x-content-type-options']).toBe('nosniff');
    expect(await response.text()).not.toMatch(/<script(?![^>]*\bsrc=)/);
    await phone.page.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { createElement(name: string): { textContent: string }; body: { append(node: unknown): void } };
      };
      const script = document.createElement('script');
      script.textContent = 'window.hacked = true';
      document.body.append(script);
    });
    expect(await hacked()).toBeUndefined();
    expect(phone.complaints.some((complaint) => complaint.includes('Content Security Policy'))).toBe(true);
  });

  it('reaches nothing beside the page by its address', async () => {
    for (const path of [
      '/phone/../package.json',
      '/phone/%2e%2e/%2e%2e/package.json',
      '/phone/vendor/preact/..%2fpackage.json',
    ]) {
      const response = await phone.page.request.get(`${restaurant.url}${path}`);
      expect(await response.text()).not.toContain('"dependencies"');
    }
  });
});

describe('on a small screen', () => {
  let restaurant: RestaurantAtMeta;
  let phone: PhonePage;

  beforeAll(async () => {
    restaurant = await RestaurantAtMeta.open();
    phone = await PhonePage.open(restaurant.url, { width: 360, height: 640 });
  });

  afterAll(async () => {
    await phone.close();
    await restaurant.close();
  });

  it('the page shows one thing at a time, and nothing is wider than the screen', async () => {
    const widest = () =>
      phone.page.evaluate(
        () =>
          (globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }).document.documentElement
            .scrollWidth,
      );
    expect(await phone.page.getByRole('main').isVisible()).toBe(false);
    await phone.take('Ana Ionescu');
    await restaurant.sendText(`A very long word: ${'abcdefghij'.repeat(30)}`);
    await phone.message('A very long word').waitFor();
    expect(await phone.page.getByRole('navigation', { name: 'Customers' }).isVisible()).toBe(false);
    expect(await widest()).toBeLessThanOrEqual(360);
    await phone.button('Faults, templates and traffic').click();
    expect(await phone.page.getByRole('main').isVisible()).toBe(false);
    expect(await widest()).toBeLessThanOrEqual(360);
    await phone.button('Back to the chat').click();
    await phone.button('Back to the customers').click();
    await phone.page.locator('.chat-row').first().waitFor();
  });

  it('everything is reached by keyboard, and Escape closes what lies over the chat', async () => {
    await phone.button('Another customer').focus();
    await phone.page.keyboard.press('Enter');
    const sheet = phone.page.getByRole('dialog', { name: 'Another customer' });
    await sheet.getByLabel('Phone').fill('+40 723 000 222');
    await phone.page.keyboard.press('Tab');
    await phone.page.keyboard.type('Mihai Pop');
    await phone.page.keyboard.press('Enter');
    await phone.page.getByText('on the phone of Mihai Pop, +40723000222').waitFor();
    await phone.button('Attach').press('Enter');
    await phone.button('Location').press('Enter');
    await phone.page.getByRole('dialog', { name: 'Send a location' }).waitFor();
    await phone.page.keyboard.press('Escape');
    expect(await phone.page.getByRole('dialog').count()).toBe(0);
    expect(phone.complaints).toEqual([]);
  });
});
