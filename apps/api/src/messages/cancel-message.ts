import { Injectable } from '@nestjs/common';
import { cancelMessage, SendingSweep, SystemDb } from '@parley/data';
import { DomainError } from '@parley/domain';
import { logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import type { TenantCaller } from '../auth/index.js';
import type { MessageView } from './message.view.js';
import { ReadMessages } from './read-messages.js';

/** Takes back what has not left yet. */
@Injectable()
export class CancelMessage {
  private readonly sweep: SendingSweep;

  constructor(
    private readonly system: SystemDb,
    private readonly messages: ReadMessages,
    private readonly producer: JobProducer,
    private readonly logger: PinoLogger,
  ) {
    this.sweep = new SendingSweep(system);
  }

  /** Cancelling twice is once. @throws resource.not-found, message.not-cancellable */
  async cancel({ tenantId, actor }: TenantCaller, id: string): Promise<MessageView> {
    const cancelled = await cancelMessage(this.system, tenantId, id, actor);
    if (cancelled) {
      const { numberId, contactId } = cancelled;
      logEvent(this.logger, 'message.state_changed', { messageId: id, tenantId, to: 'CANCELLED' });
      // It may have been the one that others to the same person waited for.
      if ((await this.sweep.freePairs(numberId, [contactId])) > 0) this.producer.wake('number.wake', { numberId });
    }
    const view = await this.messages.get(tenantId, id);
    if (view.status === 'CANCELLED') return view;
    const detail = view.status === 'QUEUED' ? 'It is being handed to WhatsApp at this moment.' : `The message is ${view.status}.`;
    throw new DomainError('message.not-cancellable', detail, { context: { status: view.status } });
  }
}
