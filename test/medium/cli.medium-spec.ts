import { TestApi, type TestTenant } from '../support/api.js';
import { TestMeta } from '../support/meta.js';
import { ParleyCli, type CliEnd } from '../support/parley-cli.js';

const RECIPIENT = '+40723000111';
const TEMPLATE = ['--template', 'order_confirmation', '--language', 'en_US'];

describe('parley, against a real api', () => {
  let api: TestApi;
  let meta: TestMeta;
  let url: string;
  let own: TestTenant;
  let other: TestTenant;
  let numberId: string;

  beforeAll(async () => {
    meta = await TestMeta.start();
    api = await TestApi.start({ GRAPH_URL: meta.url });
    await api.app.listen(0, '127.0.0.1');
    url = await api.app.getUrl();
    [own, other] = [await api.tenant(), await api.tenant()];
    const { body } = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body: await meta.account() });
    numberId = String(body['id']);
    const consent = { phone: RECIPIENT, purpose: 'utility', status: 'GRANTED', source: 'form' };
    await api.call('POST', '/v1/consents', { bearer: own.apiKey, body: consent });
  });

  afterAll(async () => {
    await api?.stop();
    await meta?.stop();
  });

  const parley = (tenant: TestTenant, ...args: string[]): Promise<CliEnd> =>
    ParleyCli.run(args, { PARLEY_URL: url, PARLEY_API_KEY: tenant.apiKey });

  describe('doctor', () => {
    it('shows every check of every number with what to do, and fails where one failed', async () => {
      const { code, out, err } = await parley(own, 'doctor');
      expect(err).toBe('');
      const asked = await api.call('GET', `/v1/numbers/${numberId}/doctor`, { bearer: own.apiKey });
      const checks = asked.body['checks'] as { name: string; status: string; whatToDo: string | null }[];
      expect(out).toMatch(new RegExp(`^\\+40 21 555 0100 {2}Trattoria {2}${numberId}\n`));
      for (const { name, status } of checks) expect(out).toMatch(new RegExp(`^ {2}${status} +${name} {2}`, 'm'));
      for (const { status, whatToDo } of checks)
        if (status !== 'ok' && whatToDo !== null) expect(out).toContain(`To do: ${whatToDo}`);
      expect(code).toBe(checks.some(({ status }) => status === 'fail') ? 1 : 0);
    });

    it('fails when the token is no longer valid, with what Meta says', async () => {
      const account = await meta.account();
      const { body } = await api.call('POST', '/v1/numbers', { bearer: other.apiKey, body: account });
      await meta.account(
        { wabaId: account.wabaId, token: account.accessToken, tokenState: 'EXPIRED' },
        { id: account.phoneNumberId },
      );
      const { code, out } = await parley(other, 'doctor', String(body['id']));
      expect(code).toBe(1);
      expect(out).toMatch(/^ {2}fail +token {2}/m);
      expect(out).toMatch(/Meta: /);
      const asJson = await parley(other, '--json', 'doctor', String(body['id']));
      expect(asJson.code).toBe(1);
      expect(JSON.parse(asJson.out)).toMatchObject([{ numberId: body['id'], status: 'fail' }]);
    });

    it('does not examine the number of another tenant', async () => {
      const { code, out, err } = await parley(other, 'doctor', numberId);
      expect([code, out]).toEqual([3, '']);
      expect(err).toContain('not-found');
    });
  });

  describe('send', () => {
    it('sends a template by the only number there is, and shows what was accepted', async () => {
      const { code, out, err } = await parley(own, 'send', '--to', RECIPIENT, ...TEMPLATE, '--param', 'Ana', 'A-1042');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const [, id] = /^([0-9a-f-]{36}) {2}QUEUED {2}Hello Ana, your order A-1042 is confirmed\.\n$/.exec(out) ?? [];
      const message = await api.call('GET', `/v1/messages/${id}`, { bearer: own.apiKey });
      expect(message.body).toMatchObject({ to: RECIPIENT, kind: 'template', numberId });
    });

    it('answers with one JSON document for programs, and makes one message of two calls with one key', async () => {
      const args = [
        '--json',
        'send',
        '--number',
        numberId,
        '--to',
        RECIPIENT,
        ...TEMPLATE,
        '--param',
        'Ana',
        'A-2',
        '--idempotency-key',
        'once',
      ];
      const [first, again] = [await parley(own, ...args), await parley(own, ...args)];
      expect(JSON.parse(first.out)).toMatchObject({ status: 'QUEUED', numberId });
      expect(again.out).toBe(first.out);
    });

    it('names each field that was refused', async () => {
      const { code, out, err } = await parley(own, 'send', '--to', RECIPIENT, ...TEMPLATE, '--param', 'Ana');
      expect([code, out]).toEqual([3, '']);
      expect(err).toMatch(
        /^parley: Parley refused: .+\((template|request)\.[a-z-]+\)\n {2}\/template\/parameters\/body/,
      );
      expect(err).toMatch(/Request [0-9a-f-]{36}/);
      const asJson = await parley(own, '--json', 'send', '--to', RECIPIENT, ...TEMPLATE, '--param', 'Ana');
      expect(JSON.parse(asJson.out)).toMatchObject({
        exitCode: 3,
        error: { status: 422, errors: [{ pointer: expect.stringContaining('/template/parameters') as unknown }] },
      });
    });

    it('does not send by the number of another tenant', async () => {
      const { code, err } = await parley(
        other,
        'send',
        '--number',
        numberId,
        '--to',
        RECIPIENT,
        ...TEMPLATE,
        '--param',
        'Ana',
        'A-1',
      );
      expect(code).toBe(3);
      expect(err).toContain('number.not-found');
      const none = await parley(await api.tenant(), 'send', '--to', RECIPIENT, '--text', 'Hi');
      expect([none.code, none.err]).toEqual([2, expect.stringContaining('No number is connected yet')]);
    });

    it('says who refused where the key is wrong', async () => {
      const { code, err } = await ParleyCli.run(['send', '--to', RECIPIENT, '--text', 'Hi'], {
        PARLEY_URL: url,
        PARLEY_API_KEY: 'wrong',
      });
      expect(code).toBe(3);
      expect(err).toMatch(/^parley: Parley refused: .+\(auth\./);
    });
  });
});
