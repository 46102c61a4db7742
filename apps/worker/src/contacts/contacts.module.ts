import { Module } from '@nestjs/common';
import { MergeContacts } from './merge-contacts.js';

@Module({ providers: [MergeContacts], exports: [MergeContacts] })
export class ContactsModule {}
