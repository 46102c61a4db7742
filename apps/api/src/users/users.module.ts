import { Module } from '@nestjs/common';
import { ManageUsers } from './manage-users.js';
import { UsersController } from './users.controller.js';

@Module({ controllers: [UsersController], providers: [ManageUsers] })
export class UsersModule {}
