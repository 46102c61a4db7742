import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AcceptMessages } from '@parley/messaging';
import { Config, logEvent, Metrics, ShutdownSteps, type HealthProbe } from '@parley/platform';
import { BrokerConsumer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { AcceptBrokerMessages } from './accept-broker-messages.js';

/** Takes messages from RabbitMQ, where there is one. */
@Injectable()
export class BrokerIngress implements OnApplicationBootstrap {
  private readonly consumer: BrokerConsumer | null;

  constructor(
    config: Config,
    acceptance: AcceptMessages,
    metrics: Metrics,
    logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
  ) {
    const { broker: address, RABBITMQ_BINDINGS: bindings = [], RABBITMQ_QUEUE: queue, RABBITMQ_PREFETCH: prefetch } = config;
    const messages = new AcceptBrokerMessages({ bindings, acceptance, metrics, logger });
    this.consumer =
      address &&
      new BrokerConsumer({
        address,
        queue,
        prefetch,
        handle: (message) => messages.handle(message),
        onUnavailable: (err) => logEvent(logger, 'broker.unavailable', { err }),
        onReady: () => logEvent(logger, 'broker.recovered', { queue }),
      });
  }

  /** How the broker fares; none where there is none. */
  get probes(): readonly HealthProbe[] {
    return this.consumer ? [this.consumer.probe] : [];
  }

  onApplicationBootstrap(): void {
    const { consumer, shutdown } = this;
    if (!consumer) return;
    shutdown.add('stop-intake', 'broker', () => consumer.stop());
    shutdown.add('close-redis', 'broker', () => consumer.disconnect());
    consumer.start();
  }
}
