import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newPhone, type ConnectedNumber } from '../support/restaurant.js';
import type { Chance } from './chance.js';
import type { Tenant, World } from './world.js';

/** Whatever carries this text is a customer's own, and has no business in logs, metrics or Redis. */
export const CANARY = 'Canary';
const RETRY_MS = 100;
/** A client that gets no answer for so long has lost its patience; the faults are shorter. */
const PATIENCE_MS = 90_000;
/** Of a hundred messages so many are the first of a thread, are sent thrice at once under one key, or are written by customers. */
const SHARES = { thread: 15, repeated: 15, inbound: 15 };
const THREAD_LENGTH = 4;

/** What a client was promised by a 202. */
export interface Promised {
  readonly id: string;
  readonly marker: string;
  readonly to: string;
  readonly number: ConnectedNumber;
  /** When the client had its answer, in Unix ms. */
  readonly at: number;
  /** Messages of one thread follow each other: each is asked for when the one before has its 202. */
  readonly thread: string | null;
  /** When it may leave at the earliest, in Unix ms; null: at once. */
  readonly sendAt: number | null;
}

/** What a customer wrote. */
export interface Written {
  readonly wamid: string;
  readonly marker: string;
  readonly phone: string;
  readonly number: ConnectedNumber;
}

/** The clients: what they asked for, what they were promised, what they were told instead. */
export class Load {
  readonly promised: Promised[] = [];
  readonly written: Written[] = [];
  /** Webhooks that were taken and hold an item that nothing can apply. */
  poisoned = 0;
  /** Markers of messages for which nobody got a 202 in time. */
  readonly unanswered: string[] = [];
  /** How often which status was answered; 0 stands for no answer at all. */
  readonly answers = new Map<number, number>();
  /** What was answered beside 202, 429 and 503. */
  readonly odd: string[] = [];
  private readonly underway: Promise<void>[] = [];
  private asked = 0;

  constructor(
    private readonly world: World,
    private readonly chance: Chance,
  ) {}

  /** Asks for so many messages a second until the time is over. */
  async run(perSecond: number, ms: number, signal?: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    for (let turn = 0; performance.now() - startedAt < ms && !signal?.aborted; turn += 1) {
      this.begin();
      await delay(Math.max(0, ((turn + 1) * 1_000) / perSecond - (performance.now() - startedAt)));
    }
  }

  /** So many messages of one tenant at once over its slower number, to people of their own. */
  burst(tenant: Tenant, count: number): void {
    this.track(this.sendMany(tenant, tenant.numbers[0]!, count));
  }

  /** One message of this tenant to somebody new. */
  one(tenant: Tenant): void {
    this.track(this.sendMany(tenant, this.chance.pick(tenant.numbers), 1));
  }

  /** One message of this tenant to somebody new, to leave so much later. */
  later(tenant: Tenant, ms: number): void {
    this.track(this.sendTo(tenant, this.chance.pick(tenant.numbers), newPhone(), 1, null, Date.now() + ms));
  }

  /** A webhook with a message of nobody, which cannot be applied, between one of a customer and a type that nobody knows. */
  poison(number: ConnectedNumber): void {
    this.track(this.writeBesidePoison(number));
  }

  /** Every client has its answer, or has given up. */
  async settled(): Promise<void> {
    while (this.underway.length > 0) await Promise.all(this.underway.splice(0));
  }

  private begin(): void {
    const tenant = this.chance.pick(this.world.tenants);
    const number = this.chance.pick(tenant.numbers);
    const draw = this.chance.int(1, 100);
    if (draw <= SHARES.inbound) return this.track(this.write(number));
    if (draw <= SHARES.inbound + SHARES.thread) return this.track(this.sendThread(tenant, number));
    return this.track(this.sendTo(tenant, number, newPhone(), this.chance.percent(SHARES.repeated) ? 3 : 1));
  }

  private track(work: Promise<void>): void {
    this.underway.push(work);
  }

  private async sendMany(tenant: Tenant, number: ConnectedNumber, count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += 8) {
      const wave = Array.from({ length: Math.min(8, count - sent) }, () => this.sendTo(tenant, number, newPhone(), 1));
      await Promise.all(wave);
    }
  }

  private async sendThread(tenant: Tenant, number: ConnectedNumber): Promise<void> {
    const phone = newPhone();
    for (let at = 0; at < THREAD_LENGTH; at += 1) await this.sendTo(tenant, number, phone, 1, phone);
  }

  private async sendTo(tenant: Tenant, number: ConnectedNumber, to: string, copies: number, thread: string | null = null, sendAt: number | null = null): Promise<void> {
    const [marker, key, turn] = [this.marker(), randomUUID(), this.asked];
    await this.consent(tenant, to, turn);
    const parameters = { body: [marker, `Order of ${marker}`] };
    const schedule = sendAt !== null && { sendAt: new Date(sendAt).toISOString() };
    const body = { numberId: number.id, to, template: { name: 'order_confirmation', language: 'en_US', parameters }, ...schedule };
    const call = (copy: number): Promise<string | null> => this.insist(tenant, '/v1/messages', body, turn + copy, key);
    const ids = new Set(await Promise.all(Array.from({ length: copies }, (_, copy) => call(copy))));
    const [id] = ids;
    if (ids.size > 1) this.odd.push(`one key, several answers: ${[...ids].join(', ')}`);
    if (id == null) return void this.unanswered.push(marker);
    this.promised.push({ id, marker, to, number, at: Date.now(), thread, sendAt });
  }

  private async consent(tenant: Tenant, phone: string, turn: number): Promise<void> {
    await this.insist(tenant, '/v1/consents', { phone, purpose: 'utility', status: 'GRANTED', source: 'form' }, turn);
  }

  /** As a careful client: again until it is taken, on any api, always under the same key. Null when nobody answered in time. */
  private async insist(tenant: Tenant, path: string, body: object, turn: number, key?: string): Promise<string | null> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const deadline = performance.now() + PATIENCE_MS;
    for (let tries = 0; performance.now() < deadline; tries += 1) {
      const answer = await this.world.fleet.client(turn + tries, tenant.key).call('POST', path, { body, headers }).catch(() => null);
      const status = answer?.status ?? 0;
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      if (status >= 200 && status < 300) return String(answer!.body['id'] ?? '');
      if (answer && (![429, 503].includes(status) || !answer.headers.has('retry-after'))) this.odd.push(`${path} ${status}: ${answer.text.slice(0, 200)}`);
      await delay(RETRY_MS);
    }
    return null;
  }

  private async write(number: ConnectedNumber): Promise<void> {
    const [marker, phone] = [this.marker(), newPhone()];
    const wamid = await this.world.cluster.simulator.customerWrites(phone, number.graphId, marker);
    this.written.push({ wamid, marker, phone, number });
  }

  private async writeBesidePoison(number: ConnectedNumber): Promise<void> {
    const { cluster } = this.world;
    const [marker, phone] = [this.marker(), newPhone()];
    const wamid = `wamid.${randomUUID()}`;
    const message = { id: wamid, timestamp: String(Math.floor(Date.now() / 1_000)), type: 'text', text: { body: marker } };
    const [good, poison] = [{ ...message, from: phone.slice(1) }, { ...message, id: `${wamid}poison` }];
    const unknown = { ...message, id: `${wamid}tomorrow`, type: 'hologram', text: undefined, hologram: { rays: 3 }, from: newPhone().slice(1) };
    const metadata = { display_phone_number: '15550000000', phone_number_id: number.graphId };
    const value = { messaging_product: 'whatsapp', metadata, contacts: [{ profile: { name: 'Guest' }, wa_id: good.from }], messages: [good, unknown, 7] };
    const changes = [
      { field: 'messages', value: { messaging_product: 'whatsapp', metadata, messages: [poison] } },
      { field: 'messages', value },
      { field: 'of_tomorrow', value: { anything: true } },
    ];
    const [answer] = await cluster.simulator.webhook(cluster.app.appId, { object: 'whatsapp_business_account', entry: [{ id: '1', changes }] });
    if (answer?.status !== 200) return;
    this.poisoned += 1;
    this.written.push({ wamid, marker, phone, number });
  }

  private marker(): string {
    return `${CANARY}-${this.chance.seed >>> 0}-${++this.asked}-`;
  }
}
