import pg from 'pg';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { TestMeta, type MetaAccount } from '../support/meta.js';

const STEPS_AHEAD = ['store-number', 'request-code', 'verify-code', 'register', 'subscribe-app', 'read-number', 'sync-templates'];
const NEW_NUMBER = { status: 'UNVERIFIED' };

interface Step {
  name: string;
  state: string;
  attempts: number;
  problem: { code: string; whatToDo: string; meta: { graphCode: number; traceId: string } | null } | null;
}

describe('an onboarding', () => {
  let api: TestApi;
  let meta: TestMeta;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    meta = await TestMeta.start();
    api = await TestApi.start({ GRAPH_URL: meta.url, META_APP_ID: '1001', META_APP_SECRETS: 'shh' });
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
    await meta.stop();
  });

  const start = (body: object, tenant = own): Promise<Answer> => api.call('POST', '/v1/onboardings', { bearer: tenant.apiKey, body });
  const resume = (id: unknown, body: object = {}, tenant = own): Promise<Answer> =>
    api.call('POST', `/v1/onboardings/${String(id)}/resume`, { bearer: tenant.apiKey, body });
  const get = (path: string, tenant = own): Promise<Answer> => api.call('GET', `/v1/${path}`, { bearer: tenant.apiKey });
  const byToken = ({ wabaId, phoneNumberId, accessToken }: MetaAccount, more: object = {}): Promise<Answer> =>
    start({ method: 'token', wabaId, graphNumberId: phoneNumberId, accessToken, ...more });
  const stepsOf = ({ body }: Answer): Record<string, string> => Object.fromEntries((body['steps'] as Step[]).map(({ name, state }) => [name, state]));
  const stepOf = ({ body }: Answer, wanted: string): Step => (body['steps'] as Step[]).find(({ name }) => name === wanted)!;
  const sentCode = async ({ phoneNumberId }: MetaAccount): Promise<string> =>
    ((await meta.control('GET', `numbers/${phoneNumberId}/verification-code`)) as { code: string }).code;
  const signupCode = async ({ wabaId }: MetaAccount): Promise<string> => ((await meta.control('POST', `accounts/${wabaId}/codes`, {})) as { code: string }).code;

  it('by token brings a number that Meta knows already to its end at once', async () => {
    const account = await meta.account();
    const answer = await byToken(account);
    expect(answer).toMatchObject({ status: 201, body: { state: 'DONE', waitsFor: null, problem: null, graphNumberId: account.phoneNumberId } });
    expect(stepsOf(answer)).toEqual({
      'exchange-code': 'SKIPPED', 'check-token': 'DONE', 'check-number': 'DONE', 'store-number': 'DONE', 'request-code': 'SKIPPED', 'verify-code': 'SKIPPED',
      register: 'SKIPPED', 'subscribe-app': 'DONE', 'read-number': 'DONE', 'sync-templates': 'DONE',
    });
    const number = await get(`numbers/${String(answer.body['numberId'])}`);
    expect(number).toMatchObject({ status: 200, body: { status: 'CONNECTED', account: { tokenVersion: 1 } } });
    expect(await get(`onboardings/${String(answer.body['id'])}`)).toMatchObject({ status: 200, body: { state: 'DONE' } });
    expect(await resume(answer.body['id'])).toMatchObject({ status: 409, body: { code: 'onboarding.done' } });
  });

  it('takes a new number through code and PIN; the PIN that was made can be read', async () => {
    const account = await meta.account({}, NEW_NUMBER);
    const waiting = await byToken(account, { verification: { method: 'VOICE', language: 'ro_RO' } });
    expect(waiting).toMatchObject({ status: 201, body: { state: 'WAITING', step: 'verify-code', waitsFor: 'verificationCode' } });
    const wrong = await resume(waiting.body['id'], { verificationCode: (await sentCode(account)) === '000000' ? '111111' : '000000' });
    expect(wrong).toMatchObject({ status: 200, body: { state: 'FAILED', waitsFor: 'verificationCode', problem: { code: 'number.code-mismatch', meta: { graphCode: 136025 } } } });
    expect(stepOf(wrong, 'verify-code').problem).toMatchObject({ whatToDo: expect.stringContaining('code') as unknown, meta: { traceId: expect.any(String) as unknown } });
    const finished = await resume(waiting.body['id'], { verificationCode: await sentCode(account) });
    expect(finished).toMatchObject({ status: 200, body: { state: 'DONE' } });
    // The code was asked for once: nobody gets a second text message for a wrong digit.
    expect(stepOf(finished, 'request-code')).toMatchObject({ state: 'DONE', attempts: 1 });
    const pin = await get(`numbers/${String(finished.body['numberId'])}/pin`);
    expect(pin).toMatchObject({ status: 200, body: { pin: expect.stringMatching(/^\d{6}$/) as unknown } });
    expect(pin.headers['cache-control']).toBe('no-store');
    expect(await get(`numbers/${String(finished.body['numberId'])}`)).toMatchObject({ body: { status: 'CONNECTED' } });
  });

  it('by the code of a signup uses the code once, and finds the only number of the account', async () => {
    const account = await meta.account();
    const code = await signupCode(account);
    const answer = await start({ method: 'code', code, wabaId: account.wabaId });
    expect(answer).toMatchObject({ status: 201, body: { state: 'DONE', graphNumberId: account.phoneNumberId } });
    const again = await start({ method: 'code', code, wabaId: account.wabaId });
    expect(again).toMatchObject({ body: { state: 'FAILED', step: 'exchange-code', waitsFor: 'code', problem: { code: 'credential.code-invalid' } } });
    expect(await resume(again.body['id'], { code: await signupCode(account) })).toMatchObject({ body: { state: 'DONE' } });
  });

  it('never needs the code again once its token is written, also where the next step is refused', async () => {
    const account = await meta.account({ scopes: ['whatsapp_business_management'] });
    const answer = await start({ method: 'code', code: await signupCode(account), wabaId: '42' });
    expect(answer).toMatchObject({ body: { state: 'FAILED', step: 'check-token' } });
    expect(stepsOf(answer)['exchange-code']).toBe('DONE');
    const again = await resume(answer.body['id']);
    expect([stepOf(again, 'exchange-code').attempts, stepOf(again, 'check-token').attempts]).toEqual([1, 2]);
  });

  it('asks which number is meant where the account has several', async () => {
    const account = await meta.account();
    const second = `${account.phoneNumberId}9`;
    await meta.control('POST', 'accounts', {
      wabaId: account.wabaId, name: 'Trattoria', token: account.accessToken,
      numbers: [{ id: second, displayPhoneNumber: '+40 21 555 0101', verifiedName: 'Trattoria' }],
    });
    const asked = await start({ method: 'code', code: await signupCode(account), wabaId: account.wabaId });
    expect(asked).toMatchObject({ body: { state: 'WAITING', step: 'check-number', waitsFor: 'graphNumberId' } });
    expect(asked.text).toContain(second);
    expect(await resume(asked.body['id'], { graphNumberId: second })).toMatchObject({ body: { state: 'DONE', graphNumberId: second } });
  });

  it.each([
    ['a token that Meta does not know', {}, { accessToken: 'EAAunknown' }, 'check-token', 'credential.invalid', 'accessToken', 190],
    ['a token that has expired', { tokenState: 'EXPIRED' }, {}, 'check-token', 'credential.invalid', 'accessToken', 190],
    ['a token without the right to send', { scopes: ['whatsapp_business_management'] }, {}, 'check-token', 'credential.invalid', 'accessToken', null],
    ['a number of another account', {}, { graphNumberId: '42' }, 'check-number', 'number.mismatch', 'graphNumberId', null],
  ])('stops at %s with the cause, and goes on with what is right', async (_, changes, claim, step, code, waitsFor, graphCode) => {
    const account = await meta.account(changes);
    const stopped = await byToken(account, claim);
    expect(stopped).toMatchObject({
      status: 201,
      body: { state: 'FAILED', step, waitsFor, problem: { code, whatToDo: expect.any(String) as unknown, meta: graphCode === null ? null : { graphCode } } },
    });
    for (const ahead of STEPS_AHEAD) expect([ahead, stepsOf(stopped)[ahead]]).toEqual([ahead, 'PENDING']);
    const good = await meta.control('POST', 'accounts', { wabaId: account.wabaId, name: 'Trattoria', token: `${account.accessToken}x` }).then(() => `${account.accessToken}x`);
    const answer = await resume(stopped.body['id'], { accessToken: good, graphNumberId: account.phoneNumberId });
    expect(answer).toMatchObject({ status: 200, body: { state: 'DONE' } });
    expect(stopped.text + answer.text).not.toContain(account.accessToken);
  });

  it('stops at a PIN that is not the number\'s, and goes on with the right one', async () => {
    const account = await meta.account();
    const first = await byToken(account);
    const numberId = String(first.body['numberId']);
    const call = (method: 'POST' | 'PUT', path: string, body: object) => api.call(method, `/v1/numbers/${numberId}/${path}`, { bearer: own.apiKey, body });
    expect((await call('PUT', 'pin', { pin: '408213' })).status).toBe(204);
    expect(await call('POST', 'deregister', {})).toMatchObject({ status: 200, body: { status: 'DISCONNECTED' } });
    const stopped = await byToken(account, { pin: '111111' });
    expect(stopped).toMatchObject({ body: { state: 'FAILED', step: 'register', waitsFor: 'pin', problem: { code: 'number.pin-mismatch', meta: { graphCode: 133005 } } } });
    // The wrong one has not replaced the one that was kept.
    expect((await get(`numbers/${numberId}/pin`)).body).toEqual({ pin: '408213' });
    expect(await resume(stopped.body['id'], { pin: '408213' })).toMatchObject({ body: { state: 'DONE' } });
    expect(await get(`numbers/${numberId}`)).toMatchObject({ body: { status: 'CONNECTED' } });
  });

  it('of a number beside the Business app registers nothing', async () => {
    const answer = await byToken(await meta.account({}, { throughputLevel: 'COEXISTENCE' }));
    expect(answer).toMatchObject({ body: { state: 'DONE' } });
    expect(stepsOf(answer)).toMatchObject({ 'request-code': 'SKIPPED', register: 'SKIPPED' });
  });

  it('has one effect when a process died between the steps and all of them run again', async () => {
    const account = await meta.account({}, NEW_NUMBER);
    const waiting = await byToken(account);
    const finished = await resume(waiting.body['id'], { verificationCode: await sentCode(account) });
    expect(finished.body['state']).toBe('DONE');
    const pin = (await get(`numbers/${String(finished.body['numberId'])}/pin`)).body['pin'];
    const unfinished = await byToken(account);
    // As after a crash: the row says that it runs, nobody does, and only the first steps are written.
    await database.query(
      `UPDATE onboardings SET state = 'RUNNING', run_until = now() - interval '1 second', steps = '[]', secrets_version = 1, phone_number_id = NULL,
              secrets_sealed = NULL WHERE id = $1`,
      [unfinished.body['id']],
    );
    expect(await get(`onboardings/${String(unfinished.body['id'])}`)).toMatchObject({ body: { state: 'INTERRUPTED' } });
    const again = await resume(unfinished.body['id'], { accessToken: account.accessToken });
    expect(again).toMatchObject({ status: 200, body: { state: 'DONE', numberId: finished.body['numberId'] } });
    expect((await get(`numbers/${String(again.body['numberId'])}/pin`)).body['pin']).toBe(pin);
    const { rows } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM phone_numbers WHERE graph_id = $1', [account.phoneNumberId]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('is run by one process at a time', async () => {
    const account = await meta.account({}, NEW_NUMBER);
    const waiting = await byToken(account);
    const verificationCode = await sentCode(account);
    const answers = await Promise.all(Array.from({ length: 4 }, () => resume(waiting.body['id'], { verificationCode })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)!.body['code']).toMatch(/^onboarding\.(in-progress|done)$/);
  });

  it('is left alone while a process is at it, and goes on when that one is gone', async () => {
    const waiting = await byToken(await meta.account({}, NEW_NUMBER));
    const runsUntil = (until: string) => database.query(`UPDATE onboardings SET state = 'RUNNING', run_until = now() + $2::interval WHERE id = $1`, [waiting.body['id'], until]);
    await runsUntil('1 minute');
    const refused = await resume(waiting.body['id'], { verification: { method: 'SMS', language: 'en_US' } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'onboarding.in-progress', retryable: true }, headers: { 'retry-after': '2' } });
    const untouched = await get(`onboardings/${String(waiting.body['id'])}`);
    expect([untouched.body['state'], stepOf(untouched, 'request-code').attempts]).toEqual(['RUNNING', 1]);
    await runsUntil('-1 second');
    expect(await resume(waiting.body['id'])).toMatchObject({ status: 200, body: { state: 'WAITING' } });
  });

  it('leaves a number to the tenant that has it, and does not say to whom', async () => {
    const account = await meta.account();
    await byToken(account);
    const { wabaId, phoneNumberId, accessToken } = account;
    const refused = await start({ method: 'token', wabaId, graphNumberId: phoneNumberId, accessToken }, other);
    expect(refused).toMatchObject({ status: 201, body: { state: 'FAILED', step: 'store-number', problem: { code: 'number.taken' } } });
    expect(refused.text).not.toContain(own.id);
  });

  it('of another tenant is as missing as one that never was', async () => {
    const id = String((await byToken(await meta.account())).body['id']);
    for (const one of [id, '0199a1b2-0000-7000-8000-00000000dead']) {
      expect(await get(`onboardings/${one}`, other)).toMatchObject({ status: 404, body: { code: 'resource.not-found' } });
      expect(await resume(one, {}, other)).toMatchObject({ status: 404, body: { code: 'resource.not-found' } });
    }
    const list = await get('onboardings', other);
    expect((list.body['data'] as { id: string }[]).map((row) => row.id)).not.toContain(id);
    expect(((await get('onboardings')).body['data'] as { id: string }[]).map((row) => row.id)).toContain(id);
  });

  it('keeps its secrets sealed while it waits, and none when it is done', async () => {
    const account = await meta.account({}, NEW_NUMBER);
    const waiting = await byToken(account, { pin: '408213' });
    const rowOf = async () => (await database.query<{ row: string; secrets: string | null }>('SELECT o::text AS row, secrets_sealed AS secrets FROM onboardings o WHERE id = $1', [waiting.body['id']])).rows[0]!;
    const before = await rowOf();
    expect(before.secrets).toMatch(/^s1\./);
    expect(before.row + waiting.text).not.toContain(account.accessToken);
    expect(before.row).not.toContain('408213');
    await resume(waiting.body['id'], { verificationCode: await sentCode(account) });
    expect((await rowOf()).secrets).toBeNull();
  });

  it.each([
    [{ method: 'token', wabaId: '1', graphNumberId: '2' }, '/accessToken'],
    [{ method: 'token', wabaId: '1', accessToken: 'EAA' }, '/graphNumberId'],
    [{ method: 'code', wabaId: '1' }, '/code'],
    [{ method: 'guess', wabaId: '1' }, '/method'],
    [{ method: 'code', wabaId: '1', code: 'x', appId: '42' }, '/appId'],
    [{ method: 'token', wabaId: '1', graphNumberId: '2', accessToken: 'EAA', pin: '12' }, '/pin'],
  ])('refuses %j before anything is written', async (body, pointer) => {
    expect(await start(body)).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer }] } });
  });
});
