import type { JsonObject } from './json.js';
import type { DataMembers, DataShape } from './notification-data.js';
import { normalizeLanguage } from './template.js';

/** An event of a tenant's business that becomes a message. */
export interface NotificationType {
  readonly name: string;
  readonly about: string;
  /** Whom it is for where the event names nobody: the place of a phone number in its data. */
  readonly phoneAt: readonly string[] | null;
  /** The place of what the message is about in the data: it becomes the message's `orderId`. */
  readonly orderIdAt: readonly string[];
  readonly data: DataMembers;
  readonly example: JsonObject;
}

const text = (about: string, needed = false): DataShape => ({ kind: 'text', about, needed });
const time = (about: string, needed = false): DataShape => ({ kind: 'time', about, needed });
const url = (about: string): DataShape => ({ kind: 'url', about });
const object = (members: DataMembers, needed = false): DataShape => ({ kind: 'object', members, needed });

const ITEMS: DataShape = {
  kind: 'list',
  items: object({ name: text('What it is.', true), quantity: { kind: 'amount', about: 'How many.' }, price: { kind: 'amount', about: 'Of one.' } }),
};

const TOTALS: DataMembers = {
  total: { kind: 'amount', about: 'What it costs.' },
  currency: { kind: 'currency', about: 'ISO 4217; your own where it is missing.' },
  itemCount: { kind: 'count', about: 'How many pieces.' },
  items: ITEMS,
  url: url('Where it can be seen.'),
};

const ORDER = { id: text('Your own id of the order.', true), number: text('As the customer knows it.'), ...TOTALS } satisfies DataMembers;

const CUSTOMER = object({
  name: text('The full name.'),
  firstName: text('What you call them.'),
  language: { kind: 'language', about: 'In which they read.' },
});

const LOCATION = object({ name: text('The restaurant.'), address: text('Where it is.'), phone: { kind: 'phone', about: 'Where it answers.' } });

const ORDER_ID = ['order', 'id'] as const;
const ORDER_EXAMPLE = { id: 'A-1042', total: 125.5, currency: 'RON', itemCount: 3 };
const CUSTOMER_EXAMPLE = { firstName: 'Ana' };

/** The types that every tenant has. */
export const NOTIFICATION_TYPES: readonly NotificationType[] = [
  {
    name: 'order.confirmed',
    about: 'An order was taken.',
    phoneAt: null,
    orderIdAt: ORDER_ID,
    data: { order: object({ ...ORDER, expectedAt: time('When it will be there.') }, true), customer: CUSTOMER, location: LOCATION },
    example: { order: { ...ORDER_EXAMPLE, expectedAt: '2026-11-07T19:30:00+02:00' }, customer: CUSTOMER_EXAMPLE },
  },
  {
    name: 'order.shipped',
    about: 'An order is on its way.',
    phoneAt: null,
    orderIdAt: ORDER_ID,
    data: {
      order: object(ORDER, true),
      customer: CUSTOMER,
      shipment: object({ carrier: text('Who brings it.'), trackingNumber: text('By which it is followed.'), trackingUrl: url('Where it is followed.'), expectedAt: time('When it will be there.') }),
    },
    example: { order: ORDER_EXAMPLE, customer: CUSTOMER_EXAMPLE, shipment: { carrier: 'Curier Rapid', expectedAt: '2026-11-07T20:15:00+02:00' } },
  },
  {
    name: 'order.delivered',
    about: 'An order has arrived.',
    phoneAt: null,
    orderIdAt: ORDER_ID,
    data: { order: object({ ...ORDER, deliveredAt: time('When it arrived.') }, true), customer: CUSTOMER },
    example: { order: { ...ORDER_EXAMPLE, deliveredAt: '2026-11-07T20:10:00+02:00' }, customer: CUSTOMER_EXAMPLE },
  },
  {
    name: 'supplier_order.created',
    about: 'You ordered from a supplier. It goes to the phone number of the supplier.',
    phoneAt: ['supplier', 'phone'],
    orderIdAt: ['supplierOrder', 'id'],
    data: {
      supplierOrder: object({ id: text('Your own id of the order.', true), ...TOTALS, deliverBy: time('When you need it.') }, true),
      supplier: object({ name: text('The supplier.', true), phone: { kind: 'phone', about: 'Where the supplier reads it, unless the event names another recipient.' } }, true),
      location: LOCATION,
    },
    example: {
      supplierOrder: { id: 'S-77', itemCount: 20, items: [{ name: 'Roșii', quantity: 20 }], deliverBy: '2026-11-08T06:00:00+02:00' },
      supplier: { name: 'Legume Proaspete SRL', phone: '+40723000222' },
    },
  },
  {
    name: 'visit.completed',
    about: 'A guest was with you: the moment to ask how it was.',
    phoneAt: null,
    orderIdAt: ['visit', 'id'],
    data: {
      visit: object({ id: text('Your own id of the visit.', true), at: time('When it was.', true), partySize: { kind: 'count', about: 'How many came.' } }, true),
      customer: CUSTOMER,
      location: LOCATION,
      feedbackUrl: url('Where the guest answers.'),
    },
    example: { visit: { id: 'V-9', at: '2026-11-07T19:30:00+02:00', partySize: 4 }, customer: CUSTOMER_EXAMPLE, location: { name: 'Trattoria Demo' } },
  },
];

const OWN_KIND = /^[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31}){1,3}$/;

/** Whether an event may be called so: words of small letters with dots between, such as `loyalty.points_expiring`. */
export function isNotificationName(name: string): boolean {
  return OWN_KIND.test(name);
}

/** The type of this name: one of ours, or one that a tenant made up, of whose data nothing is known. */
export function notificationType(name: string): NotificationType {
  const own: NotificationType = { name, about: 'Your own.', phoneAt: null, orderIdAt: ORDER_ID, data: {}, example: {} };
  return NOTIFICATION_TYPES.find((type) => type.name === name) ?? own;
}

/** The value at a place of the data; undefined where there is none. */
export function dataAt(data: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined), data);
}

/** A language in which a template can be sent, or not now. */
export interface OfferedLanguage {
  readonly language: string;
  readonly approved: boolean;
}

/**
 * The language of a message: the first wish that is offered, in its own form or else another of the same language
 * (`en` for `en_US`); without any, the first offer. What Meta has approved goes before what it has not.
 * @param wishes the most personal first: of the event, of the customer, of the tenant
 */
export function chooseLanguage(offered: readonly OfferedLanguage[], wishes: readonly (string | null | undefined)[]): string | null {
  const usable = offered.some(({ approved }) => approved) ? offered.filter(({ approved }) => approved) : offered;
  const languages = usable.map(({ language }) => normalizeLanguage(language));
  for (const wish of wishes) {
    if (!wish) continue;
    const wanted = normalizeLanguage(wish);
    const match = languages.find((language) => language === wanted) ?? languages.find((language) => baseOf(language) === baseOf(wanted));
    if (match !== undefined) return match;
  }
  return languages[0] ?? null;
}

const baseOf = (language: string): string => language.split('_', 1)[0] ?? language;
