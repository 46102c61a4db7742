import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { ProcessLedger } from './process-ledger.js';

/** Webhooks are waiting in the ledger. */
@Injectable()
export class LedgerWakeProcessor extends JobProcessor<'ledger.wake'> {
  readonly job = 'ledger.wake';

  constructor(private readonly ledger: ProcessLedger) {
    super();
  }

  process(_payload: object, signal: AbortSignal): Promise<void> {
    return this.ledger.run(signal);
  }
}
