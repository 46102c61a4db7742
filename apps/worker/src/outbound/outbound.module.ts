import { Module } from '@nestjs/common';
import { NumberPauses, SendingSweep, SystemDb } from '@parley/data';
import { GraphModule } from '@parley/graph';
import { LimitsModule } from '@parley/limits';
import { Config } from '@parley/platform';
import { AccessTokens } from './access-tokens.js';
import { MessageSender } from './message-sender.js';
import { NumberTurns } from './number-turns.js';
import { NumberWakeProcessor } from './number-wake.processor.js';
import { SendingCapacity } from './sending-capacity.js';

@Module({
  imports: [GraphModule, LimitsModule],
  providers: [
    { provide: SendingSweep, useFactory: (db: SystemDb) => new SendingSweep(db), inject: [SystemDb] },
    { provide: NumberPauses, useFactory: (db: SystemDb) => new NumberPauses(db), inject: [SystemDb] },
    { provide: SendingCapacity, useFactory: (config: Config) => new SendingCapacity(config.OUTBOUND_CONCURRENCY), inject: [Config] },
    AccessTokens,
    MessageSender,
    NumberTurns,
    NumberWakeProcessor,
  ],
  exports: [SendingSweep, NumberTurns],
})
export class OutboundModule {}
