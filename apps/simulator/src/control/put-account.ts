import { Injectable } from '@nestjs/common';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { Identifiers } from '../random/identifiers.js';
import { SCOPES, type Account, type BusinessNumber, type Subscription, type Template } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { templateShape } from '../state/template-shape.js';
import { ControlProblem, notKnown } from './control-problem.js';
import type { AccountDto, NumberDto, TemplateDto } from './dto/account.dto.js';

/** Adds an account or changes it; what is not named stays, and the same request twice changes nothing. */
@Injectable()
export class PutAccount {
  constructor(
    private readonly accounts: Accounts,
    private readonly apps: Apps,
    private readonly identifiers: Identifiers,
  ) {}

  /** @throws ControlProblem for an unknown app, or a number or template that belongs to another account */
  put(dto: AccountDto): Account {
    if (dto.appId !== undefined && !this.apps.find(dto.appId)) throw notKnown('app', dto.appId);
    this.refuseForeign(dto);
    const known = this.accounts.find(dto.wabaId);
    const account: Account = {
      ...known,
      wabaId: dto.wabaId,
      name: dto.name,
      token: dto.token,
      tokenState: dto.tokenState ?? 'VALID',
      scopes: dto.scopes ?? SCOPES,
      subscriptions: known?.subscriptions ?? new Map<string, Subscription>(),
      numbers: known?.numbers ?? new Map<string, BusinessNumber>(),
      templates: known?.templates ?? new Map<string, Template>(),
      ...given(dto, [
        'appId',
        'portfolioId',
        'messagingLimit',
        'verificationStatus',
        'reviewStatus',
        'canPay',
        'tokenExpiresAt',
      ]),
    };
    this.accounts.put(account);
    for (const number of dto.numbers ?? []) this.putNumber(account, number);
    for (const template of dto.templates ?? []) this.putTemplate(account, template);
    if (dto.subscribe) this.subscribe(account);
    return account;
  }

  private refuseForeign(dto: AccountDto): void {
    const owned = [
      ...(dto.numbers ?? []).map(({ id }) => this.accounts.findNumber(id)),
      ...(dto.templates ?? []).map(({ id }) => (id === undefined ? undefined : this.accounts.findTemplate(id))),
    ];
    const foreign = owned.find((node) => node && node.wabaId !== dto.wabaId);
    if (!foreign) return;
    throw new ControlProblem(409, 'account.conflict', `${foreign.id} belongs to account ${foreign.wabaId}.`);
  }

  private putNumber(account: Account, dto: NumberDto): void {
    const digits = dto.displayPhoneNumber.replaceAll(/\D/g, '');
    const known = account.numbers.get(dto.id);
    const number: BusinessNumber = {
      ...known,
      id: dto.id,
      wabaId: account.wabaId,
      displayPhoneNumber: dto.displayPhoneNumber,
      digits,
      callingCode: parsePhoneNumberFromString(`+${digits}`, metadata)?.countryCallingCode ?? '1',
      verifiedName: dto.verifiedName,
      throughputLevel: dto.throughputLevel ?? known?.throughputLevel ?? 'STANDARD',
      status: dto.status ?? known?.status ?? 'CONNECTED',
      qualityRating: dto.qualityRating ?? known?.qualityRating ?? 'GREEN',
    };
    this.accounts.putNumber(number);
  }

  private putTemplate(account: Account, dto: TemplateDto): void {
    const known =
      (dto.id === undefined ? undefined : account.templates.get(dto.id)) ??
      this.accounts.findTemplateByName(account.wabaId, dto.name, dto.language);
    const parameterFormat = dto.parameterFormat ?? 'POSITIONAL';
    const template: Template = {
      ...known,
      id: dto.id ?? known?.id ?? this.identifiers.nodeId(),
      wabaId: account.wabaId,
      name: dto.name,
      language: dto.language,
      category: dto.category,
      status: dto.status ?? known?.status ?? 'APPROVED',
      quality: known?.quality ?? 'UNKNOWN',
      rejectedReason: known?.rejectedReason ?? 'NONE',
      parameterFormat,
      components: dto.components,
      shape: templateShape(dto.components, parameterFormat, dto.category),
    };
    this.accounts.putTemplate(template);
  }

  private subscribe(account: Account): void {
    const app = this.apps.find(account.appId) ?? this.apps.only();
    if (!app) throw new ControlProblem(409, 'app.missing', 'There is no app that the account could be subscribed to.');
    if (!account.subscriptions.has(app.appId)) account.subscriptions.set(app.appId, { appId: app.appId });
  }
}

/** The members that a request names. */
function given<T extends object, K extends keyof T>(dto: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const named = keys.filter((key) => dto[key] !== undefined).map((key) => [key, dto[key]]);
  return Object.fromEntries(named) as Partial<Pick<T, K>>;
}
