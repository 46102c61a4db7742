import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSimulator } from '../../apps/simulator/src/simulator.js';

/** An account at Meta, with one number, that nobody else in the test run has. */
export interface MetaAccount {
  readonly wabaId: string;
  readonly phoneNumberId: string;
  readonly accessToken: string;
}

const ORDER = {
  name: 'order_confirmation',
  language: 'en_US',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Hello {{1}}, your order {{2}} is confirmed.', example: { body_text: [['Ana', 'A-1']] } }],
};

const APP_ID = '1001';
let lastId = Date.now() * 1_000;

/** The simulator of Meta, in this process, spoken to over HTTP. */
export class TestMeta {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  static async start(): Promise<TestMeta> {
    const app = await startSimulator({ host: '127.0.0.1', port: 0, seed: 1 });
    const meta = new TestMeta(app, await app.getUrl());
    const callbackUrl = 'http://127.0.0.1:9/webhooks';
    await meta.control('POST', 'apps', { appId: APP_ID, appSecret: 'shh', verifyToken: 'prove', callbackUrl, skipHandshake: true });
    return meta;
  }

  /** @param account members of POST /control/accounts to set; `number`: members of its number */
  async account(account: Readonly<Record<string, unknown>> = {}, number: Readonly<Record<string, unknown>> = {}): Promise<MetaAccount> {
    const [wabaId, phoneNumberId] = [String(++lastId), String(++lastId)];
    const body = { wabaId, name: 'Trattoria', token: `EAA${wabaId}`, templates: [ORDER], ...account };
    const numbers = [{ id: phoneNumberId, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'Trattoria', ...number }];
    await this.control('POST', 'accounts', { numbers, ...body });
    return { wabaId: body.wabaId, phoneNumberId, accessToken: body.token };
  }

  async control(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/control/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** A customer writes to a number. @returns the wamid */
  async customerWrites(phone: string, phoneNumberId: string, text = 'Hello'): Promise<string> {
    const body = { phoneNumberId, type: 'text', text };
    const { wamid } = (await this.control('POST', `customers/${encodeURIComponent(phone)}/messages`, body)) as { wamid: string };
    return wamid;
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
