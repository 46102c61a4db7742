import { Module } from '@nestjs/common';
import { LedgerWakeProcessor } from './ledger-wake.processor.js';
import { ProcessLedger } from './process-ledger.js';

@Module({ providers: [ProcessLedger, LedgerWakeProcessor], exports: [ProcessLedger] })
export class InboundModule {}
