import { Injectable } from '@nestjs/common';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import type { JsonObject } from '../../json.js';
import { Identifiers } from '../../random/identifiers.js';
import type { Account, BusinessNumber } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { GraphError } from '../graph-error.js';

/** Meta: numbers of a portfolio before its verification, and after. */
const MAX_NUMBERS = { unverified: 2, verified: 20 } as const;

/** Adds a number to an account; it has to be verified and registered then. */
@Injectable()
export class AddNumber {
  constructor(
    private readonly accounts: Accounts,
    private readonly identifiers: Identifiers,
  ) {}

  /** @throws GraphError 100, with Graph's subcode for numbers that are taken or too many */
  add(account: Account, { cc, phone_number: phone, verified_name: name }: JsonObject): BusinessNumber {
    const { digits, callingCode } = readPhone(cc, phone);
    const verifiedName = readDisplayName(name, 'verified_name');
    this.requireFree(account, digits);
    const number: BusinessNumber = {
      id: this.identifiers.nodeId(),
      wabaId: account.wabaId,
      displayPhoneNumber: parsePhoneNumberFromString(`+${digits}`, metadata)?.formatInternational() ?? `+${digits}`,
      digits,
      callingCode,
      verifiedName,
      throughputLevel: 'STANDARD',
      status: 'UNVERIFIED',
      qualityRating: 'UNKNOWN',
      nameStatus: 'AVAILABLE_WITHOUT_REVIEW',
    };
    this.accounts.putNumber(number);
    return number;
  }

  private requireFree(account: Account, digits: string): void {
    for (const other of this.accounts.all()) {
      const taken = [...other.numbers.values()].some((number) => number.digits === digits);
      if (!taken) continue;
      const isOwn = other === account;
      throw refused(
        isOwn ? 2388012 : 2388001,
        isOwn ? 'The phone number has already been added to this account.' : 'The phone number is in use elsewhere.',
      );
    }
    const max = MAX_NUMBERS[(account.verificationStatus ?? 'VERIFIED') === 'VERIFIED' ? 'verified' : 'unverified'];
    if (account.numbers.size >= max) {
      throw refused(2388103, `The business portfolio has ${max} phone numbers, which is all that it may have.`);
    }
  }
}

/** A display name of 2 to 75 characters. */
export function readDisplayName(value: unknown, parameter: string): string {
  if (typeof value === 'string' && value.length >= 2 && value.length <= 75) return value;
  throw new GraphError(100, { message: `(#100) Param ${parameter} must have 2 to 75 characters` });
}

/** The number may bring its country code a second time. */
function readPhone(cc: unknown, phone: unknown): { digits: string; callingCode: string } {
  const callingCode = String(cc ?? '').replace('+', '');
  const national = String(phone ?? '').replaceAll(/[+\s()-]/g, '');
  if (!/^\d{1,3}$/.test(callingCode)) throw new GraphError(100, { message: '(#100) The parameter cc is required.' });
  if (!/^\d{4,15}$/.test(national)) {
    throw new GraphError(100, { message: '(#100) Param phone_number must be a phone number' });
  }
  const withCode = parsePhoneNumberFromString(`+${national}`, metadata);
  const isInternational = withCode?.countryCallingCode === callingCode && withCode.isPossible();
  return { digits: isInternational ? national : `${callingCode}${national}`, callingCode };
}

function refused(subcode: number, message: string): GraphError {
  return new GraphError(100, { message: 'Invalid parameter', subcode, userTitle: message, userMessage: message });
}
