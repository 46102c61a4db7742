import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { inParallel } from './load.js';
import type { Json, RestAnswer, RestClient } from './rest-client.js';
import { waitFor } from './wait-for.js';

const TEMPLATE = {
  name: 'order_confirmation',
  language: 'en_US',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Hello {{1}}, your order {{2}} is confirmed.', example: { body_text: [['Ana', 'A-1']] } }],
};
const REQUESTS_AT_A_TIME = 8;
const RETRY_MS = 50;
const GIVE_UP_MS = 30_000;

let lastMetaId = 900_000_000_000;
let lastPhone = 0;

/** A number that is connected. */
export interface ConnectedNumber {
  /** In Parley. */
  readonly id: string;
  /** At Meta. */
  readonly graphId: string;
}

/** One message that was accepted, to a recipient who gets no other. */
export interface SentMessage {
  readonly id: string;
  readonly to: string;
  readonly number: ConnectedNumber;
}

/** What a message may end as when nothing goes wrong. */
export const REACHED: readonly string[] = ['DELIVERED', 'READ'];

/** A phone number that no other test of this process writes to. */
export function newPhone(): string {
  lastPhone += 1;
  return `+40723${String(lastPhone).padStart(6, '0')}`;
}

/** A tenant with an account at Meta, spoken to through the public API. */
export class Restaurant {
  private constructor(
    private readonly cluster: Cluster,
    readonly tenantId: string,
    readonly key: string,
    readonly wabaId: string,
    readonly token: string,
    readonly graphIds: readonly string[],
  ) {}

  /** The platform makes the tenant; Meta knows the account and its numbers; nothing is connected yet. */
  static async found(cluster: Cluster, options: { numbers?: number; throughputLevel?: string; echoEnabled?: boolean } = {}): Promise<Restaurant> {
    const { numbers = 1, throughputLevel = 'STANDARD', echoEnabled } = options;
    const tenant = await cluster.operator.ok<{ id: string; apiKey: string }>('POST', '/v1/tenants', { body: { name: `Trattoria ${++lastMetaId}`, echoEnabled } });
    const wabaId = String(++lastMetaId);
    const graphIds = Array.from({ length: numbers }, () => String(++lastMetaId));
    await cluster.simulator.control('POST', '/accounts', {
      wabaId,
      name: 'Trattoria',
      token: `EAA${wabaId}`,
      appId: cluster.app.appId,
      numbers: graphIds.map((id) => ({ id, displayPhoneNumber: `+40 21 ${id.slice(-7)}`, verifiedName: 'Trattoria', throughputLevel })),
      templates: [TEMPLATE],
    });
    return new Restaurant(cluster, tenant.id, tenant.apiKey, wabaId, `EAA${wabaId}`, graphIds);
  }

  /** Founded, and all of its numbers connected. */
  static async open(cluster: Cluster, options: Parameters<typeof Restaurant.found>[1] = {}): Promise<Restaurant & { numbers: ConnectedNumber[] }> {
    const restaurant = await Restaurant.found(cluster, options);
    const numbers: ConnectedNumber[] = [];
    for (const graphId of restaurant.graphIds) numbers.push(await restaurant.connect(graphId));
    return Object.assign(restaurant, { numbers });
  }

  /** The api with the tenant's key. */
  get rest(): RestClient {
    return this.cluster.rest.as(this.key);
  }

  async connect(graphId: string): Promise<ConnectedNumber> {
    const body = { phoneNumberId: graphId, wabaId: this.wabaId, accessToken: this.token };
    const { id } = await this.rest.ok<{ id: string }>('POST', '/v1/numbers', { body });
    return { id, graphId };
  }

  async consent(phone: string): Promise<void> {
    await this.rest.ok('POST', '/v1/consents', { body: { phone, purpose: 'utility', status: 'GRANTED', source: 'form' } });
  }

  /** So many new people who agreed to be written to. */
  async guests(count: number): Promise<string[]> {
    const phones = Array.from({ length: count }, newPhone);
    await inParallel(phones, REQUESTS_AT_A_TIME, (phone) => this.consent(phone));
    return phones;
  }

  /** The body of a template message. */
  templateTo(to: string, numberId: string): Json {
    return { numberId, to, template: { name: TEMPLATE.name, language: TEMPLATE.language, parameters: { body: ['Ana', 'A-1042'] } } };
  }

  /** One POST /v1/messages, whatever the answer. */
  post(to: string, numberId: string, idempotencyKey: string = randomUUID()): Promise<RestAnswer> {
    const headers = { 'idempotency-key': idempotencyKey };
    return this.rest.call('POST', '/v1/messages', { body: this.templateTo(to, numberId), headers });
  }

  /** Sends a template message as a careful client does: until there is a 202, always under the same key. */
  async send(to: string, number: ConnectedNumber): Promise<SentMessage> {
    const key = randomUUID();
    let last: unknown;
    for (const deadline = performance.now() + GIVE_UP_MS; performance.now() < deadline; await delay(RETRY_MS)) {
      try {
        const { status, body, text } = await this.post(to, number.id, key);
        if (status === 202) return { id: String(body['id']), to, number };
        last = text;
        if (status !== 503) break;
      } catch (error) {
        last = error; // the connection broke: whether the message was taken is not known
      }
    }
    throw new Error('The message was not accepted', { cause: last });
  }

  /** One message to each, the numbers in turn. */
  sendToAll(phones: readonly string[], numbers: readonly ConnectedNumber[]): Promise<SentMessage[]> {
    const jobs = phones.map((phone, at) => ({ phone, number: numbers[at % numbers.length]! }));
    return inParallel(jobs, REQUESTS_AT_A_TIME, ({ phone, number }) => this.send(phone, number));
  }

  message(id: string): Promise<Json> {
    return this.rest.ok('GET', `/v1/messages/${id}`);
  }

  /** Waits until a message shows one of these statuses. */
  async reaches(id: string, statuses: readonly string[], timeoutMs = 15_000): Promise<Json> {
    let seen: Json = {};
    await waitFor(async () => statuses.includes(String((seen = await this.message(id))['status'])), timeoutMs).catch(() => {
      throw new Error(`Message ${id} did not become ${statuses.join(' or ')}: ${JSON.stringify(seen)}`);
    });
    return seen;
  }
}
