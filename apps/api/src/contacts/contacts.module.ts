import { Module } from '@nestjs/common';
import { ContactsController } from './contacts.controller.js';
import { OwnContacts } from './own-contacts.js';

@Module({ controllers: [ContactsController], providers: [OwnContacts] })
export class ContactsModule {}
