import { Injectable } from '@nestjs/common';
import { isJsonObject, type JsonObject } from '../../json.js';
import type { BusinessNumber } from '../../state/account.js';
import { Clock } from '../../state/clock.js';
import { Customers, type Customer } from '../../state/customers.js';
import { NumberBelongings } from '../../state/number-belongings.js';
import { errorCode } from '../error-codes.js';
import { GraphError } from '../graph-error.js';
import { recipientDigits } from '../validation/recipient.js';
import { requireProduct } from '../validation/send-request.js';

/** Meta: as long as a block list gets. */
const MAX_BLOCKED = 64_000;

/** What became of one of the users in a request. */
export interface UserOutcome {
  readonly input: string;
  readonly wa_id?: string;
  readonly user_id?: string;
  readonly errors?: readonly JsonObject[];
}

/** Blocks customers, and lets them write again. */
@Injectable()
export class BlockUsers {
  constructor(
    private readonly belongings: NumberBelongings,
    private readonly customers: Customers,
    private readonly clock: Clock,
  ) {}

  /** Only those can be blocked who wrote within the last 24 hours. @throws GraphError 100, 131008 */
  block(number: BusinessNumber, value: JsonObject): UserOutcome[] {
    const { blocked } = this.belongings.of(number.id);
    return readUsers(value).map((user) => {
      const customer = this.find(number, user);
      if (!customer) return failed(user, 131009, 'The user is not on WhatsApp.');
      if (!this.customers.isWindowOpen(number.id, customer.phone, this.clock.nowMs())) {
        return failed(user, 131047, 'The user did not write to the business within the last 24 hours.');
      }
      if (blocked.size >= MAX_BLOCKED && !blocked.has(customer.phone)) {
        return failed(user, 139101, `The block list has ${MAX_BLOCKED} users, which is all that it takes.`);
      }
      const userId = user.isUserId ? customer.userId : undefined;
      blocked.set(customer.phone, { waId: customer.waId, userId });
      return done(user, customer);
    });
  }

  unblock(number: BusinessNumber, value: JsonObject): UserOutcome[] {
    const { blocked } = this.belongings.of(number.id);
    return readUsers(value).map((user) => {
      const customer = this.find(number, user);
      if (!customer || !blocked.delete(customer.phone)) return failed(user, 131009, 'The user is not blocked.');
      return done(user, customer);
    });
  }

  private find(number: BusinessNumber, { input, isUserId }: NamedUser): Customer | undefined {
    if (isUserId) return this.customers.findByUserId(input);
    const digits = recipientDigits(input, number.callingCode);
    return digits === undefined ? undefined : this.customers.find(digits);
  }
}

interface NamedUser {
  readonly input: string;
  readonly isUserId: boolean;
}

function readUsers(value: JsonObject): NamedUser[] {
  const { block_users: users } = requireProduct(value);
  if (!Array.isArray(users) || users.length === 0) {
    throw new GraphError(131008, { details: "Required parameter 'block_users' is missing." });
  }
  return users.map((user: unknown) => {
    const { user: phone, user_id: userId } = isJsonObject(user) ? user : {};
    if (typeof phone === 'string' && phone !== '') return { input: phone, isUserId: false };
    if (typeof userId === 'string' && userId !== '') return { input: userId, isUserId: true };
    throw new GraphError(131008, { details: "Required parameter 'block_users[].user' is missing." });
  });
}

function done({ input, isUserId }: NamedUser, { waId, userId }: Customer): UserOutcome {
  return isUserId ? { input, user_id: userId } : { input, wa_id: waId };
}

function failed({ input, isUserId }: NamedUser, code: number, details: string): UserOutcome {
  const error = { message: errorCode(code).title, code, error_data: { details } };
  return { input, ...(isUserId ? { user_id: input } : { wa_id: input.replaceAll(/\D/g, '') }), errors: [error] };
}
