import { Module } from '@nestjs/common';
import { SyncTemplatesModule } from '@parley/messaging';
import { LedgerWakeProcessor } from './ledger-wake.processor.js';
import { ProcessLedger } from './process-ledger.js';

@Module({ imports: [SyncTemplatesModule], providers: [ProcessLedger, LedgerWakeProcessor], exports: [ProcessLedger] })
export class InboundModule {}
