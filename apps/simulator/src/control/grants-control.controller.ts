import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Tokens } from '../state/tokens.js';
import { SignupCodeView, TokenView } from './dto/account-view.dto.js';
import { GrantDto, RevokeDto } from './dto/grant.dto.js';
import { IssueGrants } from './issue-grants.js';
import { Known } from './known.js';

/** What a customer does in the embedded signup. */
@ApiTags('Onboarding')
@Controller('control')
export class GrantsControlController {
  constructor(
    private readonly known: Known,
    private readonly grants: IssueGrants,
    private readonly tokens: Tokens,
  ) {}

  @ApiOperation({
    operationId: 'makeSignupCode',
    summary: 'A code for an account, as the embedded signup gives it to the browser',
  })
  @ApiCreatedResponse({ type: SignupCodeView })
  @Post('accounts/:wabaId/codes')
  code(@Param('wabaId') wabaId: string, @Body() dto: GrantDto): SignupCodeView {
    return this.grants.code(this.known.account(wabaId), dto);
  }

  @ApiOperation({ operationId: 'makeToken', summary: 'A further token for an account' })
  @ApiCreatedResponse({ type: TokenView })
  @Post('accounts/:wabaId/tokens')
  token(@Param('wabaId') wabaId: string, @Body() dto: GrantDto): TokenView {
    return { token: this.grants.token(this.known.account(wabaId), dto) };
  }

  @ApiOperation({ operationId: 'revokeToken', summary: 'Let a token that was given out end' })
  @ApiNoContentResponse()
  @Post('tokens/revoke')
  @HttpCode(204)
  revoke(@Body() { token, state }: RevokeDto): void {
    this.tokens.revoke(token, state);
  }
}
