import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { SyncTemplatesModule } from '@parley/messaging';
import { AccountTemplates } from './account-templates.js';
import { ConnectNumber } from './connect-number.js';
import { NumberAtMeta } from './number-at-meta.js';
import { NumbersController } from './numbers.controller.js';
import { NumbersService } from './numbers.service.js';
import { OwnNumbers } from './own-numbers.js';
import { ResumeNumber } from './resume-number.js';
import { StoreNumber } from './store-number.js';

@Module({
  imports: [GraphModule, SyncTemplatesModule],
  controllers: [NumbersController],
  providers: [
    NumberAtMeta,
    StoreNumber,
    ResumeNumber,
    AccountTemplates,
    ConnectNumber,
    OwnNumbers,
    NumbersService,
  ],
})
export class NumbersModule {}
