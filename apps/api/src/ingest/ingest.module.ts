import { Module } from '@nestjs/common';
import { DeadWebhooksController } from './dead-webhooks.controller.js';
import { DeadWebhooks } from './dead-webhooks.js';

@Module({ controllers: [DeadWebhooksController], providers: [DeadWebhooks] })
export class IngestModule {}
