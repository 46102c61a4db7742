import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import type { Account } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { Handshake, type HandshakeResult } from '../webhooks/handshake.js';
import { ChangeTemplate } from './change-template.js';
import { notKnown } from './control-problem.js';
import { AccountDto, TemplateChangeDto } from './dto/account.dto.js';
import { AppDto } from './dto/app.dto.js';
import { PutAccount } from './put-account.js';

/** Apps, accounts and templates: what a business would set up with Meta. */
@Controller('control')
export class AccountsControlController {
  constructor(
    private readonly apps: Apps,
    private readonly accounts: Accounts,
    private readonly handshake: Handshake,
    private readonly putAccount: PutAccount,
    private readonly changeTemplate: ChangeTemplate,
  ) {}

  /** Keeps the app even where its callback fails the handshake: the answer says so, and a second try may follow. */
  @Post('apps')
  @HttpCode(200)
  async putApp(@Body() dto: AppDto): Promise<{ appId: string; handshake: HandshakeResult | null }> {
    const { skipHandshake, ...app } = dto;
    this.apps.put(app);
    const handshake = skipHandshake ? null : await this.handshake.perform(app.callbackUrl, app.verifyToken);
    return { appId: app.appId, handshake };
  }

  @Get('apps')
  listApps(): { appId: string; callbackUrl: string }[] {
    return this.apps.all().map(({ appId, callbackUrl }) => ({ appId, callbackUrl }));
  }

  @Post('accounts')
  @HttpCode(200)
  put(@Body() dto: AccountDto): JsonObject {
    return describe(this.putAccount.put(dto));
  }

  @Get('accounts')
  list(): JsonObject[] {
    return this.accounts.all().map(describe);
  }

  @Put('templates/:id')
  change(@Param('id') id: string, @Body() dto: TemplateChangeDto): JsonObject {
    const template = this.accounts.findTemplate(id);
    if (!template) throw notKnown('template', id);
    this.changeTemplate.change(template, dto);
    const { shape: _shape, ...rest } = template;
    return rest;
  }
}

function describe(account: Account): JsonObject {
  return {
    wabaId: account.wabaId,
    name: account.name,
    tokenState: account.tokenState,
    subscribedApps: [...account.subscriptions.keys()],
    numbers: [...account.numbers.values()].map(({ id, displayPhoneNumber, status, throughputLevel }) => ({
      id,
      displayPhoneNumber,
      status,
      throughputLevel,
    })),
    templates: [...account.templates.values()].map(({ id, name, language, status }) => ({
      id,
      name,
      language,
      status,
    })),
  };
}
