import { Injectable } from '@nestjs/common';
import { DomainError } from '@parley/domain';
import { GraphClient, WhatsAppError, type AccountNode, type PhoneNumberNode, type TokenInfo } from '@parley/graph';
import { graphRefusal, refusesObject, refusesToken } from './graph-refusal.js';

/** What somebody says belongs together. */
export interface NumberClaim {
  /** Meta's ids: digits. */
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
}

/** What Meta says of it. */
export interface ProvenNumber {
  accountName: string;
  businessId: string | null;
  number: PhoneNumberNode;
}

/** What a token must be allowed. */
export const REQUIRED_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'] as const;

/** A number as Meta knows it, asked for with the token that somebody gives us. */
@Injectable()
export class NumberAtMeta {
  constructor(private readonly graph: GraphClient) {}

  /**
   * Proves that the token may use the account, and that the number is part of it.
   * @throws DomainError credential.invalid, number.mismatch or graph.unavailable, with Meta's code and trace id
   */
  async prove(claim: NumberClaim): Promise<ProvenNumber> {
    const account = await this.checkToken(claim);
    const number = (await this.listNumbers(claim)).find(({ id }) => id === claim.phoneNumberId);
    if (number) return { accountName: account.name ?? '', businessId: account.owner_business_info?.id ?? null, number };
    throw new DomainError('number.mismatch', 'The account has no number of this id.', {
      errors: [{ pointer: '/phoneNumberId', code: 'number.mismatch', detail: 'The account has no number of this id.' }],
    });
  }

  /** The account, if the token may use it. @throws DomainError credential.invalid, number.mismatch or graph.unavailable */
  checkToken({ wabaId, accessToken }: Omit<NumberClaim, 'phoneNumberId'>): Promise<AccountNode> {
    return ask(async () => {
      checkRights(await this.tokenInfo(accessToken), wabaId);
      return this.graph.getAccount(wabaId, { token: accessToken });
    });
  }

  /** The numbers of the account. @throws as `checkToken` */
  listNumbers({ wabaId, accessToken }: Omit<NumberClaim, 'phoneNumberId'>): Promise<PhoneNumberNode[]> {
    return ask(async () => {
      const numbers: PhoneNumberNode[] = [];
      for await (const number of this.graph.listPhoneNumbers(wabaId, { token: accessToken })) numbers.push(number);
      return numbers;
    });
  }

  /** Subscribes the token's app to the account: without it Meta sends no webhooks at all. */
  subscribe({ wabaId, accessToken }: Omit<NumberClaim, 'phoneNumberId'>): Promise<void> {
    return ask(() => this.graph.subscribeApp(wabaId, { token: accessToken }));
  }

  /** Meta's id of the app that the token belongs to; null where the token may not ask for it. @throws as `checkToken` */
  appOf(accessToken: string): Promise<string | null> {
    return ask(async () => (await this.tokenInfo(accessToken))?.app_id ?? null);
  }

  /** What Meta knows of the token. Not every token may ask for it; the reads that follow then decide alone. */
  private async tokenInfo(accessToken: string): Promise<TokenInfo | undefined> {
    try {
      return await this.graph.debugToken(accessToken, { token: accessToken });
    } catch (error) {
      if (error instanceof WhatsAppError && error.code === 'graph.refused') return undefined;
      throw error;
    }
  }
}

async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw error instanceof WhatsAppError ? asRefusal(error) : error;
  }
}

function checkRights(info: TokenInfo | undefined, wabaId: string): void {
  // Of a token that is no longer valid the next read tells more: Meta's code and why.
  if (info?.scopes === undefined || info.is_valid === false) return;
  for (const scope of REQUIRED_SCOPES) {
    if (!info.scopes.includes(scope)) throw tokenLacks(`The token lacks the permission ${scope}.`);
    const targets = info.granular_scopes?.find((granted) => granted.scope === scope)?.target_ids;
    // Without targets the permission is for all accounts of the business.
    if (targets !== undefined && !targets.includes(wabaId)) throw notOfAccount(`The token's ${scope} is not for this account.`);
  }
}

function asRefusal(error: WhatsAppError): DomainError {
  if (refusesToken(error)) return graphRefusal(error, 'credential.invalid');
  if (refusesObject(error)) return graphRefusal(error, 'number.mismatch', 'The token cannot read this account.');
  return graphRefusal(error);
}

function tokenLacks(detail: string): DomainError {
  return new DomainError('credential.invalid', detail, { errors: [{ pointer: '/accessToken', code: 'credential.invalid', detail }] });
}

function notOfAccount(detail: string): DomainError {
  return new DomainError('number.mismatch', detail, { errors: [{ pointer: '/wabaId', code: 'number.mismatch', detail }] });
}
