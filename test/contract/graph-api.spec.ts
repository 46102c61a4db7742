import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { GraphClient, SendBody } from '@parley/graph';
import { loadConfig } from '@parley/platform';
import { graphClient } from '../support/fake-graph.js';
import { TestMeta } from '../support/meta.js';
import { ApiDescription, type WireRequest } from './api-description.js';
import { askSimulator, makeCalls } from './graph-calls.js';
import { KNOWN_DEVIATIONS } from './known-deviations.js';
import { asMeant, readDocument, type OpenApiDocument } from './openapi-document.js';
import { OPERATIONS, SIMULATED, type GraphCallName } from './operations.js';
import { PRODUCT_SENDS } from './product-sends.js';
import { RecordingProxy, type Exchange } from './recording-proxy.js';

const ROOT = resolve(import.meta.dirname, '../..');
const FILE = resolve(ROOT, process.env['META_OPENAPI'] || '../shared/meta/business-messaging-api_v23.0.yaml');
const CALLS = Object.entries(OPERATIONS) as [GraphCallName, string | null][];
/** More than one page of a list. */
const TEMPLATES = 101;

const reason = `META_OPENAPI names no file (${FILE})`;
if (existsSync(FILE)) describe("the Graph API, as Meta's OpenAPI description has it", contract);
else it(`the contract with Meta was NOT checked: ${reason}`, () => console.warn(`contract: NOT checked: ${reason}`));

function contract(): void {
  let document: OpenApiDocument;
  let description: ApiDescription;
  let meta: TestMeta;
  let proxy: RecordingProxy;
  let client: GraphClient;
  let callback: Server;

  beforeAll(async () => {
    document = readDocument(FILE);
    description = new ApiDescription(asMeant(document));
    meta = await TestMeta.start();
    proxy = await RecordingProxy.start(meta.url);
    const { GRAPH_VERSION: version } = loadConfig({});
    client = graphClient({ url: proxy.url, version, readTimeoutMs: 5_000 });
    callback = await answeringHandshakes();
    const account = await meta.account({ templates: templates() });
    const callbackUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/webhooks`;
    const world = { client, proxy, meta, account, callback: { callbackUrl, verifyToken: 'prove-it' } };
    await makeCalls(world);
    await askSimulator(world, version);
  }, 60_000);

  afterAll(async () => {
    const { exchanges } = proxy;
    const ofClient = exchanges.filter(({ call }) => (OPERATIONS[call as GraphCallName] ?? null) !== null);
    const answers = [...ofClient, ...exchanges.filter(({ call }) => call in SIMULATED)];
    const refusals = answers.filter(({ status }) => status >= 400);
    console.log(
      `contract: ${exchanges.length} exchanges of ${CALLS.length} calls; ${ofClient.length} requests of ours and ` +
        `${answers.length} answers of the simulator (${refusals.length} of them refusals) checked against Meta's description; ` +
        `${KNOWN_DEVIATIONS.length} deviations explained`,
    );
    callback.close();
    await client.close();
    await proxy.stop();
    await meta.stop();
  });

  /** What a recorded exchange has that the description has not. */
  function deviationsOf({ call, request, status, answer }: Exchange): string[] {
    const operation = OPERATIONS[call as GraphCallName];
    if (operation === null) return description.operationsAt(request).length === 0 ? ['path is not described'] : [];
    return [
      ...description.problemsOfRequest(operation, request),
      ...description.problemsOfAnswer(operation, status, answer),
    ];
  }

  const recorded = (title: string): Exchange => proxy.exchanges.find((exchange) => exchange.title === title)!;

  const statusesOf = (title: string, without: readonly string[]): number[] => {
    const counted = proxy.exchanges.filter((exchange) => exchange.title === title && !without.includes(exchange.call));
    return [...new Set(counted.map(({ status }) => status))];
  };

  it.each(CALLS)('%s deviates where it is listed, and nowhere else', (call) => {
    const exchanges = proxy.exchanges.filter((exchange) => exchange.call === call);
    expect(exchanges).not.toEqual([]);
    const listed = KNOWN_DEVIATIONS.filter(({ calls }) => calls.includes(call)).map(({ deviation }) => deviation);
    expect([...new Set(exchanges.flatMap(deviationsOf))].sort()).toEqual(listed.sort());
  });

  it.each(Object.entries(SIMULATED))('%s is answered as described', (call, operation) => {
    const { status, answer } = proxy.exchanges.find((one) => one.call === call)!;
    expect([status, description.problemsOfAnswer(operation, status, answer)]).toEqual([200, []]);
  });

  it('was held against sends that the simulator took, second pages and refusals', () => {
    const sends = proxy.exchanges.filter(({ call }) => call === 'sendMessage');
    expect(sends.map(({ title, status }) => [title, status])).toEqual(PRODUCT_SENDS.map(({ title }) => [title, 200]));
    expect(proxy.exchanges.some(({ request }) => request.url.includes('after='))).toBe(true);
    expect(recorded('refused: no such number').status).toBe(400);
    expect(statusesOf('refused: no such token', ['exchangeCode', 'ping', 'downloadMedia'])).toEqual([401]);
    expect(proxy.exchanges.filter(({ title, status }) => /^refused: \d+$/.test(title) && status < 400)).toEqual([]);
    // What is blocked in part is refused with both lists.
    expect(proxy.exchanges.find(({ call }) => call === 'blockUsers')!.status).toBe(400);
    const inPart = ['blockUsers', 'ping'];
    expect(statusesOf('answered', inPart)).toEqual([200]);
  });

  it.each<[string, string, (body: SendBody) => unknown, string]>([
    ['text', 'without the product', ({ messaging_product: _, ...body }) => body, 'body lacks messaging_product'],
    ['text', 'to a number that is one', (body) => ({ ...body, to: 40712345678 }), 'body /to must be string'],
    [
      'text',
      'to nobody of a kind',
      (body) => ({ ...body, recipient_type: 'crowd' }),
      'body /recipient_type is "crowd", which is no described value',
    ],
    ['text', 'with a number as text', (body) => ({ ...body, text: { body: 7 } }), 'body /text/body must be string'],
    [
      'text',
      'of an unknown type',
      (body) => ({ ...body, type: 'fax' }),
      'body /type is "fax", which is no described value',
    ],
    [
      'text',
      'with more than there is',
      (body) => ({ ...body, subject: 'x' }),
      'body has subject, which is not described',
    ],
    [
      'text',
      'as an answer to a number',
      (body) => ({ ...body, context: { message_id: 7 } }),
      'body /context/message_id must be string',
    ],
    [
      'template: plain',
      'of no name',
      (body) => ({ ...body, template: { language: { code: 'en' } } }),
      'body /template lacks name',
    ],
    [
      'template: plain',
      'with a footer',
      withComponents({ type: 'footer' }),
      'body /template/components/*/type is "footer", which is no described value',
    ],
    [
      'template: plain',
      'with a bare button',
      withComponents({ type: 'button' }),
      'body /template/components/* lacks sub_type',
    ],
    [
      'template: plain',
      'with a number to fill in',
      withComponents({ type: 'body', parameters: [{ type: 'text', text: 7 }] }),
      'body /template/components/*/parameters/*/text must be string',
    ],
  ])('refuses the body of a %s %s', (title, _wrong, change, problem) => {
    const { request } = recorded(title);
    const body = JSON.stringify(change(JSON.parse(request.body) as SendBody));
    expect(description.problemsOfRequest('sendMessage', request)).not.toContain(problem);
    expect(description.problemsOfRequest('sendMessage', { ...request, body })).toContain(problem);
  });

  it.each<[string, (request: WireRequest) => Partial<WireRequest>, string]>([
    [
      'a path that is not there',
      ({ url }) => ({ url: url.replace('/phone_numbers', '/phones') }),
      'path is not that of',
    ],
    ['the path of another operation', ({ url }) => ({ url: url.replace('/phone_numbers', '') }), 'path is not that of'],
    ['an id that is none', ({ url }) => ({ url: url.replace(/\d+\/phone/, 'me/phone') }), 'path is not that of'],
    ['another method', () => ({ method: 'DELETE' }), 'path is not that of'],
    ['a version that is none', ({ url }) => ({ url: url.replace('/v', '/vx') }), 'path /Version is'],
    [
      'a page that is too long',
      ({ url }) => ({ url: url.replace('limit=100', 'limit=101') }),
      'query /limit must be <= 100',
    ],
    [
      'a page that is no number',
      ({ url }) => ({ url: url.replace('limit=100', 'limit=all') }),
      'query /limit must be integer',
    ],
    ['a parameter that is not there', ({ url }) => ({ url: `${url}&size=1` }), 'query has size, which'],
    [
      'a field that is not there',
      ({ url }) => ({ url: url.replace('fields=id', 'fields=idd') }),
      'query /fields names idd,',
    ],
    [
      'no token',
      ({ headers }) => ({ headers: { ...headers, authorization: undefined } }),
      'header lacks authorization',
    ],
    [
      'a token of another kind',
      ({ headers }) => ({ headers: { ...headers, authorization: 'Basic x' } }),
      'header /authorization is',
    ],
    [
      'a body',
      ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/csv' }, body: 'a' }),
      'body of type text/csv',
    ],
  ])('refuses a request with %s', (_wrong, change, problem) => {
    const { request } = proxy.exchanges.find(({ call }) => call === 'listPhoneNumbers')!;
    const refusals = (one: WireRequest): string[] =>
      description
        .problemsOfRequest('getWhatsAppBusinessAccountPhoneNumbers', one)
        .filter((line) => line.startsWith(problem));
    expect(refusals(request)).toEqual([]);
    expect(refusals({ ...request, ...change(request) })).toHaveLength(1);
  });

  it.each<[string, string, number, unknown, string]>([
    ['a list without its data', 'getAllSubscriptionsForAWaba', 200, {}, 'answer 200 lacks data'],
    ['an id that is a number', 'getPhoneNumberById', 200, { id: 1 }, 'answer 200 /id must be string'],
    [
      'an error without a code',
      'getPhoneNumberById',
      400,
      { error: { message: 'x', type: 'x' } },
      'answer 400 /error lacks code',
    ],
    ['a status of its own', 'getPhoneNumberById', 418, {}, 'answer 418 is not described'],
  ])('refuses %s as an answer', (_wrong, operation, status, answer, problem) => {
    expect(description.problemsOfAnswer(operation, status, answer)).toEqual([problem]);
  });

  it("takes Meta's own example of a text message, which the description refuses by the letter", () => {
    const { request } = recorded('text');
    const body = JSON.stringify(exampleOf(document, 'Send Text Message'));
    const problemsBy = (one: ApiDescription): string[] =>
      one.problemsOfRequest('sendMessage', { ...request, body }).filter((line) => line.startsWith('body'));
    expect(problemsBy(description)).toEqual([]);
    expect(problemsBy(new ApiDescription(document))).toContain('body has messaging_product, which is not described');
  });
}

/** A callback that Meta can verify. */
async function answeringHandshakes(): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    response.end(new URL(url, 'http://callback').searchParams.get('hub.challenge') ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function exampleOf({ paths }: OpenApiDocument, name: string): unknown {
  return paths['/{Version}/{Phone-Number-ID}/messages']?.post?.requestBody?.content['application/json']?.examples?.[
    name
  ]?.value;
}

function withComponents(...components: object[]): (body: SendBody) => unknown {
  return (body) => ({ ...body, template: { ...(body['template'] as object), components } });
}

/** The templates of the sends, and as many more as a second page takes. */
function templates(): object[] {
  const sent = PRODUCT_SENDS.flatMap(({ template }) => (template ? [template] : []));
  const more = Array.from({ length: TEMPLATES - sent.length }, (_, index) => ({
    ...{
      name: `more_${index}`,
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello.' }],
    },
  }));
  return [
    ...sent.map(({ name, language, category, parameterFormat, components }) => ({
      name,
      language,
      category,
      parameterFormat,
      components,
    })),
    ...more,
  ];
}
