import type { TemplateCategory } from './template.js';

/** What a message is for, as far as consent goes. */
export const CONSENT_PURPOSES = ['service', 'utility', 'authentication', 'marketing'] as const;

export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export const CONSENT_STATUSES = ['GRANTED', 'DENIED', 'REVOKED'] as const;

export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** The standing decision of a contact for one purpose. */
export interface ConsentRecord {
  purpose: ConsentPurpose;
  status: ConsentStatus;
}

export type ConsentVerdict =
  | { ok: true; proof: 'record' | 'window' }
  | { ok: false; code: 'consent.missing' | 'consent.denied' | 'consent.revoked' };

const PURPOSE_OF_CATEGORY: Readonly<Record<TemplateCategory, ConsentPurpose>> = {
  AUTHENTICATION: 'authentication',
  UTILITY: 'utility',
  MARKETING: 'marketing',
};

/** The purpose of a message: `session` is everything that is no template. */
export function purposeOf(use: TemplateCategory | 'session'): ConsentPurpose {
  return use === 'session' ? 'service' : PURPOSE_OF_CATEGORY[use];
}

/**
 * Whether the contact's records allow a message of this purpose. Each purpose stands for itself (a STOP writes REVOKED
 * for all four). A refusal on record always wins; without any record only `service` is granted, by the customer's own
 * message, as long as the window that it opened is open.
 */
export function consentVerdict(
  records: readonly ConsentRecord[],
  purpose: ConsentPurpose,
  { windowOpen }: { windowOpen: boolean },
): ConsentVerdict {
  const statuses = records.filter((record) => record.purpose === purpose).map((record) => record.status);
  if (statuses.includes('REVOKED')) return { ok: false, code: 'consent.revoked' };
  if (statuses.includes('DENIED')) return { ok: false, code: 'consent.denied' };
  if (statuses.includes('GRANTED')) return { ok: true, proof: 'record' };
  return purpose === 'service' && windowOpen ? { ok: true, proof: 'window' } : { ok: false, code: 'consent.missing' };
}
