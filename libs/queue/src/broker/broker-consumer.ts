import type { BrokerAddress, HealthProbe } from '@parley/platform';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, ConsumerStatus, type AsyncMessage, type Consumer, type Publisher } from 'rabbitmq-client';
import { deadLetterOf, readBrokerMessage, type BrokerMessage, type BrokerRefusal } from './broker-message.js';

/** What became of a message. `done` is said after COMMIT only. */
export type BrokerAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly refusal: BrokerRefusal }
  /** It is kept in hand for so long and given back then: as long as nothing can be done, no more is fetched. */
  | { readonly kind: 'later'; readonly afterMs: number };

export interface BrokerConsumerOptions {
  readonly address: BrokerAddress;
  /** Made, durable, where it is missing; one that is there stays as it is. */
  readonly queue: string;
  readonly prefetch: number;
  /** Never throws. */
  readonly handle: (message: BrokerMessage) => Promise<BrokerAnswer>;
  readonly onUnavailable: (error: Error) => void;
  readonly onReady: () => void;
}

const DEAD_LETTERS = '.dead';
const CONNECTION = { connectionName: 'parley-worker', retryLow: 200, retryHigh: 5_000, acquireTimeout: 2_000, connectionTimeout: 5_000, heartbeat: 20 };
/** When the dead letter could not be published. */
const REFUSAL_RETRY_MS = 1_000;

/**
 * Consumes one queue of RabbitMQ. A message is acknowledged after it was handled; a refused one goes to the queue's
 * dead letters first, with the reason in its headers, which a nack could not give it. Reconnects by itself for ever.
 */
export class BrokerConsumer {
  private readonly ending = new AbortController();
  private connection: Connection | undefined;
  private consumer: Consumer | undefined;
  private publisher: Publisher | undefined;
  private isAway = true;
  /** Whether the trouble that there is was told. */
  private isTold = false;

  constructor(private readonly options: BrokerConsumerOptions) {}

  /** For health: without the broker everything else goes on. */
  readonly probe: HealthProbe = {
    name: 'rabbitmq',
    required: false,
    check: async () => {
      if (this.isAway || !this.connection?.ready) throw new Error('RabbitMQ is not connected');
    },
  };

  /** Begins; returns at once, also without a broker. */
  start(): void {
    const { queue, prefetch, address } = this.options;
    const connection = (this.connection = new Connection({ ...CONNECTION, ...address }));
    this.publisher = connection.createPublisher({ confirm: true, maxAttempts: 2 });
    const consumer = (this.consumer = connection.createConsumer(
      // Passive: it is declared by us, once per connection, since another's arguments must not be contradicted.
      { queue, queueOptions: { passive: true }, qos: { prefetchCount: prefetch }, lazy: true },
      (message) => this.receive(message),
    ));
    connection.on('connection', () => void this.declareQueues(connection).then(() => consumer.start(), this.fail));
    connection.on('error', this.fail);
    consumer.on('error', this.fail);
    consumer.on('ready', () => {
      if (this.isAway) this.options.onReady();
      this.isAway = this.isTold = false;
    });
  }

  /** Fetches no more; ends when what is in hand was handled or given back. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.consumer?.close();
  }

  /** Call it after `stop`. */
  async disconnect(): Promise<void> {
    if (!this.connection?.ready) return this.connection?.unsafeDestroy();
    await this.publisher?.close();
    await this.connection.close();
  }

  private async receive(message: AsyncMessage): Promise<ConsumerStatus> {
    const answer = await this.options.handle(readBrokerMessage(message));
    if (answer.kind === 'done') return ConsumerStatus.ACK;
    if (answer.kind === 'later') return this.giveBack(answer.afterMs);
    return (await this.bury(message, answer.refusal)) ? ConsumerStatus.ACK : this.giveBack(REFUSAL_RETRY_MS);
  }

  private async giveBack(afterMs: number): Promise<ConsumerStatus> {
    // At the shutdown at once.
    await delay(afterMs, undefined, { signal: this.ending.signal }).catch(() => {});
    return ConsumerStatus.REQUEUE;
  }

  private async bury(message: AsyncMessage, refusal: BrokerRefusal): Promise<boolean> {
    try {
      await this.publisher?.send(deadLetterOf(message, this.options.queue + DEAD_LETTERS, refusal), message.body);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private async declareQueues(connection: Connection): Promise<void> {
    for (const queue of [this.options.queue, this.options.queue + DEAD_LETTERS]) {
      // What is there is left as it is: declaring it with other arguments would be refused.
      await connection.queueDeclare({ queue, passive: true }).catch(() => connection.queueDeclare({ queue, durable: true }));
    }
  }

  private readonly fail = (error: unknown): void => {
    if (this.ending.signal.aborted) return;
    if (!this.isTold) this.options.onUnavailable(error instanceof Error ? error : new Error(String(error)));
    this.isAway = this.isTold = true;
  };
}
