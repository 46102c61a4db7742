import { Injectable } from '@nestjs/common';
import { Settings } from '../state/settings.js';
import type { FaultEffect } from './fault.js';
import { FaultQueue } from './fault-queue.js';
import { magicFault } from './magic-recipient.js';

/** What is to go wrong with a send: what the control API asked for, else what its recipient asks for. */
@Injectable()
export class ChooseFault {
  constructor(
    private readonly queue: FaultQueue,
    private readonly settings: Settings,
  ) {}

  /** @param recipient digits of a phone, or a business-scoped id */
  forSend(phoneNumberId: string, recipient: string): FaultEffect | undefined {
    const asked = this.queue.take(phoneNumberId, recipient);
    return asked ?? (this.settings.values.magicRecipients ? magicFault(recipient) : undefined);
  }
}
