import { waitFor } from '../support/wait-for.js';
import { PhonePage } from './phone-page.js';
import { RestaurantAtMeta } from './restaurant-at-meta.js';

describe('the tools beside the phone', () => {
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

  const openTool = (name: string) => phone.page.getByRole('tab', { name }).click();

  it('arm a fault for this customer, which the next send meets and no other', async () => {
    await openTool('Faults');
    await phone.page.getByLabel('What happens').selectOption('error');
    await phone.page.getByLabel('Code', { exact: true }).fill('131016');
    await phone.page.getByLabel('To whom').selectOption('customer');
    await phone.button('Arm').click();
    const armed = phone.page.getByRole('region', { name: 'Armed faults' });
    await armed.getByText('code 131016', { exact: false }).waitFor();
    await restaurant.sendText('To somebody else', '40723000888');
    await expect(restaurant.sendText('To Ana')).rejects.toThrow('131016');
    await restaurant.sendText('To Ana, again');
    await phone.message('To Ana, again').waitFor();
    await waitFor(async () => (await armed.innerText()).includes('Nothing goes wrong by order.'));
  });

  it('change the pace of statuses', async () => {
    await openTool('Faults');
    await phone.page.getByLabel('Statuses come').selectOption('instant');
    await waitFor(async () => {
      const { statusDelaysMs } = await restaurant.control('GET', 'settings');
      return JSON.stringify(statusDelaysMs) === JSON.stringify({ sent: 0, delivered: 0, read: 0 });
    });
    await phone.page.getByLabel('Magic recipients').uncheck();
    await waitFor(async () => (await restaurant.control('GET', 'settings'))['magicRecipients'] === false);
  });

  it('review a template: it can be sent when it is approved, and the business hears of it', async () => {
    await openTool('Templates');
    const template = phone.page.getByRole('listitem', { name: 'spring_menu' });
    await template.getByText('PENDING').waitFor();
    await expect(restaurant.sendTemplate('spring_menu', [])).rejects.toThrow(/13200|13201/);
    await template.getByRole('button', { name: 'Approve' }).click();
    await template.getByText('APPROVED').waitFor();
    await waitFor(() => restaurant.receiver.events.some(({ event }) => event === 'APPROVED'));
    await restaurant.sendTemplate('spring_menu', []);
    await phone.message('Our spring menu is here.').waitFor();

    await template.getByLabel('Reject').selectOption('INVALID_FORMAT');
    await template.getByText('Rejected for INVALID_FORMAT').waitFor();
    await waitFor(() =>
      restaurant.receiver.events.some(({ event, reason }) => event === 'REJECTED' && reason === 'INVALID_FORMAT'),
    );
  });

  it('show what was accepted, and how the receiver did', async () => {
    const wamid = await restaurant.sendText('Into the ledger');
    await openTool('Traffic');
    await phone.page.getByRole('region', { name: 'Ledger' }).getByTitle(wamid).waitFor();
    const receiver = phone.page.getByRole('region', { name: 'Receiver' });
    await receiver.getByText(restaurant.receiver.url).waitFor();
    await receiver.getByText('as Meta wants it').waitFor();
    await phone.page.getByRole('region', { name: 'Deliveries' }).getByRole('cell', { name: '200' }).first().waitFor();
  });

  it('go from tab to tab by arrows', async () => {
    await openTool('Faults');
    await phone.page.keyboard.press('ArrowRight');
    expect(await phone.page.getByRole('tab', { selected: true }).innerText()).toBe('Templates');
    await phone.page.keyboard.press('ArrowLeft');
    expect(await phone.page.getByRole('tab', { selected: true }).innerText()).toBe('Faults');
  });
});
