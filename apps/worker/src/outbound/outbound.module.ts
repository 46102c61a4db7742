import { Module } from '@nestjs/common';
import { NumberPauses, SendingSweep, SystemDb } from '@parley/data';
import { GraphModule } from '@parley/graph';
import { LimitsModule } from '@parley/limits';
import { Config } from '@parley/platform';
import { OutboundMedia } from '../media/outbound-media.js';
import { PrepareMedia } from '../media/prepare-media.js';
import { TemplateDrift } from '../templates/template-drift.js';
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
    OutboundMedia,
    PrepareMedia,
    TemplateDrift,
    MessageSender,
    NumberTurns,
    NumberWakeProcessor,
  ],
  exports: [SendingSweep, NumberTurns, AccessTokens],
})
export class OutboundModule {}
