import type { BusinessNumber } from '../../apps/simulator/src/state/account.js';
import { Accounts } from '../../apps/simulator/src/state/accounts.js';
import { Registrations } from '../../apps/simulator/src/state/registrations.js';
import { Timers } from '../../apps/simulator/src/webhooks/timers.js';
import type { Json, RestAnswer } from '../support/rest-client.js';
import { APP, NUMBER, OTHER, refusalOf, SimulatedMeta } from '../support/simulated-meta.js';

const PRODUCT = { messaging_product: 'whatsapp' };
const DAY_MS = 24 * 60 * 60 * 1000;

describe("the simulator's business side", () => {
  let meta: SimulatedMeta;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
  });

  afterAll(() => meta.stop());

  beforeEach(() => meta.reset());

  const known = (): BusinessNumber => meta.service(Accounts).findNumber(NUMBER)!;

  function write(phone: string): Promise<{ customer: { userId: string } }> {
    return meta.control('POST', `/customers/${phone}/messages`, { phoneNumberId: NUMBER, text: 'Hi' });
  }

  describe('business profile', () => {
    const path = `${NUMBER}/whatsapp_business_profile`;
    const set = (body: Json): Promise<RestAnswer> => meta.graph('POST', path, { body: { ...PRODUCT, ...body } });

    it('keeps what was set, and shows the parts that were asked for', async () => {
      const profile = {
        about: 'Pizza since 1970',
        address: 'Via Roma 1',
        description: 'Wood-fired',
        email: 'ciao@example.com',
        websites: ['https://example.com', 'http://example.org/menu'],
        vertical: 'RESTAURANT',
      };
      const handle = await meta.handle('a picture', 'image/jpeg');
      expect((await set({ ...profile, profile_picture_handle: handle })).body).toEqual({ success: true });
      expect((await meta.graph('GET', path)).body).toEqual({
        data: [
          { ...profile, ...PRODUCT, profile_picture_url: expect.stringMatching(/^https:\/\/pps\.whatsapp\.net\//) },
        ],
      });
      const some = await meta.graph('GET', `${path}?fields=about,vertical`);
      expect(some.body).toEqual({ data: [{ about: profile.about, vertical: 'RESTAURANT', ...PRODUCT }] });
    });

    it.each<[string, Json]>([
      ['an empty about', { about: '' }],
      ['an about of 140 characters', { about: 'x'.repeat(140) }],
      ['an address of 257 characters', { address: 'x'.repeat(257) }],
      ['a description of 513 characters', { description: 'x'.repeat(513) }],
      ['an email that is none', { email: 'ciao' }],
      ['an email of 129 characters', { email: `${'x'.repeat(117)}@example.com` }],
      ['three websites', { websites: ['https://a.com', 'https://b.com', 'https://c.com'] }],
      ['a website without its scheme', { websites: ['example.com'] }],
      ['a website of 257 characters', { websites: [`https://example.com/${'x'.repeat(237)}`] }],
      ['an industry that is none', { vertical: 'PIZZA' }],
      ['a picture that was not uploaded', { profile_picture_handle: '4::made-up' }],
      ['no product', { messaging_product: undefined, about: 'Hi' }],
    ])('refuses %s, and changes nothing', async (_wrong, body) => {
      const before = (await meta.graph('GET', path)).body;
      expect(refusalOf(await set({ address: 'Via Roma 2', ...body }))).toEqual([400, 100]);
      expect((await meta.graph('GET', path)).body).toEqual(before);
    });

    it('belongs to one business', async () => {
      expect(refusalOf(await meta.graph('GET', path, { key: OTHER.token }))).toEqual([403, 200]);
      expect(refusalOf(await meta.graph('POST', path, { key: OTHER.token, body: PRODUCT }))).toEqual([403, 200]);
    });
  });

  describe('block list', () => {
    const path = `${NUMBER}/block_users`;
    const change = (method: string, ...users: Json[]): Promise<RestAnswer> =>
      meta.graph(method, path, { body: { ...PRODUCT, block_users: users } });

    it('blocks who wrote lately, lists them, and lets them go', async () => {
      await write('16505551234');
      const { customer } = await write('16505551235');
      const blocked = await change('POST', { user: '+16505551234' }, { user_id: customer.userId });
      expect([blocked.status, blocked.body]).toEqual([
        200,
        {
          ...PRODUCT,
          block_users: {
            added_users: [
              { input: '+16505551234', wa_id: '16505551234' },
              { input: customer.userId, user_id: customer.userId },
            ],
          },
        },
      ]);
      expect((await meta.graph('GET', `${path}?limit=1`)).body).toMatchObject({
        data: [{ ...PRODUCT, wa_id: '16505551234' }],
        paging: { next: expect.any(String) },
      });
      const removed = await change('DELETE', { user: '+16505551234' });
      expect(removed.body).toEqual({
        ...PRODUCT,
        block_users: { removed_users: [{ input: '+16505551234', wa_id: '16505551234' }] },
      });
      expect((await meta.graph('GET', path)).body['data']).toHaveLength(1);
      expect((await meta.graph('GET', `${OTHER.number}/block_users`, { key: OTHER.token })).body['data']).toEqual([]);
    });

    it('tells who could be blocked from who could not', async () => {
      await write('16505551234');
      meta.service(Timers).advance(DAY_MS);
      await write('16505551235');
      const answer = await change('POST', { user: '+16505551235' }, { user: '+16505551234' }, { user: '+16505550000' });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        block_users: {
          added_users: [{ input: '+16505551235', wa_id: '16505551235' }],
          failed_users: [
            { input: '+16505551234', errors: [{ code: 131047 }] },
            { input: '+16505550000', errors: [{ code: 131009 }] },
          ],
        },
        error: { code: 139100, type: 'OAuthException' },
      });
      expect(refusalOf(await change('DELETE', { user: '+16505551234' }))).toEqual([400, 139100]);
      expect(refusalOf(await change('POST'))).toEqual([400, 131008]);
    });
  });

  it('keeps the settings of a number, and refuses one that there is not', async () => {
    const path = `${NUMBER}/settings`;
    expect((await meta.graph('GET', path)).body).toMatchObject({
      calling: { status: 'disabled' },
      storage_configuration: { status: 'default' },
    });
    const identity = { user_identity_change: { enable_identity_key_check: true } };
    expect((await meta.graph('POST', path, { body: identity })).body).toEqual({ success: true });
    expect((await meta.graph('GET', path)).body).toMatchObject(identity);
    expect(refusalOf(await meta.graph('POST', path, { body: { ringtone: {} } }))).toEqual([400, 100]);
    expect(refusalOf(await meta.graph('POST', path, { body: {} }))).toEqual([400, 100]);
    expect(refusalOf(await meta.graph('GET', path, { key: OTHER.token }))).toEqual([403, 200]);
  });

  it('gives a username to one business', async () => {
    const adopt = (number: string, username: string, key?: string): Promise<RestAnswer> =>
      meta.graph('POST', `${number}/username`, { body: { username }, ...(key !== undefined && { key }) });
    expect((await adopt(NUMBER, 'Pizzeria_Sol')).body).toEqual({ status: 'approved' });
    expect((await meta.graph('GET', `${NUMBER}/username`)).body).toEqual({
      username: 'pizzeria_sol',
      status: 'approved',
    });
    expect(refusalOf(await adopt(OTHER.number, 'pizzeria_sol', OTHER.token))).toEqual([400, 147002]);
    expect(refusalOf(await adopt(NUMBER, 'a..b'))).toEqual([400, 147001]);
    const { body } = await meta.graph('GET', `${OTHER.number}/username_suggestions`, { key: OTHER.token });
    expect(body['data']).toEqual([{ username_suggestions: expect.not.arrayContaining(['pizzeria_sol']) }]);
    expect((await meta.graph('DELETE', `${NUMBER}/username`)).body).toEqual({ success: true });
    expect((await adopt(OTHER.number, 'pizzeria_sol', OTHER.token)).status).toBe(200);
    const told = await meta.toldOf('business_username_update', 3);
    expect(told.map(({ status }) => status).sort()).toEqual(['approved', 'approved', 'deleted']);
  });

  it('syncs contacts and history of the business app once each, within a day', async () => {
    const sync = (type: string): Promise<RestAnswer> =>
      meta.graph('POST', `${NUMBER}/smb_app_data`, { body: { ...PRODUCT, sync_type: type } });
    expect(refusalOf(await sync('history'))).toEqual([400, 100]);
    known().throughputLevel = 'COEXISTENCE';
    await write('16505551234');
    expect(refusalOf(await sync('photos'))).toEqual([400, 100]);
    expect((await sync('smb_app_state_sync')).body).toEqual({ ...PRODUCT, request_id: expect.any(String) });
    expect(await meta.toldOf('smb_app_state_sync')).toMatchObject([{ state_sync: expect.any(Array) }]);
    expect((await sync('history')).status).toBe(200);
    await meta.toldOf('history', 6);
    expect(refusalOf(await sync('history'))).toEqual([400, 2593107]);
    const registration = meta.service(Registrations).of(known());
    registration.syncs.clear();
    registration.onboardedAtMs = Date.now() - DAY_MS - 1000;
    expect(refusalOf(await sync('history'))).toEqual([400, 2593108]);
  });

  it('takes the bytes of a resumable upload as they were announced', async () => {
    const begin = (query: string): Promise<RestAnswer> => meta.graph('POST', `${APP.appId}/uploads?${query}`);
    expect(refusalOf(await begin('file_length=0&file_type=image/png'))).toEqual([400, 100]);
    expect(refusalOf(await begin('file_length=5&file_type=image/gif'))).toEqual([400, 100]);
    expect(refusalOf(await meta.graph('POST', '9/uploads?file_length=5&file_type=image/png'))).toEqual([400, 100, 33]);
    const { body } = await begin('file_length=5&file_type=image/png&file_name=a.png');
    const session = String(body['id']);
    expect((await meta.graph('GET', session)).body).toEqual({ id: session, file_offset: 0 });
    const finish = (raw: string, offset = '0'): Promise<RestAnswer> =>
      meta.graph('POST', session, {
        raw,
        headers: { file_offset: offset, 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect(refusalOf(await finish('12345', '3'))).toEqual([400, 100]);
    expect(refusalOf(await finish('1234'))).toEqual([400, 100]);
    expect(refusalOf(await finish('123456'))).toEqual([400, 100]);
    expect((await finish('12345')).body).toEqual({ h: expect.stringMatching(/^4::/) });
    expect(refusalOf(await finish('12345'))).toEqual([400, 100, 33]);
  });
});
