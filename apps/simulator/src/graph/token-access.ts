import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Account, BusinessNumber, MetaApp, Scope, Template, TokenState } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { MediaStore, type Media } from '../state/media-store.js';
import { Tokens, type Grant } from '../state/tokens.js';
import { CallMeter } from './call-meter.js';
import { GraphError, unknownObject } from './graph-error.js';

/** Who asks: a token's accounts, or an app by its app token. */
export interface Caller {
  readonly token: string;
  readonly grant: Grant | undefined;
  readonly app: MetaApp | undefined;
}

/** What an id may stand for. */
export interface Node {
  readonly number?: BusinessNumber | undefined;
  readonly account?: Account | undefined;
  readonly template?: Template | undefined;
  readonly media?: Media | undefined;
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
    private readonly tokens: Tokens,
    private readonly mediaStore: MediaStore,
    private readonly meter: CallMeter,
  ) {}

  /** @throws GraphError 104 without a token, 190 with one that is unknown or no longer valid */
  caller(request: FastifyRequest): Caller {
    const token = readToken(request);
    if (token === undefined) {
      throw new GraphError(104, { message: 'An access token is required to request this resource.' });
    }
    const grant = this.tokens.find(token);
    const app = this.apps.findByToken(token);
    if (!grant && !app) throw invalidToken();
    if (grant && grant.state !== 'VALID') throw invalidToken(TOKEN_SUBCODES[grant.state]);
    this.meter.countApp(request, app?.appId ?? this.appIdOf(grant));
    return { token, grant, app };
  }

  /** The number, if the token may use it that way. */
  number(request: FastifyRequest, id: string, scope: Scope): BusinessNumber {
    const caller = this.caller(request);
    const number = this.accounts.findNumber(id);
    if (!number) throw unknownObject(request.method, id);
    this.require(request, caller, number.wabaId, scope);
    if (scope === 'whatsapp_business_messaging') {
      this.meter.countMessaging(this.appIdOf(caller.grant), number.wabaId);
    }
    return number;
  }

  /** The account, if the token may manage it. @throws GraphError 80008 when too many calls were made to it */
  account(request: FastifyRequest, wabaId: string): Account {
    const caller = this.caller(request);
    const account = this.accounts.find(wabaId);
    if (!account) throw unknownObject(request.method, wabaId);
    this.require(request, caller, wabaId, 'whatsapp_business_management');
    this.meter.countManagement(this.appIdOf(caller.grant), account);
    return account;
  }

  /** The media, if the token may use it. With a number it has to be that number's. */
  media(request: FastifyRequest, id: string, phoneNumberId?: string): Media {
    const caller = this.caller(request);
    const media = this.mediaStore.find(id);
    const isForeign = phoneNumberId !== undefined && phoneNumberId !== media?.phoneNumberId;
    const number = media && this.accounts.findNumber(media.phoneNumberId);
    if (!media || !number || isForeign) throw unknownObject(request.method, id);
    this.require(request, caller, number.wabaId, 'whatsapp_business_messaging');
    return media;
  }

  /** The number, account, template or media of that id, if the token may use it. */
  node(request: FastifyRequest, id: string): Node {
    if (this.accounts.find(id)) return { account: this.account(request, id) };
    if (this.mediaStore.find(id)) {
      const { phone_number_id: phoneNumberId } = request.query as Record<string, string | undefined>;
      return { media: this.media(request, id, phoneNumberId) };
    }
    const caller = this.caller(request);
    const found = { number: this.accounts.findNumber(id), template: this.accounts.findTemplate(id) };
    const wabaId = (found.number ?? found.template)?.wabaId;
    if (wabaId === undefined) throw unknownObject(request.method, id);
    this.require(request, caller, wabaId, 'whatsapp_business_management');
    return found;
  }

  /** The app that a token belongs to: the one it names, else the only one there is. */
  appOf(grant: Grant | undefined): MetaApp | undefined {
    return this.apps.find(grant?.appId) ?? this.apps.only();
  }

  /** The app that a request's token belongs to. */
  appOfRequest(request: FastifyRequest): MetaApp | undefined {
    const token = readToken(request);
    return token === undefined ? undefined : this.appOf(this.tokens.find(token));
  }

  private appIdOf(grant: Grant | undefined): string {
    return grant?.appId ?? this.apps.only()?.appId ?? '0';
  }

  private require(request: FastifyRequest, { grant }: Caller, wabaId: string, scope: Scope): void {
    const account = this.accounts.find(wabaId);
    if (!account || !grant?.accounts.has(account)) {
      throw new GraphError(200, {
        message: "(#200) You do not have the necessary permissions to access this WhatsApp Business Account's assets.",
      });
    }
    if (!grant.scopesOf(account).includes(scope)) {
      throw new GraphError(10, { message: `(#10) Application does not have permission for this action: ${scope}` });
    }
    this.meter.meet(request, this.appIdOf(grant), account);
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
