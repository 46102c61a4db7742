import { Module } from '@nestjs/common';
import { HoldsController } from './holds.controller.js';
import { ManageHolds } from './manage-holds.js';

@Module({ controllers: [HoldsController], providers: [ManageHolds] })
export class HoldsModule {}
