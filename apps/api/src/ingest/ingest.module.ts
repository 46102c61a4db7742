import { Module } from '@nestjs/common';
import { DeadWebhooksController } from './dead-webhooks.controller.js';
import { DeadWebhooks } from './dead-webhooks.js';
import { LedgerController } from './ledger.controller.js';
import { ReadLedger } from './read-ledger.js';
import { ReplaysController } from './replays.controller.js';
import { Replays } from './replays.js';

@Module({ controllers: [LedgerController, ReplaysController, DeadWebhooksController], providers: [ReadLedger, Replays, DeadWebhooks] })
export class IngestModule {}
