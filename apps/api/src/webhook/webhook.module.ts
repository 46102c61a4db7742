import { Module } from '@nestjs/common';
import { AppsModule } from '../apps/apps.module.js';
import { ReceiveWebhook } from './receive-webhook.js';
import { WebhookController } from './webhook.controller.js';

@Module({ imports: [AppsModule], controllers: [WebhookController], providers: [ReceiveWebhook] })
export class WebhookModule {}
