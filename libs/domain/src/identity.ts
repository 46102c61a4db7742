import { waIdToE164 } from './phone.js';
import { dropInvalidText } from './text.js';
import type { UserIds } from './webhook-contents.js';

/** The ids under which a person is known, strongest first: a business-scoped id outlives a phone number in other hands. */
export const IDENTITY_KINDS = ['bsuid', 'wa_id', 'phone', 'parent_bsuid'] as const;

export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** One id of a person: a phone in E.164, a wa_id as digits, a business-scoped id as Meta writes it. */
export interface Identity {
  kind: IdentityKind;
  value: string;
}

/**
 * The identities of a user whom Meta names, strongest first: what Meta sent as it came, and the phone number that a wa_id is
 * made of. None where Meta named nobody.
 */
export function identitiesOf({ waId, userId, parentUserId }: UserIds): Identity[] {
  const named: [IdentityKind, string | null][] = [
    ['bsuid', userId],
    ['wa_id', waId],
    ['phone', waId === null ? null : waIdToE164(waId)],
    ['parent_bsuid', parentUserId],
  ];
  return named.flatMap(([kind, value]) => {
    const storable = value === null ? '' : dropInvalidText(value);
    return storable === '' ? [] : [{ kind, value: storable }];
  });
}

/** True for a phone number that was made of the wa_id beside it: nobody has given it in this form. */
export function isDerivedPhone({ kind, value }: Identity, all: readonly Identity[]): boolean {
  return kind === 'phone' && all.some((one) => one.kind === 'wa_id' && waIdToE164(one.value) === value);
}

/** How one subscriber's number is written in two ways: the longer form has the mobile digit. */
interface Spelling {
  long: RegExp;
  short: RegExp;
  /** The longer form of what `short` matched. */
  lengthen: string;
}

/**
 * Brazil's ninth digit (only lines that begin with 6 to 9 were ever mobile), Mexico's 1 and Argentina's 9 after the calling
 * code. Accounts keep the form in which they registered, and no rule says which it was: both forms are looked up.
 */
const SPELLINGS: readonly Spelling[] = [
  { long: /^(55[1-9][1-9])9([6-9]\d{7})$/, short: /^(55[1-9][1-9])([6-9]\d{7})$/, lengthen: '$19$2' },
  { long: /^(52)1(\d{10})$/, short: /^(52)(\d{10})$/, lengthen: '$11$2' },
  { long: /^(54)9(\d{10})$/, short: /^(54)(\d{10})$/, lengthen: '$19$2' },
];

/** The other ways in which a phone number or wa_id is written, as digits; none for most of the world. */
export function numberVariants(number: string): string[] {
  const digits = digitsOf(number);
  return SPELLINGS.flatMap(({ long, short, lengthen }) => {
    if (long.test(digits)) return [digits.replace(long, '$1$2')];
    return short.test(digits) ? [digits.replace(short, lengthen)] : [];
  });
}

/**
 * Identities under which the same person may be known beside this one, strongest first. They are for looking up only and are
 * never stored: what Meta or a tenant gave is.
 */
export function variantsOf({ kind, value }: Identity): Identity[] {
  if (kind !== 'phone' && kind !== 'wa_id') return [];
  return numberVariants(value).flatMap((digits): Identity[] => [
    { kind: 'wa_id', value: digits },
    { kind: 'phone', value: `+${digits}` },
  ]);
}

/** One text for all forms of a number, by which two writers that meet the same stranger find each other. */
export function meetingPoint({ kind, value }: Identity): string {
  if (kind !== 'phone' && kind !== 'wa_id') return `${kind} ${value}`;
  const digits = digitsOf(value);
  return `number ${[digits, ...numberVariants(digits)].sort()[0] ?? digits}`;
}

const digitsOf = (value: string): string => value.replace(/^\+/, '');


/** Where the names of a person come from. */
export interface PersonNames {
  /** The tenant's own. */
  givenName: string | null;
  /** In the restaurant's phone book. */
  bookName: string | null;
  /** What the person calls himself. */
  profileName: string | null;
  /** With or without the @. */
  username: string | null;
}

/** The name that everybody shows; null where none is known. */
export function displayName({ givenName, bookName, profileName, username }: PersonNames): string | null {
  return givenName ?? bookName ?? profileName ?? (username === null ? null : `@${username.replace(/^@/, '')}`);
}
