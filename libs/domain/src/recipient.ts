import { DomainError, MessageNotDeliverable } from './domain-error.js';
import { type E164, parsePhone } from './phone.js';

const DIGITS = /^\d{7,15}$/;

/** Whom a caller names: by phone number, or by the id of a contact. */
export interface RecipientNames {
  to?: string | undefined;
  contactId?: string | undefined;
}

/** The names, read once: a phone number in E.164, the id of a contact, or why neither can be. */
export type AskedRecipient = { phone: E164 } | { contactId: string } | { refusal: DomainError };

/** Where a contact can be reached, as far as it is known. */
export interface ContactAddress {
  known: boolean;
  /** As Meta knows the number: digits. */
  waId?: string | null;
  phone: E164 | null;
  /** Meta's business-scoped id, for people who show no phone number. */
  userId: string | null;
}

/** Reads the names of a recipient; exactly one has to be given. */
export function readRecipient({ to, contactId }: RecipientNames): AskedRecipient {
  if (to !== undefined && contactId !== undefined) return refused('Give either to or contactId, not both.');
  if (contactId !== undefined) return { contactId };
  if (to === undefined) return refused('Give to, a phone number, or contactId.');
  try {
    return { phone: parsePhone(to) };
  } catch (error) {
    if (error instanceof DomainError) return { refusal: error };
    throw error;
  }
}

/**
 * What Meta is given for a contact: the number as Meta knows it, else the phone number that somebody gave, else the
 * business-scoped id, which takes all but one-time codes; or why there is nothing to give.
 */
export function reachContact({ known, waId = null, phone, userId }: ContactAddress): string | DomainError {
  const recipient = (waId !== null && DIGITS.test(waId) ? `+${waId}` : null) ?? phone ?? userId;
  if (recipient !== null) return recipient;
  if (known) {
    const detail = 'Neither a phone number nor a WhatsApp id of this contact is known.';
    return new MessageNotDeliverable(detail, { errors: [{ pointer: '/contactId', code: 'contact.no-address', detail }] });
  }
  const detail = 'There is no such contact.';
  return new DomainError('contact.not-found', detail, { errors: [{ pointer: '/contactId', code: 'contact.not-found', detail }] });
}

function refused(detail: string): AskedRecipient {
  return { refusal: new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'recipient.not-one', detail }] }) };
}
