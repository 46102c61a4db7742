import type { TemplateCategory } from './template.js';

/** What a message is for, as far as consent goes. */
export const CONSENT_PURPOSES = ['service', 'utility', 'authentication', 'marketing'] as const;

export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export const CONSENT_STATUSES = ['GRANTED', 'DENIED', 'REVOKED'] as const;

export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** The standing decision of a contact for one purpose: for every number of the tenant, or for the one that is asked of. */
export interface ConsentRecord {
  purpose: ConsentPurpose;
  status: ConsentStatus;
  /** When the person decided; missing: nothing that the customer wrote is later. */
  decidedAt?: Date;
}

/** What the customer did. */
export interface ConsentCircumstances {
  windowOpen: boolean;
  /** The customer's last message to the number; null or missing for none. */
  lastInboundAt?: Date | null;
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
 * for all four). A refusal on record always wins, be it for every number or for this one; without any record only
 * `service` is granted, by the customer's own message, as long as the window that it opened is open. Who writes after
 * taking back `service` is answered for as long: the message is the proof.
 */
export function consentVerdict(
  records: readonly ConsentRecord[],
  purpose: ConsentPurpose,
  { windowOpen, lastInboundAt = null }: ConsentCircumstances,
): ConsentVerdict {
  const standing = records.filter((record) => record.purpose === purpose && !wroteAfter(record, lastInboundAt));
  const statuses = standing.map((record) => record.status);
  if (statuses.includes('REVOKED')) return { ok: false, code: 'consent.revoked' };
  if (statuses.includes('DENIED')) return { ok: false, code: 'consent.denied' };
  if (statuses.includes('GRANTED')) return { ok: true, proof: 'record' };
  return purpose === 'service' && windowOpen ? { ok: true, proof: 'window' } : { ok: false, code: 'consent.missing' };
}

function wroteAfter({ purpose, status, decidedAt }: ConsentRecord, lastInboundAt: Date | null): boolean {
  return purpose === 'service' && status === 'REVOKED' && decidedAt !== undefined && lastInboundAt !== null && lastInboundAt > decidedAt;
}
