import { checkData, DomainError, isJsonObject, parsePhone, type DataMembers, type JsonObject } from '@parley/domain';
import type { Customer } from './customer-directory.js';
import { MOST_ORDERS, type Order, type OrderItem } from './order-book.js';

/** An answer that is not what the contract says. The text names the place, and nothing of what was answered. */
export class AnswerInvalid extends Error {
  override readonly name = 'AnswerInvalid';
}

const CUSTOMER: DataMembers = {
  id: { kind: 'text', about: 'Your own id.', needed: true },
  name: { kind: 'text', about: 'The full name.' },
  firstName: { kind: 'text', about: 'What you call them.' },
  phone: { kind: 'phone', about: 'In E.164.' },
  email: { kind: 'text', about: 'The address.' },
  language: { kind: 'language', about: 'In which they read.' },
};

const ORDER: DataMembers = {
  id: { kind: 'text', about: 'Your own id.', needed: true },
  number: { kind: 'text', about: 'As the customer knows it.' },
  customerId: { kind: 'text', about: 'Your own id of the customer.' },
  status: { kind: 'text', about: 'In your own words.', needed: true },
  total: { kind: 'amount', about: 'What it costs.' },
  currency: { kind: 'currency', about: 'ISO 4217.' },
  createdAt: { kind: 'time', about: 'When it was made.' },
  url: { kind: 'url', about: 'Where it can be seen.' },
  items: {
    kind: 'list',
    items: { kind: 'object', members: { name: { kind: 'text', about: 'What it is.', needed: true }, quantity: { kind: 'amount', about: 'How many.' } } },
  },
};

/** Items of an order that are kept. */
const MOST_ITEMS = 20;

/** `{customer: {…}}`; null for `{customer: null}`. @throws AnswerInvalid */
export function readCustomer(answer: unknown): Customer | null {
  const customer = memberOf(answer, 'customer');
  if (customer === null) return null;
  assertShape(CUSTOMER, customer, '/customer');
  return {
    id: customer.id as string,
    name: textOr(customer.name),
    firstName: textOr(customer.firstName),
    phone: phoneOr(customer.phone),
    email: textOr(customer.email),
    language: textOr(customer.language),
  };
}

/** `{order: {…}}`; null for `{order: null}`. @throws AnswerInvalid */
export function readOrder(answer: unknown): Order | null {
  const order = memberOf(answer, 'order');
  return order === null ? null : orderOf(order, '/order');
}

/** `{orders: […]}`, the first of them. @throws AnswerInvalid */
export function readOrders(answer: unknown): Order[] {
  const orders = isJsonObject(answer) ? answer.orders : undefined;
  if (!Array.isArray(orders)) throw new AnswerInvalid('/orders must be a list');
  return orders.slice(0, MOST_ORDERS).map((order, place) => orderOf(order, `/orders/${place}`));
}

function orderOf(order: unknown, pointer: string): Order {
  assertShape(ORDER, order, pointer);
  return {
    id: order.id as string,
    number: textOr(order.number),
    customerId: textOr(order.customerId),
    status: order.status as string,
    total: (order.total ?? null) as Order['total'],
    currency: textOr(order.currency),
    createdAt: textOr(order.createdAt),
    url: textOr(order.url),
    items: ((order.items ?? []) as unknown as JsonObject[]).slice(0, MOST_ITEMS).map(({ name, quantity }): OrderItem => ({ name: name as string, quantity: (quantity ?? null) as OrderItem['quantity'] })),
  };
}

function memberOf(answer: unknown, name: string): unknown {
  if (!isJsonObject(answer) || answer[name] === undefined) throw new AnswerInvalid(`/${name} is missing`);
  return answer[name];
}

function assertShape(members: DataMembers, value: unknown, pointer: string): asserts value is JsonObject {
  const [fault] = checkData(members, value, pointer);
  if (fault) throw new AnswerInvalid(`${fault.pointer} is not as it should be`);
}

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function phoneOr(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    return parsePhone(value);
  } catch (error) {
    if (error instanceof DomainError) throw new AnswerInvalid('/customer/phone is no phone number');
    throw error;
  }
}
