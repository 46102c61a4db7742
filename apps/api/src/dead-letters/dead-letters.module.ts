import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.js';
import { ReadDeadLetters } from './read-dead-letters.js';
import { RedriveDeadLetters } from './redrive-dead-letters.js';
import { RedrivesController } from './redrives.controller.js';
import { RedrivesOfFilter } from './redrives-of-filter.js';

@Module({ controllers: [RedrivesController, DeadLettersController], providers: [ReadDeadLetters, RedriveDeadLetters, RedrivesOfFilter] })
export class DeadLettersModule {}
