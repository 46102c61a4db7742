import { Module } from '@nestjs/common';
import { ReadTemplates } from './read-templates.js';
import { TemplatesController } from './templates.controller.js';

@Module({ controllers: [TemplatesController], providers: [ReadTemplates] })
export class TemplatesModule {}
