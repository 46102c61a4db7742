import {
  WhatsAppError,
  WhatsAppRateLimitError,
  WhatsAppTemplateError,
  WhatsAppWebhookError,
  type GraphClient,
} from '@parley/graph';
import { FakeGraph, json } from '../support/fake-graph.js';

const WABA = '102290129340398';
const NUMBER = '106540352242922';
const call = { token: 'EAAtoken' };
const CALLBACK = { callbackUrl: 'https://example.com/webhooks', verifyToken: 'prove-it' };
const OVERRIDE = { override_callback_uri: CALLBACK.callbackUrl, verify_token: CALLBACK.verifyToken };
const PRODUCT = { messaging_product: 'whatsapp' };

let graph: FakeGraph;
const start = async (answer: Parameters<typeof FakeGraph.start>[0]): Promise<FakeGraph> =>
  (graph = await FakeGraph.start(answer));
afterEach(() => graph.stop());

describe('what a call puts on the wire', () => {
  it.each<[string, (client: GraphClient) => Promise<unknown>, string, string, object | null]>([
    [
      'a read mark',
      (client) => client.markRead({ phoneNumberId: NUMBER, wamid: 'wamid.1', ...call }),
      'POST',
      `${NUMBER}/messages`,
      { ...PRODUCT, status: 'read', message_id: 'wamid.1' },
    ],
    [
      'a read mark with typing',
      (client) => client.markRead({ phoneNumberId: NUMBER, wamid: 'wamid.1', typing: true, ...call }),
      'POST',
      `${NUMBER}/messages`,
      { ...PRODUCT, status: 'read', message_id: 'wamid.1', typing_indicator: { type: 'text' } },
    ],
    [
      'a code that is asked for',
      (client) => client.requestCode(NUMBER, { method: 'VOICE', language: 'ro_RO' }, call),
      'POST',
      `${NUMBER}/request_code`,
      { code_method: 'VOICE', language: 'ro_RO' },
    ],
    [
      'a code as Meta shows it',
      (client) => client.verifyCode(NUMBER, '123-830', call),
      'POST',
      `${NUMBER}/verify_code`,
      { code: '123830' },
    ],
    [
      'a registration',
      (client) => client.register(NUMBER, { pin: '012345' }, call),
      'POST',
      `${NUMBER}/register`,
      { ...PRODUCT, pin: '012345' },
    ],
    [
      'a registration of a region',
      (client) => client.register(NUMBER, { pin: '012345', dataLocalizationRegion: 'DE' }, call),
      'POST',
      `${NUMBER}/register`,
      { ...PRODUCT, pin: '012345', data_localization_region: 'DE' },
    ],
    ['a PIN', (client) => client.setPin(NUMBER, '012345', call), 'POST', NUMBER, { pin: '012345' }],
    [
      'a callback of the number',
      (client) => client.overrideNumberCallback(NUMBER, CALLBACK, call),
      'POST',
      NUMBER,
      { webhook_configuration: OVERRIDE },
    ],
    [
      'a callback taken back',
      (client) => client.overrideNumberCallback(NUMBER, null, call),
      'POST',
      NUMBER,
      { webhook_configuration: { override_callback_uri: '' } },
    ],
    [
      'a callback of the account',
      (client) => client.subscribeApp(WABA, { override: CALLBACK, ...call }),
      'POST',
      `${WABA}/subscribed_apps`,
      OVERRIDE,
    ],
    ['the end of webhooks', (client) => client.unsubscribeApp(WABA, call), 'DELETE', `${WABA}/subscribed_apps`, null],
    [
      'a profile',
      (client) => client.updateBusinessProfile(NUMBER, { about: 'Open', vertical: 'RESTAURANT' }, call),
      'POST',
      `${NUMBER}/whatsapp_business_profile`,
      { ...PRODUCT, about: 'Open', vertical: 'RESTAURANT' },
    ],
    [
      'a template that goes in one language',
      (client) => client.deleteTemplate(WABA, { name: 'order_ready', templateId: '7' }, call),
      'DELETE',
      `${WABA}/message_templates?name=order_ready&hsm_id=7`,
      null,
    ],
    [
      'a template that goes in all languages',
      (client) => client.deleteTemplate(WABA, { name: 'order_ready' }, call),
      'DELETE',
      `${WABA}/message_templates?name=order_ready`,
      null,
    ],
  ])('%s', async (_, make, method, path, body) => {
    await start((_request, response) => json(response, 200, { success: true }));
    await make(graph.client());
    expect(graph.seen).toHaveLength(1);
    expect(graph.seen[0]).toMatchObject({
      method,
      url: `/v25.0/${path}`,
      headers: { authorization: 'Bearer EAAtoken' },
    });
    expect(graph.seen[0]!.body).toBe(body === null ? '' : JSON.stringify(body));
  });

  it('an exchange of a code carries no token', async () => {
    await start((_, response) => json(response, 200, { access_token: 'EAAnew', token_type: 'bearer' }));
    const exchanged = graph.client().exchangeCode({ clientId: '1001', clientSecret: 's&cret', code: 'AQ==' });
    await expect(exchanged).resolves.toEqual({ access_token: 'EAAnew', token_type: 'bearer' });
    expect(graph.seen[0]!.url).toBe('/v25.0/oauth/access_token?client_id=1001&client_secret=s%26cret&code=AQ%3D%3D');
    expect(graph.seen[0]!.headers.authorization).toBeUndefined();
  });

  it('goes nowhere with an id that is none', async () => {
    await start((_, response) => json(response, 200, {}));
    expect(() => graph.client().getTemplate('1/../2', call)).toThrow(TypeError);
    await expect(
      graph.client().createTemplate('me', { name: 'a', language: 'en', category: 'UTILITY', components: [] }, call),
    ).rejects.toThrow(TypeError);
    expect(graph.seen).toEqual([]);
  });
});

describe('what a call makes of its answer', () => {
  it('tells who was blocked and who was not, though Meta calls it an error', async () => {
    const failed = { input: '+40712345679', errors: [{ code: 139_100, message: 'no' }] };
    const lists = { added_users: [{ input: '+40712345678', wa_id: '40712345678' }], failed_users: [failed] };
    await start(({ method }, response) => {
      if (method === 'DELETE') return json(response, 200, { block_users: { removed_users: lists.added_users } });
      return json(response, 400, { ...PRODUCT, block_users: lists, error: { message: 'in part', code: 139_100 } });
    });
    const users = [{ user: '+40712345678' }, { user: '+40712345679' }];
    await expect(graph.client().blockUsers(NUMBER, users, call)).resolves.toEqual({
      done: lists.added_users,
      failed: [failed],
    });
    await expect(graph.client().unblockUsers(NUMBER, users, call)).resolves.toEqual({
      done: lists.added_users,
      failed: [],
    });
    expect(graph.seen[0]!.body).toBe(JSON.stringify({ ...PRODUCT, block_users: users }));
  });

  it('throws where nobody was blocked', async () => {
    await start((_, response) => json(response, 400, { error: { message: 'full', code: 139_101 } }));
    await expect(graph.client().blockUsers(NUMBER, [], call)).rejects.toMatchObject({
      name: 'WhatsAppError',
      status: 400,
    });
  });

  it('reads the category that Meta chose for a template', async () => {
    await start((_, response) => json(response, 200, { id: '7', status: 'PENDING', category: 'MARKETING' }));
    const draft = { name: 'order_ready', language: 'ro', category: 'UTILITY', components: [] };
    await expect(graph.client().createTemplate(WABA, draft, call)).resolves.toEqual({
      id: '7',
      status: 'PENDING',
      category: 'MARKETING',
    });
  });

  it('reads the profile out of its list', async () => {
    await start((_, response) => json(response, 200, { data: [{ about: 'Open', ...PRODUCT }] }));
    await expect(graph.client().getBusinessProfile(NUMBER, call)).resolves.toMatchObject({ about: 'Open' });
  });

  it.each([
    [
      { code: 100, error_subcode: 2_388_024, error_user_title: 'Exists already' },
      WhatsAppTemplateError,
      'Choose another name',
    ],
    [{ code: 100, error_subcode: 2_388_019 }, WhatsAppTemplateError, 'delete some'],
    [{ code: 100, error_subcode: 33, type: 'GraphMethodException' }, WhatsAppError, 'Check the id'],
    [{ code: 80_008 }, WhatsAppRateLimitError, 'Too many calls'],
  ])('tells why a template is refused: %j', async (error, type, whatToDo) => {
    await start((_, response) => json(response, 400, { error: { message: 'Invalid parameter', ...error } }));
    const draft = { name: 'order_ready', language: 'ro', category: 'UTILITY', components: [] };
    const thrown: unknown = await graph
      .client()
      .createTemplate(WABA, draft, call)
      .catch((one: unknown) => one);
    expect((thrown as WhatsAppError).constructor).toBe(type);
    expect((thrown as WhatsAppError).whatToDo).toContain(whatToDo);
  });

  it.each([{ code: 2_200 }, { code: 100, error_subcode: 2_200 }])(
    'tells a callback that did not answer: %j',
    async (error) => {
      await start((_, response) =>
        json(response, 400, { error: { message: '(#2200) Callback verification failed', ...error } }),
      );
      const thrown: unknown = await graph
        .client()
        .subscribeApp(WABA, { override: CALLBACK, ...call })
        .catch((one: unknown) => one);
      expect(thrown).toBeInstanceOf(WhatsAppWebhookError);
      expect((thrown as WhatsAppError).whatToDo).toContain('handshake');
    },
  );
});
