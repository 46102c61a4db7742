import { Module } from '@nestjs/common';
import { Holds, SendingSweep, SystemDb } from '@parley/data';
import { GraphModule } from '@parley/graph';
import { LimitsModule } from '@parley/limits';
import { Config } from '@parley/platform';
import { OutboundMedia } from '../media/outbound-media.js';
import { PrepareMedia } from '../media/prepare-media.js';
import { TemplateDrift } from '../templates/template-drift.js';
import { AccessTokens } from './access-tokens.js';
import { MessageSender } from './message-sender.js';
import { NumberBreakers } from './number-breakers.js';
import { NumberTurns } from './number-turns.js';
import { NumberWakeProcessor } from './number-wake.processor.js';
import { RefusedTokens } from './refused-tokens.js';
import { RetryBudgets } from './retry-budgets.js';
import { ScopeHolds } from './scope-holds.js';
import { SendingCapacity } from './sending-capacity.js';
import { SettleAttempt } from './settle-attempt.js';
import { SettleDoubt } from './settle-doubt.js';
import { TeachGovernor } from './teach-governor.js';

@Module({
  imports: [GraphModule, LimitsModule],
  providers: [
    { provide: SendingSweep, useFactory: (db: SystemDb) => new SendingSweep(db), inject: [SystemDb] },
    { provide: Holds, useFactory: (db: SystemDb) => new Holds(db), inject: [SystemDb] },
    { provide: SendingCapacity, useFactory: (config: Config) => new SendingCapacity(config.OUTBOUND_CONCURRENCY), inject: [Config] },
    AccessTokens,
    OutboundMedia,
    PrepareMedia,
    TemplateDrift,
    NumberBreakers,
    RefusedTokens,
    RetryBudgets,
    ScopeHolds,
    SettleAttempt,
    SettleDoubt,
    TeachGovernor,
    MessageSender,
    NumberTurns,
    NumberWakeProcessor,
  ],
  exports: [Holds, SendingSweep, NumberTurns, AccessTokens, SettleDoubt],
})
export class OutboundModule {}
