import { Injectable } from '@nestjs/common';
import type { Account, BusinessNumber, MetaApp, Template } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Apps } from '../state/apps.js';
import { Customers, type Customer } from '../state/customers.js';
import { ControlProblem, notKnown } from './control-problem.js';

/** Finds what a control request names. Each method throws a ControlProblem for what is not there. */
@Injectable()
export class Known {
  constructor(
    private readonly accounts: Accounts,
    private readonly apps: Apps,
    private readonly customers: Customers,
  ) {}

  number(id: string): BusinessNumber {
    return required(this.accounts.findNumber(id), 'number', id);
  }

  account(wabaId: string): Account {
    return required(this.accounts.find(wabaId), 'account', wabaId);
  }

  template(id: string): Template {
    return required(this.accounts.findTemplate(id), 'template', id);
  }

  app(appId: string): MetaApp {
    return required(this.apps.find(appId), 'app', appId);
  }

  /** Customers are made up on first sight: only their phone has to be one. */
  customer(phone: string, traits: Partial<Omit<Customer, 'phone'>> = {}): Customer {
    return this.customers.put(digitsOf(phone), traits);
  }
}

/** The digits of an international phone number. @throws ControlProblem for anything else */
export function digitsOf(phone: string): string {
  const digits = /^\+?(\d{5,15})$/.exec(phone)?.[1];
  if (digits !== undefined) return digits;
  throw new ControlProblem(400, 'phone.invalid', `${phone} is no international phone number, such as +40721000001.`);
}

function required<T>(found: T | undefined, noun: string, id: string): T {
  if (found === undefined) throw notKnown(noun, id);
  return found;
}
