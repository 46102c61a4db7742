import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ParleyCli, type CliEnd } from '../support/parley-cli.js';

type Json = Record<string, unknown>;

const MESSAGE = { id: '0199a1b2-1111-7000-8000-000000000000', displayContent: 'Hi', reason: null, error: null };

/** An api that answers as a test says, in the places where a real one would need time or ill luck. */
class ScriptedApi {
  /** What the message looks like, one look after the other; the last one stays. */
  looks: Json[] = [];
  /** Answers by method and path, in place of the usual ones. */
  answers: Record<string, { status?: number; type?: string; body: string }> = {};
  readonly asked: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    const route = `${request.method} ${request.url?.split('?', 1)[0]}`;
    this.asked.push(route);
    const { status = 200, type = 'application/json', body } = this.answers[route] ?? this.usual(route);
    response.writeHead(status, { 'content-type': type }).end(body);
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private usual(route: string): { status?: number; type?: string; body: string } {
    if (route === 'POST /v1/messages') return { status: 202, body: JSON.stringify({ ...MESSAGE, status: 'QUEUED' }) };
    const look = this.looks.length > 1 ? this.looks.shift() : this.looks[0];
    return { body: JSON.stringify({ ...MESSAGE, ...look }) };
  }
}

describe('parley', () => {
  let api: ScriptedApi;
  let url: string;

  beforeEach(async () => {
    api = new ScriptedApi();
    url = await api.start();
  });

  afterEach(() => api.stop());

  const parley = (...args: string[]): Promise<CliEnd> =>
    ParleyCli.run(args, { PARLEY_URL: `${url}/`, PARLEY_API_KEY: 'key' });
  const send = (...args: string[]): Promise<CliEnd> =>
    parley('send', '--number', MESSAGE.id, '--to', '+40723000111', '--text', 'Hi', ...args);

  it('waits, shows each status once, and ends well when the message is delivered', async () => {
    api.looks = [{ status: 'QUEUED' }, { status: 'SENT' }, { status: 'SENT' }, { status: 'DELIVERED' }];
    const { code, out } = await send('--wait');
    expect([code, out]).toEqual([0, 'QUEUED\nSENT\nDELIVERED\n']);
  });

  it('counts what was read as delivered', async () => {
    api.looks = [{ status: 'READ' }];
    expect((await send('--wait', '5')).code).toBe(0);
  });

  it.each(['FAILED', 'EXPIRED', 'CANCELLED'])(
    'ends with 1 when the message is %s, with what is known of it',
    async (status) => {
      api.looks = [{ status, error: { code: 131026, text: 'Message undeliverable' } }];
      const { code, out } = await send('--wait');
      expect([code, out]).toEqual([1, `${status}  Message undeliverable  Meta's code 131026\n`]);
    },
  );

  it('gives up in time, and says that the message may still be delivered', async () => {
    api.looks = [{ status: 'QUEUED', reason: { code: 'NUMBER_PAUSED', text: 'The number is paused.' } }];
    const { code, out, err } = await send('--wait', '0.5');
    expect([code, out]).toEqual([1, 'QUEUED  The number is paused.\n']);
    expect(err).toContain('Not delivered within 0.5 s');
  });

  it('shows to programs the last look only', async () => {
    api.looks = [{ status: 'QUEUED' }, { status: 'DELIVERED' }];
    const { code, out } = await send('--json', '--wait');
    expect([code, JSON.parse(out)]).toEqual([0, { ...MESSAGE, status: 'DELIVERED' }]);
  });

  it('lets nothing from outside reach the terminal as a command', async () => {
    api.looks = [{ status: 'FAILED', error: { code: 1, text: 'a\u001b[2Jb\nparley: all is well' } }];
    const { out } = await send('--wait');
    expect(out).toBe("FAILED  ab parley: all is well  Meta's code 1\n");
  });

  it('tells a page of a proxy from an answer of Parley', async () => {
    api.answers['POST /v1/messages'] = { type: 'text/html', body: '<html>Welcome</html>' };
    const { code, err } = await send();
    expect(code).toBe(4);
    expect(err).toContain('did not answer with JSON');
    api.answers['POST /v1/messages'] = { status: 502, type: 'text/html', body: '<html>Bad gateway</html>' };
    expect(await send()).toMatchObject({ code: 3, err: expect.stringContaining('HTTP 502') as unknown });
  });

  it('says which address does not answer, and how to set another', async () => {
    await api.stop();
    const { code, err } = await send();
    expect(code).toBe(4);
    expect(err).toContain(`Parley at ${url} does not answer (ECONNREFUSED)`);
    expect(err).toContain('PARLEY_URL');
    api = new ScriptedApi();
    url = await api.start();
  });

  it('asks nobody where the command line is wrong', async () => {
    const wrong = [
      ['send', '--text', 'Hi'],
      ['send', '--to', '1', '--text', 'Hi', '--wait', 'soon'],
      ['dance'],
      ['doctor', '--url', 'nowhere'],
      ['listen', '--forward-to', 'nowhere'],
    ];
    for (const args of wrong) expect((await parley(...args)).code).toBe(2);
    expect(api.asked).toEqual([]);
  });

  it('helps with examples', async () => {
    for (const command of ['doctor', 'send', 'trigger', 'listen']) {
      const { code, out } = await parley(command, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`Examples:\\n {2}parley ${command}`));
    }
    expect((await parley('--help')).out).toContain('Exit codes:');
  });
});
