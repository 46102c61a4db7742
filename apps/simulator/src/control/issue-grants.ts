import { Injectable } from '@nestjs/common';
import { portfolioOf } from '../graph/health-status.js';
import { SCOPES, type Account } from '../state/account.js';
import { Apps } from '../state/apps.js';
import { OAuthCodes } from '../state/oauth-codes.js';
import { Tokens, type TokenRequest } from '../state/tokens.js';
import { ControlProblem } from './control-problem.js';
import type { SignupCodeView } from './dto/account-view.dto.js';
import type { GrantDto } from './dto/grant.dto.js';

/** Does what a customer does in the embedded signup: gives an app a code for an account, or a token at once. */
@Injectable()
export class IssueGrants {
  constructor(
    private readonly apps: Apps,
    private readonly codes: OAuthCodes,
    private readonly tokens: Tokens,
  ) {}

  /** @throws ControlProblem where it is not clear which app it is for */
  code(account: Account, dto: GrantDto): SignupCodeView {
    const grants = this.grantsOf(account, dto);
    const [number] = account.numbers.keys();
    return {
      code: this.codes.issue(grants, dto.codeLifetimeSeconds),
      appId: grants.appId,
      wabaId: account.wabaId,
      phoneNumberId: number ?? null,
      businessId: portfolioOf(account),
    };
  }

  /** @throws ControlProblem where it is not clear which app it is for */
  token(account: Account, dto: GrantDto): string {
    return this.tokens.issue(this.grantsOf(account, dto));
  }

  private grantsOf(account: Account, { appId, scopes, lifetimeSeconds }: GrantDto): TokenRequest {
    const app = this.apps.find(appId ?? account.appId) ?? (appId === undefined ? this.apps.only() : undefined);
    if (!app)
      throw new ControlProblem(409, 'app.missing', 'Say by appId which app it is for: POST /control/apps makes one.');
    return {
      appId: app.appId,
      wabaIds: [account.wabaId],
      scopes: scopes ?? SCOPES,
      lifetimeSeconds: lifetimeSeconds ?? 0,
    };
  }
}
