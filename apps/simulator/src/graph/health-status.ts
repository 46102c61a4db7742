import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import type { Account, BusinessNumber, Template } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { isRegistered } from './numbers/registration-state.js';

const STATES = ['AVAILABLE', 'LIMITED', 'BLOCKED'] as const;
type State = (typeof STATES)[number];

interface Entity {
  readonly entity_type: 'PHONE_NUMBER' | 'MESSAGE_TEMPLATE' | 'WABA' | 'BUSINESS' | 'APP';
  readonly id: string;
  readonly can_send_message: State;
  readonly additional_info?: readonly string[];
  readonly errors?: readonly {
    readonly error_code: number;
    readonly error_description: string;
    readonly possible_solution: string;
  }[];
}

/** What stands in the way of sending, for each object that has a say in it. The whole is as bad as its worst part. */
@Injectable()
export class HealthStatus {
  constructor(private readonly accounts: Accounts) {}

  ofNumber(number: BusinessNumber): JsonObject {
    return summed([numberEntity(number), ...this.surroundings(this.accounts.accountOf(number))]);
  }

  ofAccount(account: Account): JsonObject {
    return summed(this.surroundings(account));
  }

  ofTemplate(template: Template): JsonObject {
    return summed([templateEntity(template), ...this.surroundings(this.accounts.accountOf(template))]);
  }

  private surroundings(account: Account): Entity[] {
    const appIds = [...account.subscriptions.keys()];
    const apps = appIds.map((id): Entity => ({ entity_type: 'APP', id, can_send_message: 'AVAILABLE' }));
    return [accountEntity(account), businessEntity(account), ...apps];
  }
}

/** The portfolio that owns an account. */
export function portfolioOf({ portfolioId, wabaId }: Account): string {
  return portfolioId ?? `9${wabaId}`;
}

function summed(entities: readonly Entity[]): JsonObject {
  const worst = Math.max(...entities.map((entity) => STATES.indexOf(entity.can_send_message)));
  return { can_send_message: STATES[worst], entities };
}

function numberEntity(number: BusinessNumber): Entity {
  const entity = { entity_type: 'PHONE_NUMBER', id: number.id } as const;
  if (!isRegistered(number)) {
    return blocked(entity, 133010, 'The phone number is not registered.', 'Register it with its PIN.');
  }
  if (number.status === 'BANNED' || number.status === 'RESTRICTED') {
    return blocked(entity, 131031, `The phone number is ${number.status}.`, 'Appeal in WhatsApp Manager.');
  }
  const limits = [
    ...(number.qualityRating === 'RED' ? ['The quality of the phone number is low.'] : []),
    ...(number.nameStatus !== undefined && number.nameStatus !== 'APPROVED'
      ? ['Your display name has not been approved yet. Your message limit will increase after it is approved.']
      : []),
  ];
  return limits.length === 0
    ? { ...entity, can_send_message: 'AVAILABLE' }
    : { ...entity, can_send_message: 'LIMITED', additional_info: limits };
}

function accountEntity({ wabaId, reviewStatus = 'APPROVED', canPay = true }: Account): Entity {
  const entity = { entity_type: 'WABA', id: wabaId } as const;
  if (reviewStatus === 'REJECTED' || reviewStatus === 'RESTRICTED') {
    return blocked(entity, 131031, `The account is ${reviewStatus}.`, 'Appeal in Business Support Home.');
  }
  if (!canPay) {
    return blocked(
      entity,
      141006,
      'There is an issue with the payment method of the account.',
      'Add a valid payment method in WhatsApp Manager.',
    );
  }
  return { ...entity, can_send_message: 'AVAILABLE' };
}

function businessEntity(account: Account): Entity {
  const entity = { entity_type: 'BUSINESS', id: portfolioOf(account) } as const;
  if ((account.verificationStatus ?? 'VERIFIED') === 'VERIFIED') return { ...entity, can_send_message: 'AVAILABLE' };
  return { ...entity, can_send_message: 'LIMITED', additional_info: ['The business has not passed its verification.'] };
}

function templateEntity({ id, status }: Template): Entity {
  const entity = { entity_type: 'MESSAGE_TEMPLATE', id } as const;
  if (status === 'APPROVED') return { ...entity, can_send_message: 'AVAILABLE' };
  return blocked(entity, 132001, `The template is ${status}.`, 'Wait until it is APPROVED, or change it.');
}

function blocked(
  entity: Pick<Entity, 'entity_type' | 'id'>,
  code: number,
  description: string,
  solution: string,
): Entity {
  const error = { error_code: code, error_description: description, possible_solution: solution };
  return { ...entity, can_send_message: 'BLOCKED', errors: [error] };
}
