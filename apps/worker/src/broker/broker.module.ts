import { Module } from '@nestjs/common';
import { BrokerIngress } from './broker-ingress.js';

/** Needs MessagingModule, which is global. */
@Module({ providers: [BrokerIngress], exports: [BrokerIngress] })
export class BrokerModule {}
