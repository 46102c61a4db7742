import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Account, BusinessNumber, MetaApp, Scope, Template, TokenState } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { GraphError, unknownObject } from './graph-error.js';

/** Who asks: a token's accounts, or an app by its app token. */
export interface Caller {
  readonly token: string;
  readonly accounts: ReadonlySet<Account>;
  readonly app: MetaApp | undefined;
}

const BEARER = /^(?:Bearer|OAuth)\s+(.+)$/i;

const TOKEN_SUBCODES: Record<Exclude<TokenState, 'VALID'>, number> = {
  EXPIRED: 463,
  PASSWORD_CHANGED: 460,
  APP_REMOVED: 458,
  INVALID: 467,
};

/** Decides what a request's token may touch. */
@Injectable()
export class TokenAccess {
  constructor(
    private readonly accounts: Accounts,
    private readonly apps: Apps,
  ) {}

  /** @throws GraphError 104 without a token, 190 with one that is unknown or no longer valid */
  caller(request: FastifyRequest): Caller {
    const token = readToken(request);
    if (token === undefined) {
      throw new GraphError(104, { message: 'An access token is required to request this resource.' });
    }
    const accounts = this.accounts.ofToken(token);
    const app = this.apps.findByToken(token);
    if (!accounts && !app) throw invalidToken();
    const state = accounts && [...accounts].find((account) => account.tokenState !== 'VALID')?.tokenState;
    if (state && state !== 'VALID') throw invalidToken(TOKEN_SUBCODES[state]);
    return { token, app, accounts: accounts ?? new Set() };
  }

  /** The number, if the token may use it that way. */
  number(request: FastifyRequest, id: string, scope: Scope): BusinessNumber {
    const caller = this.caller(request);
    const number = this.accounts.findNumber(id);
    if (!number) throw unknownObject(request.method, id);
    this.require(caller, number.wabaId, scope);
    return number;
  }

  /** The account, if the token may manage it. */
  account(request: FastifyRequest, wabaId: string): Account {
    const caller = this.caller(request);
    const account = this.accounts.find(wabaId);
    if (!account) throw unknownObject(request.method, wabaId);
    return this.require(caller, wabaId, 'whatsapp_business_management');
  }

  /** The number, account or template of that id, if the token may read it. */
  node(request: FastifyRequest, id: string): { number?: BusinessNumber; account?: Account; template?: Template } {
    const caller = this.caller(request);
    const found = {
      number: this.accounts.findNumber(id),
      account: this.accounts.find(id),
      template: this.accounts.findTemplate(id),
    };
    const wabaId = (found.number ?? found.account ?? found.template)?.wabaId;
    if (wabaId === undefined) throw unknownObject(request.method, id);
    this.require(caller, wabaId, 'whatsapp_business_management');
    return found;
  }

  private require(caller: Caller, wabaId: string, scope: Scope): Account {
    const account = this.accounts.find(wabaId);
    if (!account || !caller.accounts.has(account)) {
      throw new GraphError(200, {
        message: "(#200) You do not have the necessary permissions to access this WhatsApp Business Account's assets.",
      });
    }
    if (!account.scopes.includes(scope)) {
      throw new GraphError(10, { message: `(#10) Application does not have permission for this action: ${scope}` });
    }
    return account;
  }
}

/** The token of a request, from its header or its query. */
export function readToken(request: FastifyRequest): string | undefined {
  const fromHeader = BEARER.exec(request.headers.authorization ?? '')?.[1]?.trim();
  if (fromHeader) return fromHeader;
  const { access_token: fromQuery } = request.query as Record<string, unknown>;
  return typeof fromQuery === 'string' && fromQuery !== '' ? fromQuery : undefined;
}

function invalidToken(subcode?: number): GraphError {
  const message =
    subcode === 463
      ? 'Error validating access token: Session has expired.'
      : 'Invalid OAuth access token - Cannot parse access token';
  return new GraphError(190, { message, ...(subcode !== undefined && { subcode }) });
}
