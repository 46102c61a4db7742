import { Module } from '@nestjs/common';
import { ConsentsController } from './consents.controller.js';
import { ReadConsents } from './read-consents.js';
import { RecordConsent } from './record-consent.js';

@Module({ controllers: [ConsentsController], providers: [RecordConsent, ReadConsents] })
export class ConsentsModule {}
