import { Accounts } from '../../apps/simulator/src/state/accounts.js';
import { Timers } from '../../apps/simulator/src/webhooks/timers.js';
import type { Json, RestAnswer } from '../support/rest-client.js';
import { NUMBER, OTHER, refusalOf, SimulatedMeta, TOKEN, WABA } from '../support/simulated-meta.js';
import { waitFor } from '../support/wait-for.js';

const CUSTOMER = '+16505551234';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000;

describe("the simulator's sends", () => {
  let meta: SimulatedMeta;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
  });

  afterAll(() => meta.stop());

  beforeEach(async () => {
    await meta.reset();
    await meta.control('PUT', '/settings', {
      statusDelaysMs: { sent: 0, delivered: 0, read: 0 },
      failedAfterSentShare: 0,
    });
    await meta.control('POST', `/customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER, text: 'Hi' });
  });

  function send(message: Json, number: string = NUMBER, key: string = TOKEN): Promise<RestAnswer> {
    const body = { messaging_product: 'whatsapp', to: CUSTOMER, ...message };
    return meta.graph('POST', `${number}/messages`, { key, body });
  }

  const picture = (id: string): Json => ({ type: 'image', image: { id } });

  /** The codes that an accepted message failed with; none for one that was delivered. */
  async function failuresOf(answer: RestAnswer): Promise<unknown[]> {
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    const wamid = (answer.body['messages'] as Json[])[0]!['id'];
    for (let told = 1; ; told += 1) {
      const values = await meta.toldOf('messages', told);
      const statuses = values.flatMap(({ statuses: list = [] }) => list as Json[]).filter(({ id }) => id === wamid);
      const last = statuses.find(({ status }) => status === 'failed' || status === 'delivered');
      if (last) return ((last['errors'] as Json[] | undefined) ?? []).map(({ code }) => code);
    }
  }

  it('sends media of the account by id, wherever a message names them', async () => {
    const id = await meta.upload(PNG, 'image/png');
    expect(await failuresOf(await send(picture(id)))).toEqual([]);
    const action = { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] };
    const interactive = { type: 'button', header: picture(id), body: { text: 'Look' }, action };
    expect(await failuresOf(await send({ type: 'interactive', interactive }))).toEqual([]);
  });

  it('refuses media that are not there, no longer there, or of another account', async () => {
    const foreign = await meta.upload(PNG, 'image/png', OTHER.number, OTHER.token);
    const own = await meta.upload(PNG, 'image/png');
    expect(refusalOf(await send(picture('404')))).toEqual([400, 100]);
    expect(refusalOf(await send(picture(foreign)))).toEqual([400, 100]);
    expect((await send(picture(foreign), OTHER.number, OTHER.token)).status).toBe(200);
    const action = { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] };
    const interactive = { type: 'button', header: picture(foreign), body: { text: 'Look' }, action };
    expect(refusalOf(await send({ type: 'interactive', interactive }))).toEqual([400, 100]);
    meta.service(Timers).advance(THIRTY_DAYS_MS);
    expect(refusalOf(await send(picture(own)))).toEqual([400, 100]);
  });

  it('lets media of another kind fail once they were accepted', async () => {
    const id = await meta.upload(PNG, 'image/png');
    const mislabelled = await meta.upload(PNG, 'application/pdf');
    expect(await failuresOf(await send({ type: 'video', video: { id } }))).toEqual([131053]);
    expect(await failuresOf(await send({ type: 'document', document: { id: mislabelled } }))).toEqual([131053]);
    expect(await failuresOf(await send({ type: 'document', document: { id } }))).toEqual([]);
  });

  it('sends one-time passwords to phone numbers only, and nothing that cannot be charged', async () => {
    const template = { name: 'login_code', language: 'en_US', category: 'AUTHENTICATION' };
    const components = [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }];
    await meta.account({ wabaId: WABA, token: TOKEN, templates: [{ ...template, components }] });
    const message = {
      type: 'template',
      template: {
        name: 'login_code',
        language: { code: 'en_US' },
        components: [
          { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
          { type: 'button', sub_type: 'url', index: 0, parameters: [{ type: 'text', text: '123456' }] },
        ],
      },
    };
    const scoped = { ...message, to: undefined, recipient: 'US.13491208655302741918' };
    expect(refusalOf(await send(scoped))).toEqual([400, 131062]);
    expect(await failuresOf(await send(message))).toEqual([]);
    meta.service(Accounts).find(WABA)!.canPay = false;
    expect(await failuresOf(await send(message))).toEqual([131042]);
    expect(await failuresOf(await send({ type: 'text', text: { body: 'Hi' } }))).toEqual([]);
  });

  it('takes marketing templates, and nothing else, by the Marketing Messages API', async () => {
    const template = (name: string, category: string): Json => ({
      name,
      category,
      language: 'en_US',
      components: [{ type: 'BODY', text: 'Hello' }],
    });
    const templates = [template('offer', 'MARKETING'), template('receipt', 'UTILITY')];
    await meta.account({ wabaId: WABA, token: TOKEN, templates });
    const market = (name: string, more: Json = {}): Promise<RestAnswer> => {
      const sent = { type: 'template', template: { name, language: { code: 'en_US' } } };
      const body = { messaging_product: 'whatsapp', to: CUSTOMER, ...sent, ...more };
      return meta.graph('POST', `${NUMBER}/marketing_messages`, { body });
    };
    expect(await failuresOf(await market('offer', { product_policy: 'STRICT' }))).toEqual([]);
    const told = JSON.stringify(await meta.toldOf('messages'));
    expect(told).toContain('"category":"marketing_lite"');
    expect(refusalOf(await market('receipt'))).toEqual([400, 134100]);
    expect(refusalOf(await market('unknown'))).toEqual([404, 132001]);
    expect(refusalOf(await market('offer', { product_policy: 'LOOSE' }))).toEqual([400, 100]);
    expect(refusalOf(await market('offer', { type: 'text', text: { body: 'Hi' } }))).toEqual([400, 100]);
  });

  it('takes nothing from a locked account', async () => {
    const text = { type: 'text', text: { body: 'Hi' } };
    const account = meta.service(Accounts).find(WABA)!;
    account.reviewStatus = 'RESTRICTED';
    expect(refusalOf(await send(text))).toEqual([403, 131031]);
    account.reviewStatus = 'APPROVED';
    expect((await send(text)).status).toBe(200);
  });

  it('does not reach whom the business blocked, nor do they reach the business', async () => {
    const text = { type: 'text', text: { body: 'Hi' } };
    const block = { messaging_product: 'whatsapp', block_users: [{ user: CUSTOMER }] };
    await meta.graph('POST', `${NUMBER}/block_users`, { body: block });
    expect(await failuresOf(await send(text))).toEqual([131026]);
    const write = (text: string): Promise<Json> =>
      meta.control('POST', `/customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER, text });
    await write('unheard');
    await meta.graph('DELETE', `${NUMBER}/block_users`, { body: block });
    await write('heard');
    expect(await failuresOf(await send(text))).toEqual([]);
    await waitFor(() => JSON.stringify(meta.told).includes('"heard"'));
    expect(JSON.stringify(meta.told)).not.toContain('unheard');
  });
});
