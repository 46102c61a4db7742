import { Injectable } from '@nestjs/common';
import { settleDoubt, SystemDb } from '@parley/data';
import { UNCERTAIN } from '@parley/domain';
import { Config, logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

/** Ends the doubt about messages whose outcome no status told in time. The poll runs it. */
@Injectable()
export class SettleDoubt {
  constructor(
    private readonly db: SystemDb,
    private readonly config: Config,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  async run(): Promise<void> {
    for (const { numberId, how, count } of await settleDoubt(this.db, this.config.UNKNOWN_AFTER_SECONDS)) {
      this.metrics.add('outbound_message_doubt_settled_total', count, { how });
      if (how === 'parked') this.metrics.add('outbound_message_failed_total', count, { channel: 'WHATSAPP', error_code: UNCERTAIN });
      logEvent(this.logger, 'message.doubt_settled', { numberId, how, count });
    }
  }
}
