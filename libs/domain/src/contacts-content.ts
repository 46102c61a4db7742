import type { ContentFaults } from './content-faults.js';
import { isJsonObject, type JsonObject, listOf } from './json.js';

/** Meta: contacts of one message. */
export const CONTACTS_LIMIT = 257;

/** One card of a contacts message. */
export interface ContactCard {
  name: {
    /** As it is shown. */
    formattedName: string;
    firstName?: string;
    lastName?: string;
    middleName?: string;
    prefix?: string;
    suffix?: string;
  };
  phones?: { phone: string; type?: string; waId?: string }[];
  emails?: { email: string; type?: string }[];
  urls?: { url: string; type?: string }[];
  addresses?: {
    street?: string;
    city?: string;
    state?: string;
    zip?: string;
    country?: string;
    countryCode?: string;
    type?: string;
  }[];
  org?: { company?: string; department?: string; title?: string };
  /** YYYY-MM-DD. */
  birthday?: string;
}

export type ContactsContent = readonly ContactCard[];

/** A part of a card: its members and Meta's names of them; `required` ones must be there. */
interface CardPart {
  members: Readonly<Record<string, string>>;
  required?: string;
  isList?: true;
}

const PARTS: Readonly<Record<string, CardPart>> = {
  name: {
    members: {
      formattedName: 'formatted_name',
      firstName: 'first_name',
      lastName: 'last_name',
      middleName: 'middle_name',
      prefix: 'prefix',
      suffix: 'suffix',
    },
    required: 'formattedName',
  },
  phones: { members: { phone: 'phone', type: 'type', waId: 'wa_id' }, required: 'phone', isList: true },
  emails: { members: { email: 'email', type: 'type' }, required: 'email', isList: true },
  urls: { members: { url: 'url', type: 'type' }, required: 'url', isList: true },
  addresses: {
    members: {
      street: 'street',
      city: 'city',
      state: 'state',
      zip: 'zip',
      country: 'country',
      countryCode: 'country_code',
      type: 'type',
    },
    isList: true,
  },
  org: { members: { company: 'company', department: 'department', title: 'title' } },
};

const CARD_MEMBERS = [...Object.keys(PARTS), 'birthday'];
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function checkContactsContent(given: unknown, at: string, faults: ContentFaults): void {
  const cards = faults.list(given, at, { min: 1, max: CONTACTS_LIMIT });
  cards?.forEach((card, place) => checkCard(card, `${at}/${place}`, faults));
}

function checkCard(given: unknown, at: string, faults: ContentFaults): void {
  const card = faults.object(given, at, CARD_MEMBERS);
  if (!card) return;
  if (card.name === undefined) faults.missing(`${at}/name`, 'A contact needs a name.');
  for (const [key, part] of Object.entries(PARTS)) {
    const value = card[key];
    if (value === undefined) continue;
    if (!part.isList) checkPart(value, part, `${at}/${key}`, faults);
    else {
      const items = faults.list(value, `${at}/${key}`, { min: 0, max: Infinity });
      items?.forEach((item, place) => checkPart(item, part, `${at}/${key}/${place}`, faults));
    }
  }
  const { birthday, name } = card;
  if (birthday !== undefined && !(typeof birthday === 'string' && DATE.test(birthday))) {
    faults.invalid(`${at}/birthday`, 'A birthday is written YYYY-MM-DD.');
  }
  if (isJsonObject(name) && name.formattedName !== undefined && Object.keys(name).length < 2) {
    faults.missing(`${at}/name/firstName`, 'WhatsApp wants one more part of the name beside formattedName.');
  }
}

function checkPart(given: unknown, { members, required }: CardPart, at: string, faults: ContentFaults): void {
  const part = faults.object(given, at, Object.keys(members));
  if (!part) return;
  for (const key of Object.keys(members)) faults.text(part, key, at, { optional: key !== required });
}

/** The cards with Meta's names of their members. */
export function graphContacts(cards: ContactsContent): JsonObject[] {
  return cards.map((card) => {
    const graph: JsonObject = {};
    for (const [key, value] of Object.entries(card)) {
      const part = PARTS[key];
      if (!part) graph[key] = value as string;
      else graph[key] = part.isList ? listOf(value).map((item) => renamed(item, part)) : renamed(value, part);
    }
    return graph;
  });
}

function renamed(value: unknown, { members }: CardPart): JsonObject {
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, text]) => [members[key] ?? key, text]));
}
