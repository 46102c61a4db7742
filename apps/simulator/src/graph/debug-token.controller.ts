import { Controller, Get, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.js';
import type { Account } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { GraphError } from './graph-error.js';
import { TokenAccess } from './token-access.js';

/** GET /debug_token: what a token may touch. */
@Controller('debug_token')
export class DebugTokenController {
  constructor(
    private readonly access: TokenAccess,
    private readonly accounts: Accounts,
    private readonly apps: Apps,
  ) {}

  @Get()
  inspect(@Req() request: FastifyRequest, @Query('input_token') inputToken?: string): { data: JsonObject } {
    this.access.caller(request);
    if (!inputToken) throw new GraphError(100, { message: '(#100) The parameter input_token is required.' });
    const touched = [...(this.accounts.ofToken(inputToken) ?? [])];
    const [first] = touched;
    if (!first) {
      const error = { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' };
      return { data: { is_valid: false, scopes: [], error } };
    }
    const appId = (this.apps.find(first.appId) ?? this.apps.only())?.appId;
    return {
      data: {
        app_id: appId,
        type: 'SYSTEM_USER',
        application: `App ${appId}`,
        data_access_expires_at: 0,
        expires_at: first.tokenState === 'EXPIRED' ? 1 : 0,
        is_valid: touched.every((account) => account.tokenState === 'VALID'),
        scopes: first.scopes,
        granular_scopes: granularScopes(touched),
        user_id: '122100000000000001',
      },
    };
  }
}

function granularScopes(touched: readonly Account[]): JsonObject[] {
  const scopes = [...new Set(touched.flatMap((account) => account.scopes))];
  return scopes.map((scope) => ({
    scope,
    target_ids: touched.filter((account) => account.scopes.includes(scope)).map((account) => account.wabaId),
  }));
}
