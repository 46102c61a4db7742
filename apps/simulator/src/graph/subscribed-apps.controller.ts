import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.js';
import type { MetaApp } from '../state/account.js';
import { GraphError } from './graph-error.js';
import { OverrideCallback } from './override-callback.js';
import { parametersOf } from './parameters.js';
import { TokenAccess } from './token-access.js';

/** Which apps get the webhooks of an account, and where. */
@Controller(':wabaId/subscribed_apps')
export class SubscribedAppsController {
  constructor(
    private readonly access: TokenAccess,
    private readonly override: OverrideCallback,
  ) {}

  @Get()
  list(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): { data: JsonObject[] } {
    const { subscriptions } = this.access.account(request, wabaId);
    const data = [...subscriptions.values()].map(({ appId, overrideCallbackUri }) => ({
      whatsapp_business_api_data: {
        id: appId,
        link: `https://www.facebook.com/games/?app_id=${appId}`,
        name: `App ${appId}`,
      },
      ...(overrideCallbackUri !== undefined && { override_callback_uri: overrideCallbackUri }),
    }));
    return { data };
  }

  /** Without a body this also clears an override that was set before. */
  @Post()
  @HttpCode(200)
  async subscribe(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): Promise<{ success: true }> {
    const account = this.access.account(request, wabaId);
    const { appId } = this.appOf(request);
    const { override_callback_uri: uri, verify_token: verifyToken } = parametersOf(request);
    const overrideCallbackUri = await this.override.verify(uri, verifyToken);
    account.subscriptions.set(appId, { appId, ...(overrideCallbackUri !== undefined && { overrideCallbackUri }) });
    return { success: true };
  }

  @Delete()
  unsubscribe(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): { success: true } {
    const account = this.access.account(request, wabaId);
    account.subscriptions.delete(this.appOf(request).appId);
    return { success: true };
  }

  private appOf(request: FastifyRequest): MetaApp {
    const app = this.access.appOfRequest(request);
    if (app) return app;
    throw new GraphError(100, { details: 'The token belongs to no app that is known here.' });
  }
}
