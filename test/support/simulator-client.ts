import { RestClient, type Json, type RestCall } from './rest-client.js';

/** One message that the simulator took. */
export interface LedgerEntry {
  readonly seq: number;
  readonly wamid: string;
  readonly phoneNumberId: string;
  readonly to: string;
  readonly recipient: string;
  readonly type: string;
  readonly biz_opaque_callback_data: string | null;
  /** When the simulator took it, by its own clock, in Unix milliseconds. */
  readonly at: number;
  readonly body: Json | null;
  readonly statuses: readonly string[];
}

/** The app that webhooks are signed for. */
export interface MetaApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
}

/** What the simulator answers to one delivery of POST /control/webhooks. */
export interface WebhookAnswer {
  readonly status: number;
}

const PAGE = 10_000;

/** The control API of the simulator. */
export class SimulatorClient {
  private readonly rest: RestClient;

  constructor(readonly url: string) {
    this.rest = new RestClient(url);
  }

  control<T = Json>(method: string, path: string, body?: RestCall['body']): Promise<T> {
    return this.rest.ok<T>(method, `/control${path}`, body === undefined ? {} : { body });
  }

  settings(settings: Json): Promise<Json> {
    return this.control('PUT', '/settings', settings);
  }

  /** Everything that was taken, in order. */
  async ledger(phoneNumberId?: string): Promise<LedgerEntry[]> {
    const filter = phoneNumberId === undefined ? '' : `&phoneNumberId=${phoneNumberId}`;
    const { entries } = await this.control<{ entries: LedgerEntry[] }>('GET', `/ledger?limit=${PAGE}${filter}`);
    return entries;
  }

  async ledgerCount(phoneNumberId?: string): Promise<number> {
    const filter = phoneNumberId === undefined ? '' : `?phoneNumberId=${phoneNumberId}`;
    return (await this.control<{ count: number }>('GET', `/ledger/count${filter}`)).count;
  }

  /** A customer writes to a number. Returns Meta's id of the message. */
  async customerWrites(phone: string, phoneNumberId: string, text: string): Promise<string> {
    const message = { phoneNumberId, type: 'text', text };
    const { wamid } = await this.control<{ wamid: string }>('POST', `/customers/${encodeURIComponent(phone)}/messages`, message);
    return wamid;
  }

  /** Sends a webhook of the test's own making; once, without retries. */
  async webhook(appId: string, body: unknown, options: { signature?: string; times?: number } = {}): Promise<WebhookAnswer[]> {
    return (await this.control<{ answers: WebhookAnswer[] }>('POST', '/webhooks', { appId, body, ...options })).answers;
  }
}
