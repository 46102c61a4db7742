import {
  observeGraph,
  WhatsAppAuthError,
  WhatsAppError,
  WhatsAppNetworkError,
  WhatsAppRateLimitError,
  WhatsAppTemplateError,
} from '@parley/graph';
import { createMetrics } from '@parley/platform';
import { FakeGraph, graphClient, json } from '../support/fake-graph.js';

const WABA = '102290129340398';
const call = { token: 'EAAtoken' };

/** Reads a list to its end. */
async function idsOf(list: AsyncIterable<{ readonly id?: string } | object>): Promise<unknown[]> {
  const ids = [];
  for await (const item of list) ids.push('id' in item ? item.id : undefined);
  return ids;
}

describe('GraphClient', () => {
  let graph: FakeGraph;
  const start = async (answer: Parameters<typeof FakeGraph.start>[0]): Promise<FakeGraph> =>
    (graph = await FakeGraph.start(answer));
  afterEach(() => graph.stop());

  it('reads a number and an account', async () => {
    await start((_, response) => json(response, 200, { id: '1', status: 'CONNECTED', throughput: { level: 'HIGH' } }));
    await expect(graph.client().getPhoneNumber('1', call)).resolves.toMatchObject({ status: 'CONNECTED' });
    await expect(graph.client().getAccount(WABA, call)).resolves.toMatchObject({ id: '1' });
    expect(graph.seen.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^\/v25\.0\/1\?fields=id,display_phone_number,/),
      expect.stringMatching(new RegExp(`^/v25\\.0/${WABA}\\?fields=id,name,`)),
    ]);
  });

  it('follows a list to its last page, short pages too, with the token in the header alone', async () => {
    await start(({ url }, response) => {
      const after = new URL(url, graph.url).searchParams.get('after');
      const next = `${graph.url}/v25.0/${WABA}/message_templates?access_token=EAAtoken&after=`;
      if (after === null) return json(response, 200, { data: [{ id: '1' }], paging: { next: `${next}a` } });
      if (after === 'a') return json(response, 200, { data: [], paging: { next: `${next}b` } });
      return json(response, 200, { data: [{ id: '2' }, { id: '3' }], paging: { cursors: { after: 'c' } } });
    });
    const ids = await idsOf(graph.client().listTemplates(WABA, call));
    expect(ids).toEqual(['1', '2', '3']);
    expect(graph.seen).toHaveLength(3);
    expect(graph.seen.every(({ headers }) => headers.authorization === 'Bearer EAAtoken')).toBe(true);
    expect(graph.seen.some(({ url }) => url.includes('access_token'))).toBe(false);
  });

  it('carries the token to no other origin, whatever the next page says', async () => {
    const elsewhere = await FakeGraph.start((_, response) => json(response, 200, { data: [] }));
    await start((_, response) => json(response, 200, { data: [{ id: '1' }], paging: { next: `${elsewhere.url}/x` } }));
    const list = graph.client().listPhoneNumbers(WABA, call);
    await expect(idsOf(list)).rejects.toMatchObject({ reason: 'foreign-page' });
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.stop();
  });

  it('ends a list that goes round in circles', async () => {
    await start((_, response) => json(response, 200, { data: [], paging: { next: `${graph.url}/v25.0/again` } }));
    await expect(idsOf(graph.client().listSubscribedApps(WABA, call))).rejects.toMatchObject({
      reason: 'endless-list',
    });
  });

  it('takes no page that is no list for an empty one', async () => {
    await start((_, response) => json(response, 200, {}));
    await expect(idsOf(graph.client().listTemplates(WABA, call))).rejects.toBeInstanceOf(WhatsAppNetworkError);
  });

  it('subscribes the app, and believes only a plain success', async () => {
    await start(({ url }, response) => json(response, 200, { success: url.includes(WABA) }));
    await expect(graph.client().subscribeApp(WABA, call)).resolves.toBeUndefined();
    await expect(graph.client().subscribeApp('1', call)).rejects.toBeInstanceOf(WhatsAppNetworkError);
    expect(graph.seen[0]).toMatchObject({ method: 'POST', url: `/v25.0/${WABA}/subscribed_apps`, body: '' });
  });

  it('debugs a token', async () => {
    await start((_, response) => json(response, 200, { data: { app_id: '7', is_valid: true } }));
    await expect(graph.client().debugToken('EAA x&y', { token: '7|secret' })).resolves.toEqual({
      app_id: '7',
      is_valid: true,
    });
    expect(graph.seen[0]?.url).toBe('/v25.0/debug_token?input_token=EAA%20x%26y');
  });

  it.each([
    [401, 190, WhatsAppAuthError, { status: 401, code: 'credential.invalid' }],
    [403, 10, WhatsAppAuthError, { status: 403, code: 'credential.invalid' }],
    [400, 80007, WhatsAppRateLimitError, { status: 429, retryAfterSeconds: 120 }],
    [404, 132001, WhatsAppTemplateError, { status: 404, code: 'graph.refused' }],
    [400, 100, WhatsAppError, { status: 400, code: 'graph.refused' }],
    [503, 2, WhatsAppError, { status: 503, code: 'graph.unavailable' }],
  ])('throws HTTP %d with code %d as its own class', async (status, code, type, fields) => {
    const usage = JSON.stringify({ [WABA]: [{ call_count: 100, estimated_time_to_regain_access: 2 }] });
    await start((_, response) =>
      json(
        response,
        status,
        { error: { message: 'no', code, fbtrace_id: 'A1' } },
        { 'x-business-use-case-usage': usage },
      ),
    );
    const error: unknown = await graph
      .client()
      .getAccount(WABA, call)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(fields);
    expect((error as WhatsAppError).toJSON()).toMatchObject({
      context: { endpoint: 'account', graph: { code, traceId: 'A1' } },
    });
    expect(JSON.stringify(error)).not.toContain('EAAtoken');
  });

  it.each([
    ['a page', 200, '<html>'],
    ['a page of a proxy', 404, '<html>'],
  ])('throws %s (%d) as a network error', async (_, status, text) => {
    await start((_request, response) => void response.writeHead(status).end(text));
    await expect(graph.client().getAccount(WABA, call)).rejects.toMatchObject({
      status: 502,
      reason: 'unreadable-answer',
    });
  });

  it('throws a network error with the reason where there is no answer', async () => {
    await start(() => {});
    await expect(graph.client().getAccount(WABA, call)).rejects.toMatchObject({
      code: 'graph.unavailable',
      reason: 'timeout',
    });
  });

  it('observes the time of every call, and what Meta says of its limits', async () => {
    const metrics = createMetrics();
    const business = JSON.stringify({ [WABA]: [{ call_count: 97, estimated_time_to_regain_access: 0 }] });
    const usage = { 'x-app-usage': '{"call_count":28}', 'x-business-use-case-usage': business };
    await start((_, response) => json(response, 200, { id: '1' }, usage));
    await graph.client({}, observeGraph(metrics)).getAccount(WABA, call);
    await graph.client({}, observeGraph(metrics)).ping();
    const { body } = await metrics.render();
    expect(body).toContain('whatsapp_api_latency_seconds_count{endpoint="account",method="GET"} 1');
    expect(body).toContain('whatsapp_api_latency_seconds_count{endpoint="other",method="GET"} 1');
    expect(body).toContain('whatsapp_api_usage_percent_sum{limit="app"} 56');
    expect(body).toContain('whatsapp_api_usage_percent_bucket{le="95",limit="account"} 0');
  });
});

describe('the ping', () => {
  it.each([
    ['a refusal of Graph', 400, '{"error":{"code":100}}', true],
    ['an error of Graph', 500, '{"error":{"code":2}}', true],
    ['a page of a proxy', 503, '<html>', false],
  ])('tells %s (%d)', async (_, status, text, reachable) => {
    const graph = await FakeGraph.start((_request, response) => void response.writeHead(status).end(text));
    await expect(graph.client().ping()).resolves.toMatchObject({ reachable });
    expect(graph.seen[0]?.headers.authorization).toBeUndefined();
    await graph.stop();
  });

  it('tells that nobody answers', async () => {
    const client = graphClient({ url: 'http://127.0.0.1:1' });
    await expect(client.ping()).resolves.toMatchObject({ reachable: false, reason: 'connect-refused' });
    await client.close();
  });
});
