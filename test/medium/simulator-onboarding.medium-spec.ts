import { SCOPES, type Scope } from '../../apps/simulator/src/state/account.js';
import { Accounts } from '../../apps/simulator/src/state/accounts.js';
import { OAuthCodes } from '../../apps/simulator/src/state/oauth-codes.js';
import { Tokens } from '../../apps/simulator/src/state/tokens.js';
import { Timers } from '../../apps/simulator/src/webhooks/timers.js';
import type { Json, RestAnswer } from '../support/rest-client.js';
import { APP, NUMBER, OTHER, refusalOf, SimulatedMeta, TOKEN, WABA } from '../support/simulated-meta.js';

describe("the simulator's onboarding", () => {
  let meta: SimulatedMeta;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
  });

  afterAll(() => meta.stop());

  beforeEach(() => meta.reset());

  const later = (seconds: number): void => meta.service(Timers).advance(seconds * 1000);

  function issueCode(lifetimeSeconds = 0, scopes: readonly Scope[] = SCOPES): string {
    return meta.service(OAuthCodes).issue({ appId: APP.appId, wabaIds: [WABA], scopes, lifetimeSeconds });
  }

  function exchange(code: string, changes: Record<string, string> = {}): Promise<RestAnswer> {
    const query = new URLSearchParams({ client_id: APP.appId, client_secret: APP.appSecret, code, ...changes });
    return meta.graph('GET', `oauth/access_token?${query.toString()}`);
  }

  async function debug(token: string): Promise<Json> {
    const key = `${APP.appId}|${APP.appSecret}`;
    return (await meta.graph('GET', `debug_token?input_token=${token}`, { key })).body['data'] as Json;
  }

  it('turns a code into a token of its account, once', async () => {
    const code = issueCode();
    const { status, body } = await exchange(code);
    expect([status, body]).toEqual([200, { access_token: expect.stringMatching(/^EAA/), token_type: 'bearer' }]);
    const key = String(body['access_token']);
    expect((await meta.graph('GET', WABA, { key })).body).toMatchObject({ id: WABA });
    expect(refusalOf(await meta.graph('GET', OTHER.wabaId, { key }))).toEqual([403, 200]);
    expect(await debug(key)).toMatchObject({
      app_id: APP.appId,
      is_valid: true,
      expires_at: 0,
      granular_scopes: SCOPES.map((scope) => ({ scope, target_ids: [WABA] })),
    });
    expect(refusalOf(await exchange(code))).toEqual([400, 100, 36009]);
  });

  it('refuses a code that is late, unknown or for another app, and an app that does not prove itself', async () => {
    const code = issueCode();
    later(30);
    expect(refusalOf(await exchange(code))).toEqual([400, 100, 36007]);
    expect(refusalOf(await exchange('AQmade-up'))).toEqual([400, 100, 36008]);
    expect(refusalOf(await exchange(issueCode(), { client_secret: 'guess' }))).toEqual([400, 1]);
    expect(refusalOf(await exchange(issueCode(), { client_id: '9' }))).toEqual([400, 101]);
    await meta.control('POST', '/apps', { ...APP, appId: '1002', callbackUrl: `${meta.callbackUrl}/second` });
    expect(refusalOf(await exchange(issueCode(), { client_id: '1002' }))).toEqual([400, 100, 36008]);
  });

  it('lets a token end at its time, and when the customer takes the app away', async () => {
    const { body } = await exchange(issueCode(3600));
    expect(body['expires_in']).toBe(3600);
    const key = String(body['access_token']);
    later(3599);
    expect((await meta.graph('GET', WABA, { key })).status).toBe(200);
    later(1);
    expect(refusalOf(await meta.graph('GET', WABA, { key }))).toEqual([401, 190, 463]);
    expect(await debug(key)).toMatchObject({ is_valid: false, expires_at: expect.any(Number) });

    const second = String((await exchange(issueCode())).body['access_token']);
    meta.service(Tokens).revoke(second, 'APP_REMOVED');
    expect(refusalOf(await meta.graph('GET', WABA, { key: second }))).toEqual([401, 190, 458]);
    expect((await meta.graph('GET', WABA)).status).toBe(200);
  });

  it('lets a token do what its scopes say', async () => {
    const { body } = await exchange(issueCode(0, ['whatsapp_business_messaging']));
    const key = String(body['access_token']);
    expect(refusalOf(await meta.graph('GET', `${WABA}/message_templates`, { key }))).toEqual([403, 10]);
    expect((await meta.graph('GET', `${NUMBER}/whatsapp_business_profile`, { key })).status).toBe(200);
  });

  it('tells a token that is missing from one that is none, and shows nobody the tokens of other apps', async () => {
    const missing = await fetch(`${meta.url}/${WABA}`);
    expect([missing.status, ((await missing.json()) as { error: Json }).error['code']]).toEqual([401, 104]);
    expect(refusalOf(await meta.graph('GET', WABA, { key: 'EAAnone' }))).toEqual([401, 190]);
    expect(await debug('EAAnone')).toMatchObject({ is_valid: false });
    await meta.control('POST', '/apps', {
      ...APP,
      appId: '1002',
      appSecret: 'x',
      callbackUrl: `${meta.callbackUrl}/second`,
    });
    const { body } = await meta.graph('GET', `debug_token?input_token=${TOKEN}`, { key: '1002|x' });
    expect(body['data']).toMatchObject({ is_valid: false, scopes: [] });
  });

  it('subscribes the app of the token, to a callback that proves itself right then', async () => {
    const path = `${WABA}/subscribed_apps`;
    expect((await meta.graph('DELETE', path)).body).toEqual({ success: true });
    expect((await meta.graph('GET', path)).body).toEqual({ data: [] });
    const override_callback_uri = `${meta.callbackUrl}/override`;
    const refused = await meta.graph('POST', path, { body: { override_callback_uri, verify_token: 'wrong' } });
    expect(refusalOf(refused)).toEqual([400, 100, 2200]);
    expect((await meta.graph('GET', path)).body).toEqual({ data: [] });
    const taken = await meta.graph('POST', path, { body: { override_callback_uri, verify_token: APP.verifyToken } });
    expect(taken.body).toEqual({ success: true });
    expect((await meta.graph('GET', path)).body['data']).toMatchObject([
      { whatsapp_business_api_data: { id: APP.appId }, override_callback_uri },
    ]);
    // Without a body the override goes.
    await meta.graph('POST', path);
    expect((await meta.graph('GET', path)).body['data']).not.toHaveProperty([0, 'override_callback_uri']);
    expect(refusalOf(await meta.graph('DELETE', path, { key: OTHER.token }))).toEqual([403, 200]);
  });

  it('says what stands in the way of sending, and the worst of it counts', async () => {
    const health = async (id: string): Promise<Json> =>
      (await meta.graph('GET', `${id}?fields=health_status`)).body['health_status'] as Json;
    expect(await health(NUMBER)).toMatchObject({
      can_send_message: 'AVAILABLE',
      entities: [
        { entity_type: 'PHONE_NUMBER', id: NUMBER },
        { entity_type: 'WABA', id: WABA },
        { entity_type: 'BUSINESS' },
        { entity_type: 'APP', id: APP.appId },
      ],
    });
    const account = meta.service(Accounts).find(WABA)!;
    account.verificationStatus = 'UNVERIFIED';
    expect(await health(WABA)).toMatchObject({ can_send_message: 'LIMITED' });
    account.canPay = false;
    expect(await health(NUMBER)).toMatchObject({
      can_send_message: 'BLOCKED',
      entities: expect.arrayContaining([
        expect.objectContaining({
          entity_type: 'WABA',
          errors: [
            { error_code: 141006, error_description: expect.any(String), possible_solution: expect.any(String) },
          ],
        }),
      ]),
    });
    expect(refusalOf(await meta.graph('GET', OTHER.wabaId))).toEqual([403, 200]);
  });

  it('takes no more management calls than are allowed within an hour, and says how many are left', async () => {
    await meta.control('PUT', '/settings', { managementCallsPerHour: 4 });
    const list = (wabaId: string, key: string): Promise<RestAnswer> =>
      meta.graph('GET', `${wabaId}/message_templates`, { key });
    const usage = ({ headers }: RestAnswer): unknown =>
      (JSON.parse(headers.get('x-business-use-case-usage') ?? '{}') as Record<string, Json[]>)[WABA]?.[0];
    const first = await list(WABA, TOKEN);
    expect(usage(first)).toMatchObject({
      type: 'whatsapp_business_management',
      call_count: 25,
      estimated_time_to_regain_access: 0,
    });
    expect(JSON.parse(first.headers.get('x-app-usage') ?? '')).toMatchObject({ call_count: expect.any(Number) });
    for (let call = 2; call <= 4; call += 1) expect((await list(WABA, TOKEN)).status).toBe(200);
    const refused = await list(WABA, TOKEN);
    expect(refusalOf(refused)).toEqual([400, 80008]);
    expect(usage(refused)).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 60 });
    expect((await list(OTHER.wabaId, OTHER.token)).status).toBe(200);
    later(3600);
    expect((await list(WABA, TOKEN)).status).toBe(200);
  });

  it('refuses every call of an app beyond the limit that is set for it', async () => {
    await meta.control('PUT', '/settings', { appCallsPerHour: 3 });
    for (let call = 0; call < 2; call += 1) expect((await meta.graph('GET', WABA)).status).toBe(200);
    expect(refusalOf(await meta.graph('GET', WABA))).toEqual([400, 4, 2446079]);
  });
});
