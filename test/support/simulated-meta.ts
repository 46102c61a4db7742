import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSimulator } from '../../apps/simulator/src/simulator.js';
import { RestClient, type Json, type RestAnswer, type RestCall } from './rest-client.js';
import { waitFor } from './wait-for.js';

export const APP = { appId: '1001', appSecret: 'shh', verifyToken: 'prove-it' } as const;
export const WABA = '2001';
export const NUMBER = '3001';
export const TOKEN = 'EAAG-own';
/** Another business, with the same app. */
export const OTHER = { wabaId: '2002', number: '3002', token: 'EAAG-other' } as const;

/** A simulator with two businesses, and a receiver that answers its handshake and keeps what it is told. */
export class SimulatedMeta {
  readonly told: { readonly field: string; readonly value: Json; readonly path: string }[] = [];
  private simulator!: NestFastifyApplication;
  private receiver!: Server;
  private rest!: RestClient;

  static async start(): Promise<SimulatedMeta> {
    const meta = new SimulatedMeta();
    meta.simulator = await startSimulator({ host: '127.0.0.1', port: 0, seed: 42 });
    meta.rest = new RestClient(await meta.simulator.getUrl());
    await meta.startReceiver();
    return meta;
  }

  get url(): string {
    return this.rest.url;
  }

  get callbackUrl(): string {
    return `http://127.0.0.1:${(this.receiver.address() as AddressInfo).port}`;
  }

  /** One of the simulator's own services, to play Meta's part with. */
  service<T>(type: new (...args: never[]) => T): T {
    return this.simulator.get<T>(type);
  }

  /** Forgets everything and sets both businesses up again. */
  async reset(): Promise<void> {
    this.told.length = 0;
    await this.control('POST', '/reset');
    await this.control('POST', '/apps', { ...APP, callbackUrl: `${this.callbackUrl}/app` });
    await this.account({ wabaId: WABA, token: TOKEN, numbers: [numberOf(NUMBER, '+1 555 078 3881')] });
    await this.account({ ...OTHER, number: undefined, numbers: [numberOf(OTHER.number, '+1 555 078 3882')] });
  }

  account(account: Json): Promise<Json> {
    return this.control('POST', '/accounts', { name: 'Pizzeria Sol', appId: APP.appId, subscribe: true, ...account });
  }

  control<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    return this.rest.ok<T>(method, `/control${path}`, body === undefined ? {} : { body });
  }

  /** A Graph call, by the first business unless another token is given. */
  graph(method: string, path: string, call: RestCall = {}): Promise<RestAnswer> {
    return this.rest.call(method, `/v25.0/${path}`, { key: TOKEN, ...call });
  }

  /** A Graph call with a multipart form. */
  async form(
    path: string,
    fields: Readonly<Record<string, string | Blob>>,
    token: string = TOKEN,
  ): Promise<RestAnswer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') form.set(name, value);
      else form.set(name, value, 'file');
    }
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.url}/v25.0/${path}`, { method: 'POST', headers, body: form });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Json, durationMs: 0 };
  }

  /** The id of an upload. */
  async upload(bytes: Buffer | string, type: string, number: string = NUMBER, token: string = TOKEN): Promise<string> {
    const file = new Blob([new Uint8Array(Buffer.from(bytes))], { type });
    const { status, body, text } = await this.form(`${number}/media`, { messaging_product: 'whatsapp', file }, token);
    if (status !== 200) throw new Error(text);
    return String(body['id']);
  }

  /** The handle of a resumable upload. */
  async handle(bytes: string, type: string): Promise<string> {
    const query = new URLSearchParams({ file_length: String(bytes.length), file_type: type, file_name: 'example' });
    const { body: session } = await this.graph('POST', `${APP.appId}/uploads?${query.toString()}`);
    const headers = { file_offset: '0', 'content-type': type };
    const { body } = await this.graph('POST', String(session['id']), { raw: bytes, headers });
    return String(body['h']);
  }

  /** What was told under a field, once it was told that often. */
  async toldOf(field: string, count = 1): Promise<Json[]> {
    const values = (): Json[] => this.told.filter((one) => one.field === field).map(({ value }) => value);
    await waitFor(() => values().length >= count);
    return values();
  }

  async stop(): Promise<void> {
    await this.simulator.close();
    this.receiver.closeAllConnections();
    await new Promise((resolve) => this.receiver.close(resolve));
  }

  private async startReceiver(): Promise<void> {
    this.receiver = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://receiver');
      if (request.method === 'GET') {
        const isKnown = url.searchParams.get('hub.verify_token') === APP.verifyToken;
        return void response.writeHead(isKnown ? 200 : 403).end(isKnown ? url.searchParams.get('hub.challenge') : '');
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.keep(JSON.parse(Buffer.concat(chunks).toString()) as Json, url.pathname);
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => this.receiver.listen(0, '127.0.0.1', resolve));
  }

  private keep(body: Json, path: string): void {
    for (const { changes } of body['entry'] as { changes: { field: string; value: Json }[] }[]) {
      this.told.push(...changes.map((change) => ({ ...change, path })));
    }
  }
}

/** The error of a refused Graph call, as its status, code and subcode. */
export function refusalOf({ status, body }: RestAnswer): unknown[] {
  const { code, error_subcode: subcode } = (body['error'] ?? {}) as Json;
  return subcode === undefined ? [status, code] : [status, code, subcode];
}

function numberOf(id: string, displayPhoneNumber: string): Json {
  return { id, displayPhoneNumber, verifiedName: 'Pizzeria Sol' };
}
