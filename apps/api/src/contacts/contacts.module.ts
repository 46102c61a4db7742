import { Module } from '@nestjs/common';
import { ContactsController } from './contacts.controller.js';
import { JoinContacts } from './join-contacts.js';
import { OwnContacts } from './own-contacts.js';

@Module({ controllers: [ContactsController], providers: [OwnContacts, JoinContacts] })
export class ContactsModule {}
