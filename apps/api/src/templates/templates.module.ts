import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { SyncTemplatesModule } from '@parley/messaging';
import { NumbersModule } from '../numbers/numbers.module.js';
import { ChangeTemplates } from './change-templates.js';
import { OwnTemplates } from './own-templates.js';
import { ReadTemplateVersions } from './read-template-versions.js';
import { ReadTemplates } from './read-templates.js';
import { TemplateDrafts } from './template-drafts.js';
import { TemplateSampleMedia } from './template-sample-media.js';
import { TemplatesAtMeta } from './templates-at-meta.js';
import { TemplatesController } from './templates.controller.js';
import { WriteTemplatesController } from './write-templates.controller.js';

@Module({
  imports: [GraphModule, SyncTemplatesModule, NumbersModule],
  controllers: [TemplatesController, WriteTemplatesController],
  providers: [ReadTemplates, ReadTemplateVersions, OwnTemplates, TemplateDrafts, TemplateSampleMedia, TemplatesAtMeta, ChangeTemplates],
})
export class TemplatesModule {}
