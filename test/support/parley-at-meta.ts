import { TestApi } from './api.js';
import { uniquePhone } from './fixtures.js';
import { TestMeta, type MetaAccount } from './meta.js';
import { customerText, TestWorker, uniqueWamid } from './worker.js';

/** A tenant whose number is connected at the simulator. */
export interface ConnectedTenant {
  readonly tenantId: string;
  readonly key: string;
  readonly numberId: string;
  readonly graph: MetaAccount;
}

/** Somebody who has written to a tenant's number. */
export interface Guest {
  readonly phone: string;
  readonly contactId: string;
  readonly conversationId: string;
  /** Of the message that he wrote, as Meta knows it. */
  readonly wamid: string;
}

/** The api and the worker on one database of their own, and the simulator that both talk to. */
export class ParleyAtMeta {
  private constructor(
    readonly meta: TestMeta,
    readonly worker: TestWorker,
    readonly api: TestApi,
  ) {}

  /** @param graphUrl under which Parley finds Meta, where something stands between */
  static async start(graphUrl = (meta: TestMeta): string | Promise<string> => meta.url): Promise<ParleyAtMeta> {
    const meta = await TestMeta.start();
    const GRAPH_URL = await graphUrl(meta);
    const worker = await TestWorker.start({ GRAPH_URL });
    const { DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX } = worker.config;
    const api = await TestApi.start({ DATABASE_APP_URL, DATABASE_SYSTEM_URL, REDIS_PREFIX, GRAPH_URL });
    return new ParleyAtMeta(meta, worker, api);
  }

  /** @param templates of its account at Meta, beside which it has nothing */
  async tenant(templates: readonly object[] = []): Promise<ConnectedTenant> {
    const { id: tenantId, apiKey: key } = await this.api.tenant();
    await this.worker.pool.query('UPDATE tenants SET echo_enabled = false WHERE id = $1', [tenantId]);
    const graph = await this.meta.account({ templates });
    const { wabaId, phoneNumberId, accessToken } = graph;
    const { status, body, text } = await this.api.call('POST', '/v1/numbers', { bearer: key, body: { wabaId, phoneNumberId, accessToken } });
    if (status !== 201) throw new Error(`The number was not connected: ${status} ${text}`);
    return { tenantId, key, numberId: String(body['id']), graph };
  }

  /** Somebody who has just written, and who agreed to everything. */
  async guest({ key, graph }: ConnectedTenant, phone = uniquePhone()): Promise<Guest> {
    const purposes = ['utility', 'marketing', 'authentication'];
    const { status, text } = await this.api.call('POST', '/v1/consents', { bearer: key, body: { phone, purposes, status: 'GRANTED', source: 'form' } });
    if (status !== 201) throw new Error(`The consent was not recorded: ${status} ${text}`);
    const wamid = await this.writes(graph, phone, 'Hi');
    const [row] = await this.worker.rows<{ contact_id: string; id: string }>(
      `SELECT c.contact_id, c.id FROM contact_identities i JOIN conversations c ON c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id
        WHERE i.kind = 'phone' AND i.value = $1`,
      [phone],
    );
    return { phone, contactId: row!.contact_id, conversationId: row!.id, wamid };
  }

  /** The customer writes at Meta, and its webhook is processed here. Answers with the wamid. */
  async writes({ phoneNumberId }: MetaAccount, phone: string, text: string): Promise<string> {
    const written = await this.meta.control('POST', `customers/${encodeURIComponent(phone)}/messages`, { phoneNumberId, type: 'text', text });
    const wamid = (written as { wamid?: string }).wamid ?? uniqueWamid();
    await this.worker.receive(customerText(phoneNumberId, phone, text, wamid));
    return wamid;
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.worker.stop();
    await this.meta.stop();
  }
}
