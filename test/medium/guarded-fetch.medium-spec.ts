import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { GuardedFetch, guardedLookup, type GuardedFetchOptions } from '@parley/http';

const PRIVATE: LookupAddress = { address: '127.0.0.2', family: 4 };
const PUBLIC: LookupAddress = { address: '93.184.216.34', family: 4 };

describe('the guarded fetch', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function serve(listener: RequestListener): Promise<{ origin: string; hits: () => number }> {
    let hits = 0;
    const server: Server = createServer((request, response) => {
      hits += 1;
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits: () => hits };
  }

  function fetcher(options: GuardedFetchOptions): GuardedFetch {
    const http = new GuardedFetch(options);
    closing.push(() => http.close());
    return http;
  }

  it('asks an allowed origin, and no other private one', async () => {
    const { origin, hits } = await serve((_, response) => response.writeHead(204).end());
    await expect(fetcher({ allowedOrigins: [origin] }).fetch(`${origin}/x`)).resolves.toMatchObject({ status: 204 });
    await expect(fetcher({}).fetch(`${origin}/x`, { pointer: '/url' })).rejects.toMatchObject({ code: 'url.refused', errors: [{ pointer: '/url' }] });
    expect(hits()).toBe(1);
  });

  it('connects to no name that leads to a private address, also where a public one stands beside it', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => { connections += 1; socket.destroy(); });
    await new Promise<void>((resolve) => server.listen(8443, PRIVATE.address, resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    for (const answers of [[PRIVATE], [PUBLIC, PRIVATE], [{ address: '::ffff:127.0.0.2', family: 6 }], []]) {
      const http = fetcher({ resolve: () => Promise.resolve(answers) });
      await expect(http.fetch('https://hooks.example.com:8443/')).rejects.toMatchObject({ code: 'url.refused' });
    }
    expect(connections).toBe(0);
  });

  it('gives the connection the very addresses that it checked, so that a name that changes its answer gains nothing', async () => {
    let asked = 0;
    const lookup = guardedLookup(() => Promise.resolve(asked++ === 0 ? [PUBLIC] : [PRIVATE]));
    const answer = await new Promise((resolve, reject) => lookup('rebind.example.com', { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))));
    expect([answer, asked]).toEqual([[PUBLIC], 1]);
    await expect(new Promise((resolve, reject) => lookup('rebind.example.com', {}, (error, address) => (error ? reject(error) : resolve(address))))).rejects.toThrow(/not of the public internet/);
  });

  it('asks the resolver of the system where it is given none, and believes it as little', async () => {
    const ask = (host: string): Promise<unknown> =>
      new Promise((resolve, reject) => guardedLookup()(host, {}, (error, address) => (error ? reject(error) : resolve(address))));
    await expect(ask('localhost')).rejects.toMatchObject({ code: 'EADDRREFUSED' });
    await expect(ask('nowhere.invalid')).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTFOUND|EAI_)/) as unknown });
    expect(await new Promise((resolve) => guardedLookup(() => Promise.resolve([PUBLIC]))('x.example.com', {}, (_, address, family) => resolve([address, family])))).toEqual([PUBLIC.address, 4]);
  });

  it('ends when its caller gives up', async () => {
    const { origin } = await serve(() => {});
    const giveUp = new AbortController();
    const asking = fetcher({ allowedOrigins: [origin] }).fetch(origin, { method: 'POST', body: '{}', signal: giveUp.signal });
    setTimeout(() => giveUp.abort(), 50);
    await expect(asking).rejects.toMatchObject({ code: 'url.unreachable', context: { reason: 'aborted' } });
  });

  it('follows no redirect', async () => {
    const inner = await serve((_, response) => response.end('secret'));
    const outer = await serve((_, response) => response.writeHead(302, { location: inner.origin }).end());
    const http = fetcher({ allowedOrigins: [outer.origin, inner.origin] });
    await expect(http.fetch(outer.origin)).resolves.toMatchObject({ status: 302 });
    expect(inner.hits()).toBe(0);
  });

  it('goes through no proxy of the environment', async () => {
    const proxy = await serve((_, response) => response.end('proxied'));
    const target = await serve((_, response) => response.end('direct'));
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
    for (const name of names) process.env[name] = proxy.origin;
    try {
      const { body } = await fetcher({ allowedOrigins: [target.origin] }).fetch(target.origin);
      expect([body.toString(), proxy.hits()]).toEqual(['direct', 0]);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  it('takes an answer of 64 kB and none that is longer, also where it says another length or unpacks to more', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/packed') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)));
      response.write(Buffer.alloc(64 * 1024));
      return response.end(request.url === '/long' ? 'x' : '');
    });
    const http = fetcher({ allowedOrigins: [origin] });
    expect((await http.fetch(origin)).body).toHaveLength(64 * 1024);
    await expect(http.fetch(`${origin}/long`)).rejects.toMatchObject({ code: 'url.unreachable', context: { reason: 'answer-too-large' } });
    expect((await http.fetch(`${origin}/packed`)).body.length).toBeLessThan(64 * 1024);
  });

  it('ends in time where the answer drips or never begins', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url !== '/drip') return;
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const http = fetcher({ allowedOrigins: [origin], timeoutMs: 200 });
    const started = performance.now();
    for (const path of ['/drip', '/never']) {
      await expect(http.fetch(origin + path)).rejects.toMatchObject({ code: 'url.unreachable', context: { reason: 'timeout' } });
    }
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('tells no more than that nothing could be connected to', async () => {
    const http = fetcher({ allowedOrigins: ['http://127.0.0.1:9'] });
    await expect(http.fetch('http://127.0.0.1:9/')).rejects.toMatchObject({ code: 'url.unreachable', context: { reason: 'not-connected' } });
  });
});
