import { NumberReviews } from '../../apps/simulator/src/graph/numbers/number-reviews.js';
import type { BusinessNumber } from '../../apps/simulator/src/state/account.js';
import { Accounts } from '../../apps/simulator/src/state/accounts.js';
import { Registrations } from '../../apps/simulator/src/state/registrations.js';
import { Timers } from '../../apps/simulator/src/webhooks/timers.js';
import type { Json, RestAnswer } from '../support/rest-client.js';
import { NUMBER, OTHER, refusalOf, SimulatedMeta, WABA } from '../support/simulated-meta.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const PIN = '123456';
const NEW = { cc: '1', phone_number: '14195551518', verified_name: 'Lucky Shrub' };

describe("the simulator's numbers", () => {
  let meta: SimulatedMeta;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
  });

  afterAll(() => meta.stop());

  beforeEach(() => meta.reset());

  const later = (ms: number): void => meta.service(Timers).advance(ms);
  const known = (id = NUMBER): BusinessNumber => meta.service(Accounts).findNumber(id)!;
  const codeOf = (id: string): string => meta.service(Registrations).of(known(id)).code!.code;

  function register(id: string, pin: string = PIN): Promise<RestAnswer> {
    return meta.graph('POST', `${id}/register`, { body: { messaging_product: 'whatsapp', pin } });
  }

  async function add(): Promise<string> {
    const { body } = await meta.graph('POST', `${WABA}/phone_numbers`, { body: NEW });
    return String(body['id']);
  }

  async function verify(id: string): Promise<void> {
    await meta.graph('POST', `${id}/request_code?code_method=SMS&language=en_US`);
    expect((await meta.graph('POST', `${id}/verify_code`, { body: { code: codeOf(id) } })).body).toEqual({
      success: true,
    });
  }

  async function fieldsOf(id: string, fields: string): Promise<Json> {
    const { id: _id, ...rest } = (await meta.graph('GET', `${id}?fields=${fields}`)).body;
    return rest;
  }

  function send(id: string): Promise<RestAnswer> {
    const body = { messaging_product: 'whatsapp', to: '+16505551234', type: 'text', text: { body: 'Hi' } };
    return meta.graph('POST', `${id}/messages`, { body });
  }

  it('brings a number from its addition to its first message, step by step', async () => {
    const id = await add();
    const fields = 'status,code_verification_status,platform_type,is_pin_enabled,throughput,display_phone_number';
    expect(await fieldsOf(id, fields)).toEqual({
      status: 'UNVERIFIED',
      code_verification_status: 'NOT_VERIFIED',
      platform_type: 'NOT_APPLICABLE',
      is_pin_enabled: false,
      throughput: { level: 'NOT_APPLICABLE' },
      display_phone_number: '+1 419 555 1518',
    });
    expect(refusalOf(await send(id))).toEqual([400, 133010]);
    expect(refusalOf(await register(id))).toEqual([400, 133006]);
    await verify(id);
    expect(refusalOf(await send(id))).toEqual([400, 133010]);
    expect((await register(id)).body).toEqual({ success: true });
    expect(await fieldsOf(id, fields)).toMatchObject({
      status: 'CONNECTED',
      code_verification_status: 'VERIFIED',
      platform_type: 'CLOUD_API',
      is_pin_enabled: true,
      throughput: { level: 'STANDARD' },
    });
    expect((await send(id)).status).toBe(200);
    expect(await meta.toldOf('phone_number_quality_update')).toMatchObject([
      { display_phone_number: '14195551518', event: 'ONBOARDING' },
    ]);
    const { body } = await meta.graph('GET', `${WABA}/phone_numbers?fields=id`);
    expect(body['data']).toEqual([{ id }, { id: NUMBER }]);
  });

  it.each<[string, Json, unknown[]]>([
    ['without a country code', { ...NEW, cc: undefined }, [400, 100]],
    ['that is no number', { ...NEW, phone_number: 'x' }, [400, 100]],
    ['with a name of one character', { ...NEW, verified_name: 'x' }, [400, 100]],
    ['that is in the account', { ...NEW, phone_number: '15550783881' }, [400, 100, 2388012]],
    ['that is in another account', { ...NEW, phone_number: '15550783882' }, [400, 100, 2388001]],
  ])('does not add a number %s', async (_wrong, body, refusal) => {
    expect(refusalOf(await meta.graph('POST', `${WABA}/phone_numbers`, { body }))).toEqual(refusal);
  });

  it('lets a portfolio that is not verified have two numbers', async () => {
    meta.service(Accounts).find(WABA)!.verificationStatus = 'UNVERIFIED';
    await add();
    const body = { ...NEW, phone_number: '14195551519' };
    expect(refusalOf(await meta.graph('POST', `${WABA}/phone_numbers`, { body }))).toEqual([400, 100, 2388103]);
  });

  it('sends a code that is good for ten minutes and five guesses, and five codes an hour', async () => {
    const id = await add();
    const ask = (query = 'code_method=SMS&language=en_US'): Promise<RestAnswer> =>
      meta.graph('POST', `${id}/request_code?${query}`);
    const answer = (code: string): Promise<RestAnswer> => meta.graph('POST', `${id}/verify_code?code=${code}`);
    for (const query of [
      'language=en_US',
      'code_method=FAX&language=en_US',
      'code_method=SMS',
      'code_method=SMS&language=x',
    ]) {
      expect(refusalOf(await ask(query))).toEqual([400, 100]);
    }
    expect(refusalOf(await answer(PIN))).toEqual([400, 136025]);
    expect(refusalOf(await answer('12-34'))).toEqual([400, 100]);

    await ask();
    later(10 * 60_000);
    expect(refusalOf(await answer(codeOf(id)))).toEqual([400, 136025]);

    await ask();
    const code = codeOf(id);
    const wrong = code === PIN ? '654321' : PIN;
    for (let guess = 0; guess < 5; guess += 1) expect(refusalOf(await answer(wrong))).toEqual([400, 136025]);
    expect(refusalOf(await answer(code))).toEqual([400, 136025]);

    for (let count = 2; count < 5; count += 1) expect((await ask()).status).toBe(200);
    expect(refusalOf(await ask())).toEqual([400, 136024]);
    later(HOUR_MS);
    expect((await ask()).status).toBe(200);
    expect(refusalOf(await meta.graph('POST', `${NUMBER}/request_code?code_method=SMS&language=en_US`))).toEqual([
      400, 136024,
    ]);
  });

  it('does not register a number two weeks after its verification', async () => {
    const id = await add();
    await verify(id);
    later(14 * DAY_MS);
    expect(refusalOf(await register(id))).toEqual([400, 133006]);
    expect(await fieldsOf(id, 'code_verification_status')).toEqual({ code_verification_status: 'EXPIRED' });
    await verify(id);
    expect((await register(id)).status).toBe(200);
  });

  it('asks for the PIN that was set, and after five wrong ones for patience', async () => {
    expect((await register(NUMBER)).status).toBe(200);
    expect(refusalOf(await register(NUMBER, '12345'))).toEqual([400, 100]);
    expect(refusalOf(await register(NUMBER, '000000'))).toEqual([400, 133005]);
    expect((await meta.graph('POST', NUMBER, { body: { pin: '222222' } })).body).toEqual({ success: true });
    expect(await meta.toldOf('security')).toEqual([{ display_phone_number: '15550783881', event: 'PIN_CHANGED' }]);
    for (let guess = 0; guess < 5; guess += 1) expect(refusalOf(await register(NUMBER))).toEqual([400, 133005]);
    expect(refusalOf(await register(NUMBER, '222222'))).toEqual([400, 133008]);
    later(12 * HOUR_MS);
    expect((await register(NUMBER, '222222')).status).toBe(200);
  });

  it('lets a number be registered and deregistered ten times in 72 hours, and rest then', async () => {
    for (let round = 0; round < 5; round += 1) {
      expect((await register(NUMBER)).status).toBe(200);
      expect((await meta.graph('POST', `${NUMBER}/deregister`)).body).toEqual({ success: true });
    }
    expect(refusalOf(await send(NUMBER))).toEqual([400, 133010]);
    later(71 * HOUR_MS);
    expect(refusalOf(await register(NUMBER))).toEqual([400, 133016]);
    later(71 * HOUR_MS);
    expect(refusalOf(await register(NUMBER))).toEqual([400, 133016]);
    later(HOUR_MS);
    expect((await register(NUMBER)).status).toBe(200);
    expect((await meta.graph('POST', `${NUMBER}/deregister`)).status).toBe(200);
    expect(refusalOf(await meta.graph('POST', `${NUMBER}/deregister`))).toEqual([400, 133010]);
  });

  it('registers neither a deleted number nor one of the business app', async () => {
    known().status = 'DELETED';
    expect(refusalOf(await register(NUMBER))).toEqual([400, 133015]);
    known().status = 'CONNECTED';
    known().throughputLevel = 'COEXISTENCE';
    expect(refusalOf(await register(NUMBER))).toEqual([400, 100]);
    expect(refusalOf(await meta.graph('POST', `${NUMBER}/deregister`))).toEqual([400, 100]);
  });

  it('reviews a display name, and tells and shows what became of it', async () => {
    const ask = (name: string): Promise<RestAnswer> => meta.graph('POST', NUMBER, { body: { new_display_name: name } });
    expect(refusalOf(await ask('x'))).toEqual([400, 100]);
    await ask('Pizzeria Luna');
    const fields = 'verified_name,new_name_status';
    expect(await fieldsOf(NUMBER, fields)).toEqual({
      verified_name: 'Pizzeria Sol',
      new_name_status: 'PENDING_REVIEW',
    });
    meta.service(NumberReviews).rejectName(known(), 'NAME_EMPLOYEE_ISSUE');
    expect(await fieldsOf(NUMBER, fields)).toEqual({ verified_name: 'Pizzeria Sol', new_name_status: 'DECLINED' });
    await ask('Pizzeria Mar');
    meta.service(NumberReviews).approveName(known());
    expect(await fieldsOf(NUMBER, fields)).toEqual({ verified_name: 'Pizzeria Mar', new_name_status: 'NONE' });
    expect(await meta.toldOf('phone_number_name_update', 4)).toMatchObject([
      { decision: 'PENDING', requested_verified_name: 'Pizzeria Luna' },
      { decision: 'REJECTED', rejection_reason: 'NAME_EMPLOYEE_ISSUE' },
      { decision: 'PENDING', requested_verified_name: 'Pizzeria Mar' },
      { decision: 'APPROVED', rejection_reason: null, display_phone_number: '15550783881' },
    ]);
  });

  it('tells of quality, throughput and limits as they change, and shows them', async () => {
    const reviews = meta.service(NumberReviews);
    reviews.setQuality(known(), 'RED');
    expect(await fieldsOf(NUMBER, 'status,quality_rating')).toEqual({ status: 'FLAGGED', quality_rating: 'RED' });
    reviews.setQuality(known(), 'GREEN');
    reviews.setThroughput(known(), 'HIGH');
    reviews.setMessagingLimit(meta.service(Accounts).find(WABA)!, 'TIER_10K');
    expect(await fieldsOf(NUMBER, 'status,throughput,whatsapp_business_manager_messaging_limit')).toEqual({
      status: 'CONNECTED',
      throughput: { level: 'HIGH' },
      whatsapp_business_manager_messaging_limit: 'TIER_10K',
    });
    const told = await meta.toldOf('phone_number_quality_update', 3);
    expect(told.map(({ event }) => event)).toEqual(['FLAGGED', 'UNFLAGGED', 'THROUGHPUT_UPGRADE']);
    expect(await meta.toldOf('business_capability_update')).toEqual([
      { max_daily_conversations_per_business: 'TIER_10K' },
    ]);
  });

  it('sends the messages of one number to a callback of its own, once that has proved itself', async () => {
    const override = (uri: string, token?: string): Promise<RestAnswer> => {
      const configuration = { override_callback_uri: uri, verify_token: token };
      return meta.graph('POST', NUMBER, { body: { webhook_configuration: configuration } });
    };
    const own = `${meta.callbackUrl}/number`;
    expect(refusalOf(await override(own, 'wrong'))).toEqual([400, 100, 2200]);
    expect(refusalOf(await override('nowhere', 'prove-it'))).toEqual([400, 100]);
    expect((await override(own, 'prove-it')).status).toBe(200);
    expect(await fieldsOf(NUMBER, 'webhook_configuration')).toEqual({
      webhook_configuration: { phone_number: own, application: `${meta.callbackUrl}/app` },
    });
    const write = (): Promise<Json> =>
      meta.control('POST', '/customers/+16505551234/messages', { phoneNumberId: NUMBER, text: 'Hi' });
    await write();
    await meta.toldOf('messages');
    expect(meta.told.map(({ path }) => path)).toEqual(['/number']);
    await override('');
    await write();
    await meta.toldOf('messages', 2);
    expect(meta.told.map(({ path }) => path)).toEqual(['/number', '/app']);
  });

  it('filters a list, and refuses a filter or a field that it does not know', async () => {
    const list = (query: string): Promise<RestAnswer> => meta.graph('GET', `${WABA}/phone_numbers?${query}`);
    const filter = (value: string, operator = 'EQUAL'): string =>
      `filtering=${encodeURIComponent(JSON.stringify([{ field: 'account_mode', operator, value }]))}`;
    expect((await list(filter('LIVE'))).body['data']).toHaveLength(1);
    expect((await list(filter('SANDBOX'))).body['data']).toEqual([]);
    expect(refusalOf(await list(filter('LIVE', 'LIKE')))).toEqual([400, 100]);
    expect(refusalOf(await list('fields=shoe_size'))).toEqual([400, 100]);
  });

  it('takes parameters as JSON, as a form and in the query', async () => {
    const register = (contentType: string, raw: string, query = ''): Promise<RestAnswer> =>
      meta.graph('POST', `${NUMBER}/register${query}`, { raw, headers: { 'content-type': contentType } });
    const form = `messaging_product=whatsapp&pin=${PIN}`;
    expect((await register('application/json', `{"messaging_product":"whatsapp","pin":"${PIN}"}`)).status).toBe(200);
    expect((await register('application/x-www-form-urlencoded', form)).status).toBe(200);
    expect((await register('application/json', '', `?${form}`)).status).toBe(200);
    expect(
      refusalOf(await register('application/x-www-form-urlencoded', 'pin=000000', '?messaging_product=whatsapp')),
    ).toEqual([400, 133005]);
  });

  it('keeps businesses apart', async () => {
    const key = OTHER.token;
    const body = { messaging_product: 'whatsapp', pin: PIN };
    expect(refusalOf(await meta.graph('POST', `${NUMBER}/register`, { key, body }))).toEqual([403, 200]);
    expect(refusalOf(await meta.graph('POST', NUMBER, { key, body: { pin: PIN } }))).toEqual([403, 200]);
    expect(refusalOf(await meta.graph('POST', `${WABA}/phone_numbers`, { key, body: NEW }))).toEqual([403, 200]);
    expect((await meta.graph('POST', `${OTHER.number}/register`, { key, body })).status).toBe(200);
  });
});
