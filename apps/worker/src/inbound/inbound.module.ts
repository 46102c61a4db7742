import { Module } from '@nestjs/common';
import { LimitsModule } from '@parley/limits';
import { SyncTemplatesModule } from '@parley/messaging';
import { LedgerWakeProcessor } from './ledger-wake.processor.js';
import { ProcessLedger } from './process-ledger.js';
import { ReplayLedger } from './replay-ledger.js';
import { TellSettled } from './tell-settled.js';

@Module({ imports: [LimitsModule, SyncTemplatesModule], providers: [TellSettled, ReplayLedger, ProcessLedger, LedgerWakeProcessor], exports: [ProcessLedger] })
export class InboundModule {}
