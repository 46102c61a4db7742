import { isValid } from 'date-fns/isValid';
import { parseISO } from 'date-fns/parseISO';
import { CONSENT_PURPOSES, CONSENT_STATUSES, type ConsentPurpose, type ConsentStatus } from './consent.js';
import { DomainError } from './domain-error.js';
import { isJsonObject } from './json.js';
import { parsePhone } from './phone.js';
import { findInvalidText } from './text.js';

/** A row of an import as it was sent: texts, of which some may be missing. */
export const CONSENT_IMPORT_FIELDS = ['phone', 'purpose', 'status', 'at', 'source', 'evidence', 'numberId'] as const;

export type ConsentImportField = (typeof CONSENT_IMPORT_FIELDS)[number];

/** What a person decided, somewhere else and some time ago. */
export interface ImportedConsent {
  phone: string;
  purposes: readonly ConsentPurpose[];
  status: ConsentStatus;
  at: Date;
  source: string;
  evidence: string | null;
  numberId: string | null;
}

/** What may be wrong with a row, in words. */
export const CONSENT_ROW_FAULTS = {
  'row.invalid': 'A row is an object of texts.',
  'row.columns': 'The row has more cells than the first line has names.',
  'field.unknown': `A row has ${CONSENT_IMPORT_FIELDS.join(', ')} and nothing else.`,
  'text.invalid-character': 'The row holds characters that cannot be stored, or that the encoding of the file does not have.',
  'phone.invalid': 'The phone number is not valid; give it in E.164, or with its country.',
  'purpose.invalid': `purpose is one or several of ${CONSENT_PURPOSES.join(', ')}, with | between them.`,
  'status.invalid': `status is one of ${CONSENT_STATUSES.join(', ')}.`,
  'at.invalid': 'at is when the person decided: 2026-03-01, or 2026-03-01T18:30:00+02:00.',
  'at.future': 'at lies in the future.',
  'source.invalid': 'source says where the decision was made, in 1 to 64 characters.',
  'evidence.invalid': 'evidence has at most 2,000 characters.',
  'number.not-found': 'No such number is connected.',
} as const;

export type ConsentRowFault = keyof typeof CONSENT_ROW_FAULTS;

const LONGEST_SOURCE = 64;
const LONGEST_EVIDENCE = 2_000;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * A row of an import, or what is wrong with it.
 * @param country of phone numbers without a calling code (ISO 3166)
 */
export function readImportedConsent(row: unknown, now: Date, country?: string): ImportedConsent | ConsentRowFault {
  const texts = textsOf(row);
  if (typeof texts === 'string') return texts;
  const phone = phoneOf(texts.phone, country);
  if (phone === null) return 'phone.invalid';
  const purposes = listOf(texts.purpose, CONSENT_PURPOSES, (text) => text.toLowerCase());
  if (purposes.length === 0) return 'purpose.invalid';
  const [status] = listOf(texts.status, CONSENT_STATUSES, (text) => text.toUpperCase());
  if (status === undefined) return 'status.invalid';
  const at = momentOf(texts.at);
  if (at === null) return 'at.invalid';
  if (at > now) return 'at.future';
  const { source = '', evidence = null, numberId = null } = texts;
  if (source === '' || source.length > LONGEST_SOURCE) return 'source.invalid';
  if (evidence !== null && evidence.length > LONGEST_EVIDENCE) return 'evidence.invalid';
  if (numberId !== null && !UUID.test(numberId)) return 'number.not-found';
  return { phone, purposes, status, at, source, evidence, numberId: numberId?.toLowerCase() ?? null };
}

type RowTexts = Partial<Record<ConsentImportField, string>>;

function textsOf(row: unknown): RowTexts | ConsentRowFault {
  if (!isJsonObject(row)) return 'row.invalid';
  if (findInvalidText(row) !== null) return 'text.invalid-character';
  const given = Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (given.some(([name]) => !(CONSENT_IMPORT_FIELDS as readonly string[]).includes(name))) return 'field.unknown';
  if (given.some(([, value]) => typeof value !== 'string')) return 'row.invalid';
  return Object.fromEntries(given.map(([name, value]) => [name, String(value).trim()] as const));
}

function phoneOf(text = '', country?: string): string | null {
  try {
    return parsePhone(text, country);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** The known words of a list; none where one of them is not known. */
function listOf<Word extends string>(text = '', known: readonly Word[], form: (text: string) => string): Word[] {
  const words = text.split(/[|,\s]+/).filter((word) => word !== '').map(form);
  const found = [...new Set(words)].flatMap((word) => known.find((one) => one === word) ?? []);
  return found.length === new Set(words).size ? found : [];
}

/** A day without a time is its beginning, by UTC. */
function momentOf(text = ''): Date | null {
  if (!DAY.test(text) && !MOMENT.test(text)) return null;
  const moment = parseISO(DAY.test(text) ? `${text}T00:00:00Z` : text);
  return isValid(moment) ? moment : null;
}
