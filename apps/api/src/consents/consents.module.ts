import { Module } from '@nestjs/common';
import { ConsentsController } from './consents.controller.js';
import { ImportConsents } from './import-consents.js';
import { ProveConsents } from './prove-consents.js';
import { ReadConsents } from './read-consents.js';
import { RecordConsent } from './record-consent.js';

@Module({ controllers: [ConsentsController], providers: [RecordConsent, ReadConsents, ImportConsents, ProveConsents] })
export class ConsentsModule {}
