import { All, Controller, Get, HttpCode, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../json.js';
import { Apps } from '../../state/apps.js';
import { OAuthCodes, type CodeFault } from '../../state/oauth-codes.js';
import { Tokens, type Grant } from '../../state/tokens.js';
import { GraphError } from '../graph-error.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';

/** Graph's words and numbers for codes that are worth nothing. */
const CODE_FAULTS: Readonly<Record<CodeFault, { readonly message: string; readonly subcode: number }>> = {
  unknown: { message: 'Invalid verification code format.', subcode: 36008 },
  used: { message: 'This authorization code has been used.', subcode: 36009 },
  expired: { message: 'This authorization code has expired.', subcode: 36007 },
};

/** Codes become tokens, and tokens tell what they open. */
@Controller()
export class OAuthController {
  constructor(
    private readonly access: TokenAccess,
    private readonly apps: Apps,
    private readonly codes: OAuthCodes,
    private readonly tokens: Tokens,
  ) {}

  /** Exchanges a code of the embedded signup for a business token; the app's secret proves who asks. */
  @All('oauth/access_token')
  @HttpCode(200)
  exchange(@Req() request: FastifyRequest): JsonObject {
    const { client_id: appId, client_secret: secret, code } = parametersOf(request);
    const app = typeof appId === 'string' ? this.apps.find(appId) : undefined;
    if (!app) {
      throw new GraphError(101, {
        message: 'Error validating application. Cannot get application info due to a system error.',
      });
    }
    if (secret !== app.appSecret) throw new GraphError(1, { message: 'Error validating client secret.' });
    if (typeof code !== 'string' || code === '') {
      throw new GraphError(100, { message: '(#100) The parameter code is required.' });
    }
    const redeemed = this.codes.redeem(code, app.appId);
    if (typeof redeemed === 'string') throw new GraphError(100, CODE_FAULTS[redeemed]);
    const { lifetimeSeconds } = redeemed;
    return {
      access_token: this.tokens.issue(redeemed),
      token_type: 'bearer',
      ...(lifetimeSeconds > 0 && { expires_in: lifetimeSeconds }),
    };
  }

  /** What a token may touch. Asked with the app's own token, or with one of the same app. */
  @Get('debug_token')
  inspect(@Req() request: FastifyRequest, @Query('input_token') inputToken?: string): { readonly data: JsonObject } {
    const { app: asking } = this.access.caller(request);
    if (!inputToken) throw new GraphError(100, { message: '(#100) The parameter input_token is required.' });
    const grant = this.tokens.find(inputToken);
    const app = this.access.appOf(grant);
    if (!grant || (asking && app && asking.appId !== app.appId)) {
      const error = { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' };
      return { data: { is_valid: false, scopes: [], error } };
    }
    return {
      data: {
        app_id: app?.appId,
        type: 'SYSTEM_USER',
        application: `App ${app?.appId}`,
        data_access_expires_at: 0,
        expires_at: grant.expiresAt,
        is_valid: grant.state === 'VALID',
        issued_at: grant.issuedAt,
        scopes: scopesOf(grant),
        granular_scopes: granularScopes(grant),
        user_id: '122100000000000001',
      },
    };
  }
}

function scopesOf(grant: Grant): string[] {
  return [...new Set([...grant.accounts].flatMap((account) => grant.scopesOf(account)))];
}

function granularScopes(grant: Grant): JsonObject[] {
  return scopesOf(grant).map((scope) => ({
    scope,
    target_ids: [...grant.accounts]
      .filter((account) => grant.scopesOf(account).some((granted) => granted === scope))
      .map(({ wabaId }) => wabaId),
  }));
}
