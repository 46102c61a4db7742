import { Module } from '@nestjs/common';
import { SystemDb } from '@parley/data';
import { AcceptMessages } from '../accept-messages.js';
import { CustomerDirectory } from '../lookups/customer-directory.js';
import { LookupsModule } from '../lookups/lookups.module.js';
import { AcceptNotifications } from './accept-notifications.js';
import { CheckMappings } from './check-mappings.js';
import { Expressions } from './expressions.js';

/** Provides AcceptNotifications and CheckMappings. It needs MessagingModule, which is global. */
@Module({
  imports: [LookupsModule],
  providers: [
    Expressions,
    {
      provide: AcceptNotifications,
      useFactory: (db: SystemDb, acceptance: AcceptMessages, customers: CustomerDirectory, expressions: Expressions) =>
        new AcceptNotifications({ db, acceptance, customers, expressions }),
      inject: [SystemDb, AcceptMessages, CustomerDirectory, Expressions],
    },
    { provide: CheckMappings, useFactory: (db: SystemDb, expressions: Expressions) => new CheckMappings(db, expressions), inject: [SystemDb, Expressions] },
  ],
  exports: [AcceptNotifications, CheckMappings, LookupsModule],
})
export class NotificationMessagesModule {}
