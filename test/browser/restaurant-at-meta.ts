import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSimulator } from '../../apps/simulator/src/simulator.js';
import { WebhookReceiver } from './webhook-receiver.js';

type Json = Record<string, unknown>;

const WABA = '104996122399160';
const NUMBER = '106540352242922';
const TOKEN = 'EAAG-browser';

const TEMPLATES = [
  {
    name: 'order_ready',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['A-1'] } },
      { type: 'BODY', text: 'Hello {{1}}, your order *{{2}}* is ready.', example: { body_text: [['Ana', 'A-1']] } },
      { type: 'FOOTER', text: 'Trattoria Aria' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'On my way' },
          {
            type: 'URL',
            text: 'Track it',
            url: 'https://example.com/orders/{{1}}',
            example: ['https://example.com/orders/1'],
          },
        ],
      },
    ],
  },
  {
    name: 'table_photo',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::a'] } },
      { type: 'BODY', text: 'This is your table.' },
    ],
  },
  {
    name: 'spring_menu',
    language: 'en_US',
    category: 'MARKETING',
    status: 'PENDING',
    components: [{ type: 'BODY', text: 'Our spring menu is here.' }],
  },
];

/** A restaurant with an account in a simulator, a receiver for its webhooks, and a plain client that sends for it. */
export class RestaurantAtMeta {
  static readonly number = NUMBER;
  static readonly customer = '40723000111';

  private constructor(
    private readonly simulator: NestFastifyApplication,
    readonly url: string,
    readonly receiver: WebhookReceiver,
  ) {}

  static async open(): Promise<RestaurantAtMeta> {
    const simulator = await startSimulator({ host: '127.0.0.1', port: 0, seed: 11 });
    const restaurant = new RestaurantAtMeta(simulator, await simulator.getUrl(), await WebhookReceiver.start());
    const app = {
      appId: '1001',
      appSecret: 'shh',
      verifyToken: 'prove',
      callbackUrl: restaurant.receiver.url,
      skipHandshake: true,
    };
    await restaurant.control('POST', 'apps', app);
    await restaurant.control('POST', 'accounts', {
      ...{ wabaId: WABA, name: 'Trattoria Aria', token: TOKEN, appId: app.appId, subscribe: true },
      numbers: [{ id: NUMBER, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'Trattoria Aria' }],
      templates: TEMPLATES,
    });
    // Nobody reads by chance: the page reads, or does not.
    await restaurant.control('PUT', 'settings', {
      statusDelaysMs: { sent: 20, delivered: 40, read: 60 },
      readShare: 0,
    });
    await restaurant.control('PUT', `customers/${this.customer}`, { profileName: 'Ana Ionescu' });
    await restaurant.control('POST', `customers/${this.customer}/messages`, {
      phoneNumberId: NUMBER,
      text: 'Good evening!',
    });
    return restaurant;
  }

  async control<T = Json>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> {
    return this.ask<T>(
      method,
      `/control/${path}`,
      body === undefined ? undefined : JSON.stringify(body),
      'application/json',
    );
  }

  /** Sends to Ana as any business would: HTTP and a token. @returns the wamid */
  async send(message: Json, to: string = RestaurantAtMeta.customer): Promise<string> {
    const body = JSON.stringify({ messaging_product: 'whatsapp', to, ...message });
    const answer = await this.ask<{ messages: { id: string }[] }>(
      'POST',
      `/v25.0/${NUMBER}/messages`,
      body,
      'application/json',
    );
    return answer.messages[0]!.id;
  }

  sendText(body: string, to?: string): Promise<string> {
    return this.send({ type: 'text', text: { body } }, to);
  }

  sendTemplate(name: string, components: Json[]): Promise<string> {
    return this.send({ type: 'template', template: { name, language: { code: 'en_US' }, components } });
  }

  /** Marks a message of the customer as read, and shows that an answer is being typed. */
  async markRead(wamid: string): Promise<void> {
    const body = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: wamid,
      typing_indicator: { type: 'text' },
    };
    await this.ask('POST', `/v25.0/${NUMBER}/messages`, JSON.stringify(body), 'application/json');
  }

  /** Uploads a file of the business. @returns its media id */
  async upload(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<string> {
    const form = new FormData();
    form.append('messaging_product', 'whatsapp');
    form.append('type', type);
    form.append('file', new Blob([bytes], { type }), 'file');
    const response = await fetch(`${this.url}/v25.0/${NUMBER}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: form,
    });
    return ((await response.json()) as { id: string }).id;
  }

  /** The bytes of a media, by way of its address, as a business fetches what a customer sent. */
  async download(mediaId: string): Promise<{ bytes: Buffer; type: string | null }> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const { url } = (await (await fetch(`${this.url}/v25.0/${mediaId}`, { headers })).json()) as { url: string };
    const response = await fetch(url, { headers });
    return { bytes: Buffer.from(await response.arrayBuffer()), type: response.headers.get('content-type') };
  }

  async close(): Promise<void> {
    await this.simulator.close();
    await this.receiver.stop();
  }

  private async ask<T>(method: string, path: string, body: string | undefined, type: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
