import { readContactsOfCustomer, type SystemQueries } from '@parley/data';
import { dataAt, DomainError, type FieldError, type NotificationType, type TenantId } from '@parley/domain';
import type { Customer, CustomerDirectory } from '../lookups/customer-directory.js';
import type { NotificationRequest } from './notification-request.js';

/** Whom a notification goes to, and what is known of them. */
export interface FoundRecipient {
  readonly names: { readonly to: string } | { readonly contactId: string };
  /** Where the event names them, for refusals. */
  readonly pointer: string;
  readonly customer: Customer | null;
}

export interface RecipientSources {
  readonly db: SystemQueries;
  readonly customers: CustomerDirectory;
}

/**
 * The recipient by what the event names: `to`, `contactId`, or `customerId`, whose phone number the tenant's own system
 * knows. Where no such system is set up, a customer is the one contact that carries the id. An event that names nobody goes to
 * the phone number that its data hold, for kinds that have one.
 * @throws request.invalid, customer.not-found, lookup.unavailable
 */
export async function findRecipient(sources: RecipientSources, tenantId: TenantId, type: NotificationType, request: NotificationRequest): Promise<FoundRecipient> {
  const { to, contactId, customerId, data } = request;
  const named = [to, contactId, customerId].filter((name) => name !== undefined);
  if (named.length > 1) throw refused('', 'recipient.not-one', 'Give one of to, contactId and customerId.');
  if (to !== undefined) return { names: { to }, pointer: '/to', customer: null };
  if (contactId !== undefined) return { names: { contactId }, pointer: '/contactId', customer: null };
  if (customerId !== undefined) return findCustomer(sources, tenantId, customerId);
  const phone = type.phoneAt && dataAt(data, type.phoneAt);
  if (typeof phone === 'string') return { names: { to: phone }, pointer: `/data/${type.phoneAt!.join('/')}`, customer: null };
  const orIn = type.phoneAt ? `, or ${type.phoneAt.join('.')} in the data` : '';
  throw refused('', 'recipient.not-one', `Give to, contactId or customerId${orIn}.`);
}

async function findCustomer({ db, customers }: RecipientSources, tenantId: TenantId, customerId: string): Promise<FoundRecipient> {
  const pointer = '/customerId';
  const asked = await ask(customers, tenantId, customerId);
  if (asked === 'not-configured') {
    const [contactId, another] = await readContactsOfCustomer(db, tenantId, customerId);
    if (contactId === undefined) throw unknownCustomer('No contact carries this customerId, and no system of your own is set up that could be asked.');
    if (another !== undefined) throw unknownCustomer('Several contacts carry this customerId; name one by contactId.');
    return { names: { contactId }, pointer, customer: null };
  }
  if (!asked) throw unknownCustomer('Your own system knows no customer with this id.');
  if (asked.phone === null) throw unknownCustomer('Your own system knows no phone number of this customer.');
  return { names: { to: asked.phone }, pointer, customer: asked };
}

async function ask(customers: CustomerDirectory, tenantId: TenantId, customerId: string): Promise<Customer | null | 'not-configured'> {
  try {
    return await customers.byId(tenantId, customerId);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'lookup.not-configured') return 'not-configured';
    throw error;
  }
}

function unknownCustomer(detail: string): DomainError {
  return new DomainError('customer.not-found', detail, { errors: [{ pointer: '/customerId', code: 'customer.not-found', detail }] });
}

function refused(pointer: string, code: string, detail: string): DomainError {
  const fault: FieldError = { pointer, code, detail };
  return new DomainError('request.invalid', detail, { errors: [fault] });
}
