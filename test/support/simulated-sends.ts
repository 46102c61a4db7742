import type { Json, RestAnswer } from './rest-client.js';
import { NUMBER, TOKEN, WABA, type SimulatedMeta } from './simulated-meta.js';
import { waitFor } from './wait-for.js';

export const CUSTOMER = '+40721000001';

/** One status, as a receiver was told it. */
export interface Status extends Json {
  readonly id: string;
  readonly status: string;
}

/** Statuses follow each other at once, one webhook at a time: what arrives is in the order in which it was sent. */
export const BRISK = {
  statusDelaysMs: { sent: 1, delivered: 1, read: 1 },
  readShare: 1,
  webhookConcurrency: 1,
  webhookBatchMax: 1,
  webhookRetryDelaysMs: [1, 2, 4],
};

const templateOf = (name: string, category: string): Json => ({
  name,
  language: 'en_US',
  category,
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Trattoria' },
    { type: 'BODY', text: 'Hello {{1}}, your order {{2}} is ready.' },
    { type: 'FOOTER', text: 'Reply STOP to end' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }, { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' }] },
  ],
});

/** Sends of the first business of a simulated Meta, and the statuses that come of them. */
export class SimulatedSends {
  constructor(private readonly meta: SimulatedMeta) {}

  /** Sets everything up anew, with a template of each kind. */
  async reset(settings: Json = {}): Promise<void> {
    await this.meta.reset();
    const templates = [templateOf('order_ready', 'UTILITY'), templateOf('summer', 'MARKETING')];
    await this.meta.account({ wabaId: WABA, token: TOKEN, templates });
    await this.meta.control('PUT', '/settings', { ...BRISK, ...settings });
  }

  /** A template message; `changes` are laid over it. */
  send(changes: Json = {}, name = 'order_ready'): Promise<RestAnswer> {
    return this.meta.graph('POST', `${NUMBER}/messages`, { body: messageOf(changes, name) });
  }

  /** A template message to somebody, by a client that waits so long for the whole answer. */
  async hasty(to: string, timeoutMs: number): Promise<string> {
    const response = await fetch(`${this.meta.url}/v25.0/${NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(messageOf({ to })),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return response.text();
  }

  text(changes: Json = {}): Promise<RestAnswer> {
    return this.send({ type: 'text', text: { body: 'Hello' }, template: undefined, ...changes });
  }

  get statuses(): Status[] {
    return this.meta.told.flatMap(({ value }) => (value['statuses'] as Status[] | undefined) ?? []);
  }

  of(wamid: string): string[] {
    return this.statuses.filter(({ id }) => id === wamid).map(({ status }) => status);
  }

  /** The codes that a message failed with, once it did. */
  async failureOf(wamid: string): Promise<unknown> {
    await waitFor(() => this.of(wamid).includes('failed'));
    const failed = this.statuses.find(({ id, status }) => id === wamid && status === 'failed');
    return (failed?.['errors'] as Json[] | undefined)?.[0]?.['code'];
  }

  /** Waits until the statuses of a message are these, in this order. */
  async until(wamid: string, statuses: readonly string[]): Promise<void> {
    await waitFor(() => this.of(wamid).length >= statuses.length);
    expect(this.of(wamid)).toEqual(statuses);
  }

  /** A customer writes, which opens the window. */
  async customerWrites(message: Json = {}, phone = CUSTOMER): Promise<string> {
    const path = `/customers/${encodeURIComponent(phone)}/messages`;
    return String((await this.meta.control('POST', path, { phoneNumberId: NUMBER, ...message }))['wamid']);
  }

  /** Waits until no webhook is on its way. */
  async settled(): Promise<void> {
    await waitFor(async () => {
      const { callbacks } = await this.meta.control<{ callbacks: { backlog: Json }[] }>('GET', '/receiver');
      return callbacks.every(({ backlog }) => Object.values(backlog).every((count) => count === 0));
    });
  }

  async accepted(): Promise<number> {
    return (await this.meta.control<{ count: number }>('GET', '/ledger/count')).count;
  }
}

/** The body of a template message. */
export function messageOf(changes: Json = {}, name = 'order_ready'): Json {
  const parameters = ['Ana', 'A-7'].map((text) => ({ type: 'text', text }));
  const components = [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'A-7' }] },
  ];
  return {
    messaging_product: 'whatsapp',
    to: CUSTOMER,
    type: 'template',
    template: { name, language: { code: 'en_US' }, components },
    ...changes,
  };
}

export function wamidOf({ body, text }: RestAnswer): string {
  const id = (body['messages'] as { id: string }[] | undefined)?.[0]?.id;
  if (id === undefined) throw new Error(`This send was not accepted: ${text}`);
  return id;
}
