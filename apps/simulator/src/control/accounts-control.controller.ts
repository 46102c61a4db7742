import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { JsonObject } from '../json.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { Handshake } from '../webhooks/handshake.js';
import { describeAccount } from './account-views.js';
import { AccountView, AppAnswer, AppView } from './dto/account-view.dto.js';
import { AccountDto } from './dto/account.dto.js';
import { AppDto } from './dto/app.dto.js';
import { Known } from './known.js';
import { PutAccount } from './put-account.js';

/** Apps and accounts: what a business would set up with Meta. */
@ApiTags('Accounts')
@Controller('control')
export class AccountsControlController {
  constructor(
    private readonly apps: Apps,
    private readonly accounts: Accounts,
    private readonly known: Known,
    private readonly handshake: Handshake,
    private readonly putAccount: PutAccount,
  ) {}

  /** Keeps the app even where its callback fails the handshake: the answer says so, and a second try may follow. */
  @ApiOperation({ operationId: 'putApp', summary: 'Make an app known, with its handshake' })
  @ApiOkResponse({ type: AppAnswer })
  @Post('apps')
  @HttpCode(200)
  async putApp(@Body() dto: AppDto): Promise<AppAnswer> {
    const { skipHandshake, ...app } = dto;
    this.apps.put(app);
    const handshake = skipHandshake ? null : await this.handshake.perform(app.callbackUrl, app.verifyToken);
    return { appId: app.appId, handshake };
  }

  @ApiOperation({ operationId: 'listApps', summary: 'The apps' })
  @ApiOkResponse({ type: [AppView] })
  @Get('apps')
  listApps(): AppView[] {
    return this.apps.all().map(({ appId, callbackUrl }) => ({ appId, callbackUrl }));
  }

  @ApiOperation({
    operationId: 'putAccount',
    summary: 'Make an account known, or change it; the same request twice changes nothing',
  })
  @ApiOkResponse({ type: AccountView })
  @Post('accounts')
  @HttpCode(200)
  put(@Body() dto: AccountDto): JsonObject {
    return describeAccount(this.putAccount.put(dto));
  }

  @ApiOperation({ operationId: 'listAccounts', summary: 'The accounts with their numbers and templates' })
  @ApiOkResponse({ type: [AccountView] })
  @Get('accounts')
  list(): JsonObject[] {
    return this.accounts.all().map(describeAccount);
  }

  @ApiOperation({ operationId: 'getAccount', summary: 'One account' })
  @ApiOkResponse({ type: AccountView })
  @Get('accounts/:wabaId')
  read(@Param('wabaId') wabaId: string): JsonObject {
    return describeAccount(this.known.account(wabaId));
  }
}
