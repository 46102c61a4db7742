import { waitFor } from '../support/wait-for.js';
import { PhonePage } from './phone-page.js';
import { RestaurantAtMeta } from './restaurant-at-meta.js';

/** A picture of one green point. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaPhfDwAEAQGAXP7IkQAAAABJRU5ErkJggg==',
  'base64',
);

describe('pictures, sounds and places on the phone', () => {
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

  async function attach(label: string, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await phone.button('Attach').click();
    await phone.page.getByLabel(label, { exact: true }).setInputFiles(file);
  }

  /** Whether a picture was really drawn, and not only put into the page. */
  async function isDrawn(text: string): Promise<void> {
    const picture = phone.message(text).locator('img.image');
    await picture.waitFor();
    await waitFor(
      async () =>
        (await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)) === 1,
    );
  }

  it('shows a picture that the business uploaded, by itself and as the header of a template', async () => {
    const id = await restaurant.upload(new Uint8Array(PNG), 'image/png');
    await restaurant.send({ type: 'image', image: { id, caption: 'Our terrace' } });
    await isDrawn('Our terrace');
    await restaurant.sendTemplate('table_photo', [{ type: 'header', parameters: [{ type: 'image', image: { id } }] }]);
    await isDrawn('This is your table.');
  });

  it('stays at the end of the chat when a picture there gets its height', async () => {
    const id = await restaurant.upload(new Uint8Array(PNG), 'image/png');
    for (let at = 0; at < 4; at += 1) await restaurant.send({ type: 'image', image: { id, caption: `Dish ${at}` } });
    await isDrawn('Dish 3');
    const distance = () =>
      phone.page.getByRole('log').evaluate((log) => {
        const { scrollHeight, scrollTop, clientHeight } = log as unknown as Record<
          'scrollHeight' | 'scrollTop' | 'clientHeight',
          number
        >;
        return { fromEnd: scrollHeight - scrollTop - clientHeight, hidden: scrollHeight - clientHeight };
      });
    await waitFor(async () => (await distance()).fromEnd < 2);
    expect((await distance()).hidden).toBeGreaterThan(100);
  });

  it('sends a picture, byte for byte, with what was typed as its caption', async () => {
    await phone.page.getByRole('textbox', { name: 'Message' }).fill('My dog comes, too');
    await attach('Picture', { name: 'dog.png', mimeType: 'image/png', buffer: PNG });
    await waitFor(() => latest()?.['type'] === 'image');
    expect(latest()).toMatchObject({ image: { caption: 'My dog comes, too', mime_type: 'image/png' } });
    const { id } = latest()?.['image'] as { id: string };
    expect(await restaurant.download(id)).toEqual({ bytes: PNG, type: 'image/png' });
    await isDrawn('My dog comes, too');
  });

  it('sends a document with its name', async () => {
    await attach('Document', { name: 'allergies.txt', mimeType: 'text/plain', buffer: Buffer.from('nuts') });
    await waitFor(() => latest()?.['type'] === 'document');
    expect(latest()).toMatchObject({ document: { filename: 'allergies.txt', mime_type: 'text/plain' } });
    const link = phone.page.getByRole('link', { name: /allergies.txt/ });
    expect(await link.getAttribute('download')).toBe('allergies.txt');
  });

  it('records a voice note', async () => {
    await phone.button('Record a voice note').click();
    await phone.page.getByPlaceholder('Recording, 1 s').waitFor();
    await phone.button('Send the voice note').click();
    await waitFor(() => latest()?.['type'] === 'audio');
    expect(latest()).toMatchObject({ audio: { voice: true } });
    const { id } = latest()?.['audio'] as { id: string };
    expect((await restaurant.download(id)).bytes.length).toBeGreaterThan(0);
    await phone.page.getByLabel('Voice note', { exact: true }).last().waitFor();
  });

  it('sends a place and a contact, and shows those of the business', async () => {
    await phone.button('Attach').click();
    await phone.button('Location').click();
    await phone.page.getByRole('dialog').getByLabel('Latitude').fill('44.5');
    await phone.page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await waitFor(() => latest()?.['type'] === 'location');
    expect(latest()).toMatchObject({ location: { latitude: 44.5, longitude: 26.10626, name: 'Home' } });

    await phone.button('Attach').click();
    await phone.button('Contact').click();
    await phone.page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await waitFor(() => latest()?.['type'] === 'contacts');
    expect(latest()).toMatchObject({
      contacts: [{ name: { formatted_name: 'Mihai Popescu' }, phones: [{ phone: '+40721000009' }] }],
    });

    await restaurant.send({
      type: 'location',
      location: { latitude: 44.4, longitude: 26.1, name: 'Trattoria Aria', address: 'Strada Lipscani 1' },
    });
    await phone.message('Strada Lipscani 1').getByText('44.40000, 26.10000').waitFor();
    await restaurant.send({
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Front desk', first_name: 'Front' }, phones: [{ phone: '+40215550100' }] }],
    });
    await phone.message('Front desk').getByText('+40215550100').waitFor();
  });
});
