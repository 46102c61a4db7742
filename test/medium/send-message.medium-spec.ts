import { createServer, type AddressInfo } from 'node:net';
import type { GraphClient, SendOutcome } from '@parley/graph';
import { FakeGraph, graphClient, json } from '../support/fake-graph.js';
import { waitFor } from '../support/wait-for.js';

const body = { messaging_product: 'whatsapp', to: '+40722000111', type: 'text', text: { body: 'Bună' } } as const;
const accepted = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+40722000111', wa_id: '40722000111' }],
  messages: [{ id: 'wamid.HBgL', message_status: 'accepted' }],
};

function send(client: GraphClient, signal?: AbortSignal): Promise<SendOutcome> {
  return client.sendMessage({ token: 'EAAtoken', phoneNumberId: '106540352242922', body, ...(signal && { signal }) });
}

describe('a send', () => {
  let graph: FakeGraph | undefined;
  let lone: GraphClient | undefined;

  async function sendTo(answer: Parameters<typeof FakeGraph.start>[0]): Promise<SendOutcome> {
    graph = await FakeGraph.start(answer);
    return send(graph.client());
  }

  afterEach(async () => {
    await lone?.close();
    await graph?.stop();
    graph = lone = undefined;
  });

  it('that Meta takes is accepted, with its wamid', async () => {
    const outcome = await sendTo((_, response) => json(response, 200, accepted, { 'x-fb-trace-id': 'trace' }));
    expect(outcome).toMatchObject({ kind: 'accepted', wamid: 'wamid.HBgL', waId: '40722000111', traceId: 'trace' });
    expect(graph?.seen).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: '/v25.0/106540352242922/messages',
        body: JSON.stringify(body),
        headers: expect.objectContaining({
          authorization: 'Bearer EAAtoken',
          'content-type': 'application/json',
          'user-agent': expect.stringMatching(/^Parley\//) as unknown,
        }) as unknown,
      }),
    ]);
  });

  it('that Graph refuses carries its code, its class and the wait', async () => {
    const error = { message: '(#131056) Pair', code: 131056, fbtrace_id: 'A1', error_data: { details: 'Too many' } };
    const outcome = await sendTo((_, response) => json(response, 400, { error }, { 'retry-after': '7' }));
    expect(outcome).toMatchObject({
      kind: 'refused',
      error: { httpStatus: 400, code: 131056, details: 'Too many', traceId: 'A1', isTransient: false },
      classification: { class: 'throttled', scope: 'pair' },
      retryAfterSeconds: 7,
    });
  });

  it('may be tried again after a 5xx with an error of Graph that is of the class', async () => {
    const outcome = await sendTo((_, response) => json(response, 500, { error: { message: 'x', code: 131000 } }));
    expect(outcome).toMatchObject({ kind: 'refused', classification: { class: 'retry' } });
  });

  it.each([
    ['a 5xx page of a proxy', 502, '<html>Bad gateway</html>', 'server-error'],
    ['a 5xx without a body', 503, '', 'server-error'],
    ['a 5xx with a code that nobody knows', 500, '{"error":{"message":"x","code":987654}}', 'server-error'],
    ['a 5xx with a code of the class never', 500, '{"error":{"message":"x","code":131045}}', 'server-error'],
    [
      'an unknown code that calls itself transient',
      400,
      '{"error":{"message":"x","code":987654,"is_transient":true}}',
      'server-error',
    ],
    ['a 200 that is a page', 200, '<html>', 'unreadable-answer'],
    ['a 200 that is cut JSON', 200, '{"messages":[{"id":"wam', 'unreadable-answer'],
    ['a 200 without a wamid', 200, '{"messages":[]}', 'unreadable-answer'],
    ['a 200 whose messages are no list', 200, '{"messages":"x"}', 'unreadable-answer'],
    ['a 200 that is null', 200, 'null', 'unreadable-answer'],
  ])('is unknown after %s', async (_, status, text, reason) => {
    const outcome = await sendTo((_request, response) => void response.writeHead(status).end(text));
    expect(outcome).toMatchObject({ kind: 'unknown', reason, httpStatus: status });
  });

  it('is unknown when the connection breaks after the request was read', async () => {
    const outcome = await sendTo((_request, _response, incoming) => void incoming.socket.resetAndDestroy());
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'connection-lost' });
    expect(graph?.seen).toHaveLength(1);
  });

  it('is unknown when the answer is cut short of its announced length', async () => {
    const outcome = await sendTo((_request, response, incoming) => {
      response.writeHead(200, { 'content-length': '4000' }).write('{"messages":');
      setTimeout(() => incoming.socket.end(), 20);
    });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'connection-lost' });
  });

  it('is unknown when no answer comes within the read timeout', async () => {
    await expect(sendTo(() => {})).resolves.toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });

  it('is unknown when the answer drips for longer than the read timeout', async () => {
    let drip: NodeJS.Timeout | undefined;
    const outcome = await sendTo((_request, response) => {
      response.writeHead(200);
      drip = setInterval(() => response.write(' '), 20);
    });
    clearInterval(drip);
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });

  it('is unknown when the answer is larger than a megabyte', async () => {
    const outcome = await sendTo(
      (_request, response) => void response.writeHead(200).end(Buffer.alloc(1_048_577, ' ')),
    );
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'response-too-large' });
  });

  it('is unknown when the answer is no HTTP', async () => {
    const outcome = await sendTo((_request, _response, incoming) => void incoming.socket.end('nonsense\r\n\r\n'));
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'response-malformed' });
  });

  it('is unknown on a kept-alive connection that the server resets when it reads the second request', async () => {
    graph = await FakeGraph.start((_request, response, incoming) => {
      if (graph?.seen.length === 1) json(response, 200, accepted);
      else incoming.socket.resetAndDestroy();
    });
    const client = graph.client({ connections: 1 });
    await expect(send(client)).resolves.toMatchObject({ kind: 'accepted' });
    await expect(send(client)).resolves.toMatchObject({ kind: 'unknown', reason: 'connection-lost' });
    expect(graph.seen).toHaveLength(2);
  });

  it('never follows a redirect, so that the token stays here', async () => {
    const elsewhere = await FakeGraph.start((_request, response) => json(response, 200, accepted));
    const outcome = await sendTo(
      (_request, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    expect(outcome).toMatchObject({ kind: 'unknown', httpStatus: 307 });
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.stop();
  });

  it('was not sent when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const { port } = await new Promise<AddressInfo>((resolve) =>
      server.on('listening', () => resolve(server.address() as AddressInfo)),
    );
    await new Promise((resolve) => server.close(resolve));
    lone = graphClient({ url: `http://127.0.0.1:${port}` });
    await expect(send(lone)).resolves.toEqual({ kind: 'not-sent', reason: 'connect-refused' });
  });

  it('was not sent when the name does not resolve', async () => {
    lone = graphClient({ url: 'http://graph.invalid', connectTimeoutMs: 2_000 });
    const outcome = await send(lone);
    expect(outcome.kind).toBe('not-sent');
  });

  it('was not sent when the handshake is reset: the same error code as of a broken request, and yet a proof', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy())).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    lone = graphClient({ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(send(lone)).resolves.toMatchObject({ kind: 'not-sent' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('was not sent when the peer does not speak TLS', async () => {
    graph = await FakeGraph.start(() => {});
    lone = graphClient({ url: graph.url.replace('http:', 'https:') });
    await expect(send(lone)).resolves.toEqual({ kind: 'not-sent', reason: 'tls' });
    expect(graph.seen).toEqual([]);
  });

  it('was not sent while it waited for a connection, whether it is given up or runs out of time', async () => {
    graph = await FakeGraph.start(() => {});
    const client = graph.client({ connections: 1, connectTimeoutMs: 50, readTimeoutMs: 1_000 });
    const post = (token: string, signal?: AbortSignal): Promise<SendOutcome> =>
      client.sendMessage({ token, phoneNumberId: '1', body, ...(signal && { signal }) });
    const blocker = new AbortController();
    const giveUp = new AbortController();
    const first = post('first', blocker.signal);
    const second = post('second', giveUp.signal);
    const third = post('third');
    setTimeout(() => giveUp.abort(), 20);
    await expect(second).resolves.toEqual({ kind: 'not-sent', reason: 'aborted' });
    await expect(third).resolves.toEqual({ kind: 'not-sent', reason: 'connect-timeout' });
    blocker.abort();
    await expect(first).resolves.toMatchObject({ kind: 'unknown', reason: 'aborted' });
    // The connection is free now; neither of the two that gave up may use it.
    const { seen } = graph;
    void post('fourth');
    await waitFor(() => seen.length >= 2);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer fourth']);
  });

  it('was not sent when it was given up before it began', async () => {
    graph = await FakeGraph.start(() => {});
    await expect(send(graph.client(), AbortSignal.abort())).resolves.toEqual({ kind: 'not-sent', reason: 'aborted' });
    expect(graph.seen).toEqual([]);
  });

  it('was not sent when the client is closed', async () => {
    graph = await FakeGraph.start((_request, response) => json(response, 200, accepted));
    const client = graphClient({ url: graph.url });
    await client.close();
    await expect(send(client)).resolves.toEqual({ kind: 'not-sent', reason: 'closed' });
  });

  it('was not sent when the token would break the headers', async () => {
    graph = await FakeGraph.start(() => {});
    const call = { token: 'EAA\r\nx-evil: 1', phoneNumberId: '1', body };
    await expect(graph.client().sendMessage(call)).resolves.toMatchObject({ kind: 'not-sent' });
    expect(graph.seen).toEqual([]);
  });

  it('refuses ids that are no digits, before anything is sent', async () => {
    graph = await FakeGraph.start(() => {});
    const client = graph.client();
    await expect(client.sendMessage({ token: 't', phoneNumberId: '../1/x', body })).rejects.toThrow(TypeError);
    expect(graph.seen).toEqual([]);
  });
});
