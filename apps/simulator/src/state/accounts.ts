import { Injectable } from '@nestjs/common';
import type { Account, BusinessNumber, Template } from './account.js';

/** The accounts with their numbers and templates, and the tokens that open them. */
@Injectable()
export class Accounts {
  private readonly byId = new Map<string, Account>();
  private readonly numbers = new Map<string, BusinessNumber>();
  private readonly templates = new Map<string, Template>();
  private readonly templatesByName = new Map<string, Template>();
  private readonly byToken = new Map<string, Set<Account>>();

  find(wabaId: string): Account | undefined {
    return this.byId.get(wabaId);
  }

  findNumber(id: string): BusinessNumber | undefined {
    return this.numbers.get(id);
  }

  findTemplate(id: string): Template | undefined {
    return this.templates.get(id);
  }

  /** The accounts that a token may touch; none for a token that was never given out. */
  ofToken(token: string): ReadonlySet<Account> | undefined {
    return this.byToken.get(token);
  }

  /** The template of that name and language, as a send asks for it. */
  findTemplateByName(wabaId: string, name: string, language: string): Template | undefined {
    return this.templatesByName.get(nameKey(wabaId, name, language));
  }

  accountOf(owned: { readonly wabaId: string }): Account {
    const account = this.byId.get(owned.wabaId);
    if (!account) throw new Error(`Account ${owned.wabaId} was dropped while something of it was in use`);
    return account;
  }

  all(): Account[] {
    return [...this.byId.values()];
  }

  /** Adds an account, or takes its new token into use (the old one is unknown from then on). */
  put(account: Account): void {
    const known = this.byId.get(account.wabaId);
    if (known) this.forgetToken(known);
    this.byId.set(account.wabaId, account);
    const sharing = this.byToken.get(account.token) ?? new Set<Account>();
    this.byToken.set(account.token, sharing.add(account));
  }

  putNumber(number: BusinessNumber): void {
    this.numbers.set(number.id, number);
    this.accountOf(number).numbers.set(number.id, number);
  }

  putTemplate(template: Template): void {
    const known = this.templates.get(template.id);
    if (known) this.templatesByName.delete(nameKey(known.wabaId, known.name, known.language));
    this.templatesByName.set(nameKey(template.wabaId, template.name, template.language), template);
    this.templates.set(template.id, template);
    this.accountOf(template).templates.set(template.id, template);
  }

  /** Forgets a template; its name is free again. */
  removeTemplate(template: Template): void {
    this.templatesByName.delete(nameKey(template.wabaId, template.name, template.language));
    this.templates.delete(template.id);
    this.accountOf(template).templates.delete(template.id);
  }

  clear(): void {
    this.byId.clear();
    this.numbers.clear();
    this.templates.clear();
    this.templatesByName.clear();
    this.byToken.clear();
  }

  private forgetToken(account: Account): void {
    for (const [token, sharing] of this.byToken) {
      if (sharing.delete(account) && sharing.size === 0) this.byToken.delete(token);
    }
  }
}

function nameKey(wabaId: string, name: string, language: string): string {
  return `${wabaId}\n${name}\n${language}`;
}
