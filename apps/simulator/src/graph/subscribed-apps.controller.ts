import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject } from '../json.js';
import type { Account, MetaApp } from '../state/account.js';
import { Apps } from '../state/apps.js';
import { Handshake } from '../webhooks/handshake.js';
import { GraphError } from './graph-error.js';
import { TokenAccess } from './token-access.js';

const MAX_CALLBACK_LENGTH = 200;

/** Which apps get the webhooks of an account, and where. */
@Controller(':wabaId/subscribed_apps')
export class SubscribedAppsController {
  constructor(
    private readonly access: TokenAccess,
    private readonly apps: Apps,
    private readonly handshake: Handshake,
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
  async subscribe(
    @Param('wabaId') wabaId: string,
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<{ success: true }> {
    const account = this.access.account(request, wabaId);
    const { appId } = this.appOf(account);
    const overrideCallbackUri = await this.verifiedOverride(body);
    account.subscriptions.set(appId, { appId, ...(overrideCallbackUri !== undefined && { overrideCallbackUri }) });
    return { success: true };
  }

  @Delete()
  unsubscribe(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): { success: true } {
    const account = this.access.account(request, wabaId);
    account.subscriptions.delete(this.appOf(account).appId);
    return { success: true };
  }

  private appOf(account: Account): MetaApp {
    const app = this.apps.find(account.appId) ?? this.apps.only();
    if (app) return app;
    throw new GraphError(100, { details: 'The token belongs to no app that is known here.' });
  }

  private async verifiedOverride(body: unknown): Promise<string | undefined> {
    const { override_callback_uri: uri, verify_token: verifyToken } = isJsonObject(body) ? body : {};
    if (uri === undefined) return undefined;
    if (typeof uri !== 'string' || !URL.canParse(uri) || uri.length > MAX_CALLBACK_LENGTH) {
      throw new GraphError(100, {
        details: `override_callback_uri has to be an address of at most ${MAX_CALLBACK_LENGTH} characters.`,
      });
    }
    if (typeof verifyToken !== 'string') throw new GraphError(100, { details: 'verify_token is required.' });
    const { ok, reason } = await this.handshake.perform(uri, verifyToken);
    if (ok) return uri;
    throw new GraphError(100, {
      message: `(#2200) Callback verification failed with the following errors: ${reason}`,
      subcode: 2200,
    });
  }
}
