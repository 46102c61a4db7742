import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { LimitsModule } from '@parley/limits';
import { RequestLimitGuard } from './request-limit.guard.js';

/** Limits what each caller may ask of the API. It comes after AuthModule: its guard asks who the caller is. */
@Module({ imports: [LimitsModule], providers: [{ provide: APP_GUARD, useClass: RequestLimitGuard }] })
export class ProtectionModule {}
