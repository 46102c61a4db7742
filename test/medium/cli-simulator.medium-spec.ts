import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestMeta, type MetaAccount } from '../support/meta.js';
import { ParleyCli, type CliEnd } from '../support/parley-cli.js';
import { waitFor } from '../support/wait-for.js';

/** What TestMeta signs with. */
const APP_SECRET = 'shh';

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** The address of a developer, which answers as it is told. */
class Target {
  readonly taken: Taken[] = [];
  status = 200;
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.taken.push({ headers: request.headers, bytes: Buffer.concat(chunks) });
      response.writeHead(this.status).end();
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('parley, against the simulator', () => {
  let meta: TestMeta;
  let account: MetaAccount;
  let target: Target;
  let forwardTo: string;

  beforeAll(async () => {
    meta = await TestMeta.start();
    account = await meta.account({ subscribe: true });
  });

  afterAll(() => meta.stop());

  beforeEach(async () => {
    target = new Target();
    forwardTo = await target.start();
  });

  afterEach(() => target.stop());

  const env = () => ({ PARLEY_SIMULATOR_URL: meta.url, PARLEY_ACCESS_TOKEN: account.accessToken });
  const parley = (...args: string[]): Promise<CliEnd> => ParleyCli.run(args, env());
  const subscribed = async () => {
    const headers = { authorization: `Bearer ${account.accessToken}` };
    return (await fetch(`${meta.url}/${account.wabaId}/subscribed_apps`, { headers })).text();
  };

  describe('trigger', () => {
    it('lists the events that there are, and makes one happen', async () => {
      const list = await parley('trigger', '--list');
      expect([list.code, list.err]).toEqual([0, '']);
      expect(list.out).toMatch(/^template-approved {2,}\S/m);
      const { code, out } = await parley(
        '--json',
        'trigger',
        'message',
        '--customer',
        '+40723000111',
        '--reason',
        'Still open?',
      );
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        event: 'message',
        customer: '40723000111',
        phoneNumberId: account.phoneNumberId,
      });
      const chat = (await meta.control('GET', `customers/40723000111/chat?number=${account.phoneNumberId}`)) as {
        messages: { content: { text: string } }[];
      };
      expect(chat.messages.at(-1)?.content.text).toBe('Still open?');
    });

    it('says which event is not known, and how to find those that are', async () => {
      const { code, err } = await parley('trigger', 'nothing-at-all');
      expect(code).toBe(3);
      expect(err).toContain('event.not_found');
      expect(await parley('trigger')).toMatchObject({
        code: 2,
        err: expect.stringContaining('parley trigger --list') as unknown,
      });
    });
  });

  describe('listen', () => {
    it('hands webhooks on, byte for byte and with their signature, and takes its callback back in the end', async () => {
      const listener = ParleyCli.start(['listen', '--forward-to', forwardTo], env());
      await listener.says(`-> ${forwardTo}`);
      expect(await subscribed()).toContain('override_callback_uri');
      await parley('trigger', 'message', '--customer', '+40723000222', '--reason', 'Ăîș 👋');
      await waitFor(() => target.taken.length === 1);
      const { bytes, headers } = target.taken[0]!;
      expect(headers['x-hub-signature-256']).toBe(
        `sha256=${createHmac('sha256', APP_SECRET).update(bytes).digest('hex')}`,
      );
      expect(headers['content-type']).toBe('application/json');
      await listener.says('text from 40723000222');
      const { code, out } = await listener.interrupt();
      expect(code).toBe(0);
      expect(out).toMatch(/^\d\d:\d\d:\d\d {2}200 +\d+ ms {2}text from 40723000222\n$/);
      expect(await subscribed()).not.toContain('override_callback_uri');
    });

    it('answers as its target does, so that what was refused comes again', async () => {
      target.status = 503;
      const listener = ParleyCli.start(['--json', 'listen', '--forward-to', forwardTo], env());
      await listener.says(`-> ${forwardTo}`);
      await parley('trigger', 'message', '--customer', '+40723000333');
      await waitFor(() => target.taken.length >= 2);
      target.status = 200;
      await waitFor(() => listener.out.includes('"status":200'));
      const lines = (await listener.interrupt()).out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { status: number; error: null });
      expect(lines[0]).toMatchObject({ status: 503, error: null });
      expect(lines.at(-1)?.status).toBe(200);
      expect(target.taken[1]?.bytes).toEqual(target.taken[0]?.bytes);
    });

    it('says so where nobody listens at the target', async () => {
      await target.stop();
      const listener = ParleyCli.start(['listen', '--forward-to', forwardTo], env());
      await listener.says('->');
      await parley('trigger', 'message', '--customer', '+40723000444');
      await listener.says('ECONNREFUSED');
      const { out } = await listener.interrupt();
      expect(out).toMatch(/ {2}none +\d+ ms {2}text from 40723000444 {2}ECONNREFUSED/);
      target = new Target();
      await target.start();
    });

    it('says so where its port is taken', async () => {
      const { code, err } = await parley('listen', '--forward-to', forwardTo, '--port', new URL(forwardTo).port);
      expect([code, err]).toEqual([2, expect.stringContaining('EADDRINUSE')]);
      expect(await subscribed()).not.toContain('override_callback_uri');
    });

    it('leaves the account alone where its token is not valid', async () => {
      const { code, err } = await parley('listen', '--forward-to', forwardTo, '--access-token', 'not-a-token');
      expect([code, err]).toEqual([3, expect.stringContaining('Graph refused')]);
      expect(await subscribed()).not.toContain('override_callback_uri');
    });
  });
});
